"""The page that a link leads to: a password is chosen there, once, and no log learns the link."""

import logging
import subprocess
import sys

import pytest
from gunicorn.config import Config

from deploy.gunicorn_logs import Discreet
from shared.actor import Role
from shared.secrets import without_secrets
from shared.web.navigation import SIGN_IN, home
from tests.builders.accounts import ANOTHER, PASSWORD, Holder, an_account, invite, secret_of, use
from tests.web.visiting import anybody, visiting

pytestmark = pytest.mark.only_on("sqlite-feed")

MARKUP = '<b>Noor</b> "de" Wit %s'


@pytest.fixture
def administrator(world):
    return world.caller(Role.ADMINISTRATOR)


@pytest.fixture
def given(administrator):
    return invite(administrator, "noor@example.org")


def path_of(world, given):
    origin = world.programme.registry.settings.origin
    assert given["link"].startswith(f"{origin}/")
    return given["link"].removeprefix(origin)


def choose(somebody, path, expect=303, password=PASSWORD, again=None):
    form = somebody.get(path).form("/link/" + path.rpartition("/")[2])
    return somebody.press(form, expect, password=password, again=password if again is None else again)


def is_gone(seen):
    assert seen.status == 404
    assert "This link does not work any more" in seen.words
    assert "an administrator of the programme" in seen.words
    assert SIGN_IN in seen.links
    return True


def test_one_press_shows_whose_account_it_is_and_what_is_asked(world, given):
    seen = anybody(world).get(path_of(world, given))

    assert "Welcome, Noor de Wit!" in seen.words
    assert "noor@example.org" in seen.words
    assert "Evaluator" in seen.words
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert dict(seen.forms[0].fields) == {"password": "", "again": ""}


def test_who_chooses_his_password_there_signs_in_with_it(world, given):
    somebody = anybody(world)

    seen = choose(somebody, path_of(world, given))

    assert (seen.location, seen.said) == (SIGN_IN, "link_used")
    asked = somebody.follow(seen)
    assert "Your password is chosen." in asked.words
    typed = {"email": "noor@example.org", "password": PASSWORD}
    assert somebody.press(asked.form("/sign-in"), **typed).location == home(Role.EVALUATOR)


def test_looking_does_not_use_it_up(world, given):
    """What scans e-mail opens a link before its reader does, and with HEAD or GET."""
    path = path_of(world, given)
    for _ in range(3):
        anybody(world).get(path)
        assert anybody(world).browser.head(path, base_url="http://127.0.0.1:8000").status_code == 200

    choose(anybody(world), path)


def test_a_link_that_was_used_says_whom_to_ask(world, given):
    path = path_of(world, given)
    choose(anybody(world), path)

    assert is_gone(anybody(world).get(path, 404))


def test_pressed_twice_it_is_used_once_and_leads_to_the_sign_in(world, given):
    somebody, path = anybody(world), path_of(world, given)
    form = somebody.get(path).forms[0]
    typed = {"password": PASSWORD, "again": PASSWORD}
    somebody.press(form, **typed)

    again = somebody.press(form, 404, **typed)

    assert is_gone(again)
    assert "you can sign in" in again.words
    Holder(world, given["id"], "noor@example.org").sign_in()


def test_after_its_days_it_is_gone_also_when_the_page_was_open(world, given):
    somebody, path = anybody(world), path_of(world, given)
    form = somebody.get(path).forms[0]
    world.clock.moment += world.programme.registry.settings.link_lasts

    assert is_gone(somebody.press(form, 404, password=PASSWORD, again=PASSWORD))
    assert is_gone(somebody.get(path, 404))


def test_a_newer_link_replaces_it_while_the_page_is_open(world, given, administrator):
    somebody, path = anybody(world), path_of(world, given)
    form = somebody.get(path).forms[0]
    newer = administrator.post(f"/registry/accounts/{given['id']}/invite_again", expect=200).json

    assert is_gone(somebody.press(form, 404, password=PASSWORD, again=PASSWORD))
    choose(somebody, path_of(world, newer))


def test_a_closed_account_has_no_link(world, given, administrator):
    administrator.act(f"/registry/accounts/{given['id']}/close")

    assert is_gone(anybody(world).get(path_of(world, given), 404))


@pytest.mark.parametrize("secret", ["x", "%20", "a b", "é", "<b>", "%00", "x" * 1500, "A" * 43, "..%5c"])
def test_what_is_no_link_says_the_same(world, secret):
    assert is_gone(anybody(world).get(f"/registry/pages/link/{secret}", 404))
    typed = {"password": PASSWORD, "again": PASSWORD}
    assert is_gone(anybody(world).post(f"/registry/pages/link/{secret}", typed, 404))


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("", "", "password"),
        ("kort", "kort", "password"),
        ("x" * 5000, "x" * 5000, "password"),
        ("wachtwoord12", "wachtwoord12", "password"),
        ("noor@example.org", "noor@example.org", "password"),
        (PASSWORD, ANOTHER, "again"),
        (PASSWORD, "", "again"),
        ("<b>vier oude</b>", "<b>vier oude</b> fietsen", "again"),
    ],
)
def test_what_is_wrong_with_it_stands_at_its_field_and_uses_nothing_up(world, given, password, again, field):
    somebody, path = anybody(world), path_of(world, given)

    seen = choose(somebody, path, 422, password, again)

    assert seen.errors == [field]
    assert dict(seen.forms[0].fields) == {"password": "", "again": ""}
    assert "b" not in seen.tags
    choose(somebody, path)


def test_a_form_without_its_fields_is_asked_again(world, given):
    assert anybody(world).post(path_of(world, given), {}, 422).errors == ["password"]


def test_what_somebody_is_called_is_shown_as_it_is(world, administrator):
    given = invite(administrator, "noor@example.org", name=MARKUP)
    seen = anybody(world).get(path_of(world, given))

    assert MARKUP in seen.words
    assert "b" not in seen.tags


def test_a_new_password_ends_what_went_before(world, administrator):
    noor = an_account(world)
    given = administrator.post(f"/registry/accounts/{noor.id}/reset", expect=200).json
    seen = anybody(world).get(path_of(world, given))
    assert "with a new password you can come in again" in seen.words

    choose(anybody(world), path_of(world, given), password=ANOTHER)

    noor.try_to_sign_in(expect=401)
    noor.password = ANOTHER
    noor.sign_in()


def test_whoever_is_signed_in_at_the_browser_is_so_no_more(world, given, programme):
    mehmet = visiting(programme.care_worker)
    path = path_of(world, given)
    assert "Somebody is signed in at this browser." in mehmet.get(path).words

    seen = choose(mehmet, path)

    assert mehmet.browser.get_cookie("sbs-8000", domain="127.0.0.1") is None
    assert "Your password is chosen." in mehmet.follow(seen).words


def test_so_is_he_whose_own_account_it_is(world, administrator):
    noor = an_account(world)
    somebody = anybody(world)
    form = somebody.get(SIGN_IN).form("/sign-in")
    somebody.press(form, email=noor.email, password=PASSWORD)
    given = administrator.post(f"/registry/accounts/{noor.id}/reset", expect=200).json

    seen = choose(somebody, path_of(world, given), password=ANOTHER)

    assert "Your password is chosen." in somebody.follow(seen).words


def test_who_is_signed_in_without_his_second_factor_may_use_it(world, given, programme):
    nadia = an_account(world, "coordinator", "nadia@example.org", partner_id=str(programme.partner_id))
    somebody = anybody(world)
    somebody.press(somebody.get(SIGN_IN).form("/sign-in"), email=nadia.email, password=PASSWORD)

    choose(somebody, path_of(world, given))


def test_the_language_is_chosen_there_without_losing_the_link(world, given):
    somebody, path = anybody(world), path_of(world, given)
    seen = somebody.post("/registry/pages/language", {"language": "nl", "next": path})

    assert seen.location == path
    assert '<html lang="nl"' in somebody.follow(seen).text


def test_the_apis_own_way_works_as_well(world, given):
    use(world, given)

    assert is_gone(anybody(world).get(path_of(world, given), 404))


class TestNoLogHoldsIt:
    def test_not_ours_whatever_becomes_of_it(self, world, given, capfd, monkeypatch):
        somebody, path = anybody(world), path_of(world, given)
        choose(somebody, path, 422, "kort", "kort")
        somebody.get("/registry/pages/nowhere" + path, 404)
        somebody.post(path, {}, 403, Sec_Fetch_Site="cross-site")

        def breaks_down(*_args, **_others):
            raise RuntimeError(path)

        with monkeypatch.context() as patched:
            patched.setattr("services.registry.use_cases.links.passwords.refuse_weak", breaks_down)
            choose(somebody, path, 500)
        choose(somebody, path)
        somebody.get(path, 404)

        said = "".join(capfd.readouterr())
        assert "use_link" in said
        assert "breaks_down" in said
        assert secret_of(given) not in said

    def test_not_gunicorns(self, capfd):
        settings = Config()
        settings.set("errorlog", "-")
        log = Discreet(settings)
        try:
            raise ValueError("no such place: /registry/pages/link/geheim-1")
        except ValueError:
            log.exception("Error handling request %s %s", "GET", "/registry/pages/link/geheim-2?x=1")
        log.warning("Invalid request from ip=%s: 'GET /registry/pages/link/geheim-3 HTTP/1.1'", "192.0.2.1")
        logging.getLogger("gunicorn.error").handlers.clear()

        said = "".join(capfd.readouterr())
        assert "Error handling request GET /registry/pages/link/-?x=1" in said
        assert "ValueError" in said
        assert "192.0.2.1" in said
        assert "geheim" not in said

    def test_gunicorn_is_told_so(self):
        asked = "import deploy.gunicorn_embedded as told; print(told.logger_class.__name__, told.accesslog)"
        told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

        assert told.stdout.split() == ["Discreet", "None"]

    def test_other_addresses_stay_as_they_are(self):
        for text in ("/registry/pages/links/x", "/registry/pages/link", "/registry/pages/me?next=x"):
            assert without_secrets(text) == text
