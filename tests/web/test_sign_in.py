"""Signing in and out by pages: with a password, a second factor, a press in a demonstration; and what was typed."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select, update

from deploy.programme import Origin
from services.registry.app import create_app
from services.registry.models import SignIn
from services.registry.settings import OpenId
from services.registry.use_cases.demonstration import COLLEAGUES, NAMES, keep_person
from services.registry.use_cases.exchange import exchange
from services.registry.web.account import browser_in_words
from shared.actor import SPEAKS_FOR, Actor, Role
from shared.identifiers import new_id
from shared.openid.provider import Registration
from shared.secrets import DEMO
from shared.settings import CommonSettings
from shared.tokens import SERVICES, new_signing_key, public_keys
from shared.web.navigation import SIGN_IN, home
from tests.builders.accounts import ANOTHER, PASSWORD, an_account
from tests.web.visiting import Visitor, anybody, visiting

pytestmark = pytest.mark.only_on("sqlite-feed")

ACCOUNT = "/registry/pages/me"
SECOND_FACTOR = f"{ACCOUNT}/second-factor"
WISH = f"{ACCOUNT}/wish"
PAGES_WITH_FORMS = {
    "registry": WISH,
    "referrals": f"/referrals/pages/referrals/{new_id()}/decline",
    "mentoring": f"/mentoring/pages/pathways/{new_id()}/jobs/new",
}
ELSEWHERE = [
    "//evil.example/registry/pages/me",
    "\\\\evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "/registry/pages/../me",
    "/registry/me",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("only", [False, True])
def test_where_there_is_an_openid_provider_the_page_leads_to_it(world, only):
    """And where everybody comes by it, no password is asked for."""
    registry = world.programme.registry
    before = registry.settings
    provider = OpenId(Registration("https://id.example", "sbs", "s", "https://x/y"), None, frozenset(), only)
    assert "/registry/openid/sign-in" not in anybody(world).get(SIGN_IN).text
    registry.settings = replace(before, openid=provider)
    try:
        seen = anybody(world).get(f"{SIGN_IN}?next={ACCOUNT}").text
    finally:
        registry.settings = before

    assert f'href="/registry/openid/sign-in?next={ACCOUNT}"' in seen
    assert ('name="password"' in seen) is not only


@pytest.fixture
def noor(world):
    """An evaluator, who needs no second factor."""
    return an_account(world)


@pytest.fixture
def nadia(programme):
    """A coordinator who was just invited: she needs a second factor, and has none yet."""
    partner_id = str(programme.partner_id)
    return an_account(programme.world, "coordinator", "nadia@example.org", partner_id=partner_id)


def sign_in(somebody, holder, expect=303, **typed):
    form = somebody.get(SIGN_IN).form("/sign-in")
    return somebody.press(form, expect, **{"email": holder.email, "password": PASSWORD} | typed)


def as_person(seen, role, colleague=False):
    """The form that enters as the demonstration's person of a role, or as his colleague."""
    (found,) = [
        form
        for form in seen.forms
        if ("role", str(role)) in form.fields and (("colleague", "yes") in form.fields) is colleague
    ]
    return found


def end_every_sign_in(world):
    with world.work("registry") as work:
        work.session.execute(update(SignIn).values(ended_at=work.now))


class TestWithAPassword:
    def test_it_leads_to_where_one_begins(self, world, noor):
        somebody = anybody(world)

        assert sign_in(somebody, noor).location == home(Role.EVALUATOR)
        assert somebody.get(SIGN_IN, 303).location == home(Role.EVALUATOR)

    def test_it_leads_to_where_one_wanted_to_go(self, world, noor):
        somebody = anybody(world)
        asked = somebody.get(f"{ACCOUNT}/password", 303)
        form = somebody.follow(asked).form("/sign-in")

        assert somebody.press(form, email=noor.email, password=PASSWORD).location == f"{ACCOUNT}/password"

    def test_what_was_chosen_there_is_chosen_still(self, world, noor):
        place = "/registry/pages/figures?country=NL&since=2020-01-01"
        somebody = anybody(world)
        form = somebody.follow(somebody.get(place, 303)).form("/sign-in")

        assert somebody.press(form, email=noor.email, password=PASSWORD).headers["Location"] == place

    def test_the_language_that_one_chose_is_ones_own_in_any_browser(self, world, noor):
        somebody, at_home = anybody(world), anybody(world)
        sign_in(somebody, noor)
        somebody.press(somebody.get(ACCOUNT).in_language("fr"))

        assert '<html lang="en"' in at_home.get(SIGN_IN).text
        sign_in(at_home, noor)

        assert '<html lang="fr"' in at_home.get(ACCOUNT).text

    def test_who_never_chose_one_reads_what_the_browser_has(self, world, noor):
        somebody = anybody(world)
        somebody.press(somebody.get(SIGN_IN).in_language("nl"), None)
        sign_in(somebody, noor)

        assert '<html lang="nl"' in somebody.get(ACCOUNT).text

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_it_leads_nowhere_but_to_our_pages(self, world, noor, place):
        typed = {"email": noor.email, "password": PASSWORD, "next": place}
        seen = anybody(world).post(SIGN_IN, typed)

        assert seen.headers["Location"] == home(Role.EVALUATOR)

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_nor_does_it_for_who_has_signed_in_before(self, world, noor, place):
        somebody = anybody(world)
        sign_in(somebody, noor)
        answer = somebody.browser.get(SIGN_IN, query_string={"next": place}, base_url=somebody.at)

        assert answer.headers["Location"] == home(Role.EVALUATOR)

    @pytest.mark.parametrize(
        "typed",
        [
            {"password": "not what it is at all"},
            {"email": "nobody@example.org"},
            {"email": ""},
            {"password": ""},
            {"email": "no address"},
            {"email": "x" * 5000, "password": "y" * 5000},
            {"email": "<b>@example.org", "code": "<script>"},
            {"email": "a\r\nb\x00@example.org"},
        ],
        ids=str,
    )
    def test_what_is_wrong_lets_nobody_in_and_tells_nobody_why(self, world, noor, typed):
        somebody = anybody(world)
        seen = sign_in(somebody, noor, None, **typed)

        assert seen.status in (401, 422)
        assert "Set-Cookie" not in seen.headers
        assert seen.errors == ["email"]
        assert "Nobody can sign in with this." in seen.words
        assert "script" not in seen.tags
        assert "b" not in seen.tags
        assert PASSWORD not in seen.text

    def test_an_address_holds_nothing_that_he_would_send_once_he_is_in(self, world, noor):
        """Somebody else wrote it, who knows what our forms are called."""
        place = "/registry/pages/me/wish"
        seen = anybody(world).get(f"{SIGN_IN}?next={place}&kept.mail_when=never&kept._version=*")

        assert "mail_when" not in seen.text
        assert "You were signed out" not in seen.words
        assert ("next", place) in seen.form("/sign-in").fields

    def test_the_address_is_kept_and_the_password_is_not(self, world, noor):
        seen = sign_in(anybody(world), noor, 401, password=ANOTHER)

        assert ("email", noor.email) in seen.form("/sign-in").fields
        assert ("password", "") in seen.form("/sign-in").fields

    def test_nothing_is_kept_of_it_once_he_is_in(self, world, noor):
        somebody = anybody(world)
        refused = sign_in(somebody, noor, 401, password=ANOTHER)
        again = somebody.press(refused.form("/sign-in"), 401, email=noor.email, password=ANOTHER)
        somebody.press(again.form("/sign-in"), email=noor.email, password=PASSWORD)

        for address in (refused.address, again.address):
            seen = anybody(world).get(address)
            assert noor.email not in seen.text
            assert seen.errors == []

    @pytest.mark.parametrize("email", ["x" * 255, f"{'x' * 300}@example.org"])
    def test_what_is_no_address_is_not_kept(self, world, email):
        seen = anybody(world).post(SIGN_IN, {"email": email, "password": PASSWORD}, None)

        assert "key=" not in seen.address
        assert seen.errors == ["email"]

    def test_who_tries_too_often_is_told_how_long_to_wait(self, world, noor):
        somebody = anybody(world)
        answers = [sign_in(somebody, noor, None, password=ANOTHER) for _ in range(12)]

        assert answers[-1].status == 429
        assert "tried too often" in answers[-1].words
        assert "seconds" in answers[-1].words


class TestTheSecondFactor:
    def set_up(self, world, somebody):
        """Set up an app by the pages; gives it, and the recovery codes."""
        asked = somebody.get(SECOND_FACTOR)
        shown = somebody.press(asked.form("/second-factor"), 200, password=PASSWORD)
        form = shown.form("/code")
        app = pyotp.TOTP(dict(form.fields)["secret"])
        assert app.secret in shown.words
        codes = somebody.press(form, 200, code=app.at(world.clock.now()))
        return app, codes

    def test_until_it_is_set_up_one_is_led_to_that(self, world, nadia):
        somebody = anybody(world)

        assert sign_in(somebody, nadia).location == SECOND_FACTOR
        assert somebody.get(SIGN_IN, 303).location == SECOND_FACTOR
        somebody.get(ACCOUNT, 200)
        for path in ("/referrals/pages/inbox", "/mentoring/pages/x", "/registry/pages/x"):
            refused = somebody.get(path, 403)
            assert refused.type == "text/html"
            assert SECOND_FACTOR in refused.links

    def test_it_is_set_up_by_pages(self, world, nadia):
        somebody = anybody(world)
        sign_in(somebody, nadia)
        _app, codes = self.set_up(world, somebody)

        assert len(codes.words.split("-")) > 5 or len([tag for tag in codes.tags if tag == "code"]) >= 8
        assert home(Role.COORDINATOR) in codes.links
        somebody.get(home(Role.COORDINATOR), 200)

    @pytest.mark.parametrize("password", ["", "wrong", "<b>"])
    def test_not_without_the_password(self, world, nadia, password):
        somebody = anybody(world)
        sign_in(somebody, nadia)
        seen = somebody.post(SECOND_FACTOR, {"password": password}, None)

        assert seen.status in (401, 403, 422)
        assert seen.errors == ["password"]

    @pytest.mark.parametrize("code", ["", "000000", "x" * 500, "<b>1</b>"])
    def test_a_wrong_code_keeps_the_secret_on_the_page(self, world, nadia, code):
        somebody = anybody(world)
        sign_in(somebody, nadia)
        shown = somebody.post(SECOND_FACTOR, {"password": PASSWORD}, 200)
        again = somebody.press(shown.form("/code"), None, code=code)

        assert again.status in (409, 422)
        assert again.errors == ["code"]
        assert dict(again.form("/code").fields)["secret"] == dict(shown.form("/code").fields)["secret"]

    def test_who_looks_at_that_page_in_another_language_begins_again(self, world, nadia):
        somebody = anybody(world)
        sign_in(somebody, nadia)
        path = f"{SECOND_FACTOR}/code"
        seen = somebody.post("/registry/pages/language", {"language": "fr", "next": path})

        assert seen.location == path
        assert somebody.get(path, 303).location == SECOND_FACTOR

    def test_a_link_that_was_made_up_is_not_shown(self, world, nadia):
        somebody = anybody(world)
        sign_in(somebody, nadia)
        somebody.post(SECOND_FACTOR, {"password": PASSWORD}, 200)
        made_up = {"code": "1", "secret": "x", "uri": "javascript:alert(1)"}

        assert "javascript" not in somebody.post(f"{SECOND_FACTOR}/code", made_up, None).text

    def test_without_it_the_password_is_not_enough(self, world, nadia):
        sign_in(first := anybody(world), nadia)
        app, _codes = self.set_up(world, first)
        world.clock.advance(minutes=1)
        somebody = anybody(world)

        seen = sign_in(somebody, nadia, 401)
        assert "Type it again" in seen.words
        assert "Set-Cookie" not in seen.headers
        assert sign_in(somebody, nadia, code=app.at(world.clock.now())).location == home(Role.COORDINATOR)


@pytest.mark.parametrize("place", ["//evil.example", f"{ACCOUNT}?x={'x' * 5000}"])
def test_where_he_wanted_to_go_stands_in_the_address_only_where_it_is_ours_and_short(world, noor, place):
    seen = anybody(world).post(SIGN_IN, {"email": noor.email, "password": ANOTHER, "next": place}, 401)

    assert "next" not in seen.address
    assert "key=" in seen.address


class TestGoingOnAfterwards:
    def path(self, programme):
        place = programme.a_referral("received").rpartition("/")[2]
        return f"/referrals/pages/referrals/{place}/decline"

    def test_what_was_typed_comes_back_and_is_sent_with_one_press(self, world, programme):
        path = self.path(programme)
        holder = an_account(
            world, "care_worker", "zorg@example.org", organisation_id=str(programme.organisation_id)
        )
        holder.set_up_totp()
        somebody = anybody(world)
        sign_in(somebody, holder, code=holder.code())
        form = somebody.get(path).form("/decline")
        end_every_sign_in(world)

        asked = somebody.press(form, 401, reason="no_capacity", remark='In "May" <b>again</b>\r\nperhaps')
        assert "what you typed comes back" in asked.words
        wrong = somebody.press(asked.form("/sign-in"), 401, email=holder.email, password=ANOTHER)
        assert "what you typed comes back" in wrong.words
        typed = {"email": holder.email, "password": PASSWORD, "code": holder.code()}
        back = somebody.press(wrong.form("/sign-in"), 200, **typed)

        assert "not sent yet" in back.words
        kept = dict(back.form("/decline").fields)
        assert kept["remark"].replace("\r\n", "\n") == 'In "May" <b>again</b>\nperhaps'
        assert kept["_version"]
        assert somebody.press(back.form("/decline")).said == "decline"
        place = path.replace("/pages", "").removesuffix("/decline")
        assert programme.coordinator.get(place).json["coded_reason"] == "no_capacity"

    def test_who_searched_for_a_man_signs_in_and_goes_on(self, world, programme):
        holder = an_account(
            world, "ambassador", "buurt@example.org", ambassador_id=str(programme.ambassador_id)
        )
        somebody = anybody(world)
        sign_in(somebody, holder)
        form = somebody.get("/registry/pages/men").form("/men")
        end_every_sign_in(world)
        asked = somebody.press(form, 401, name="Omar")

        back = somebody.press(asked.form("/sign-in"), 200, email=holder.email, password=PASSWORD)

        assert "not sent yet" in back.words
        assert ("name", "Omar") in back.form("/men").fields

    @pytest.fixture
    def left(self, world, noor):
        """A page on which somebody typed something, and was signed out: at his browser, with what he sees."""
        somebody = anybody(world)
        sign_in(somebody, noor)
        form = somebody.get(WISH).form("/wish")
        end_every_sign_in(world)
        return somebody, somebody.press(form, 401, mail_when="never")

    @pytest.fixture
    def another(self, world):
        return an_account(world, email="another@example.org")

    def test_it_is_not_given_to_who_signs_in_as_another_and_he_is_told_why(self, left, another):
        somebody, asked = left
        seen = somebody.press(asked.form("/sign-in"), 403, email=another.email, password=PASSWORD)

        assert seen.errors == ["email"]
        assert "Somebody else typed something here" in seen.words
        assert "What was typed is still on this page, and was not sent." in seen.words
        assert "There is nothing here" not in seen.words
        assert f'form method="post" action="{WISH}"' not in seen.text
        assert somebody.get(WISH, 303).location == SIGN_IN

    def test_nobody_is_signed_in_by_that_so_no_sign_in_of_his_is_left_open(self, world, left, another):
        somebody, asked = left
        somebody.press(asked.form("/sign-in"), 403, email=another.email, password=PASSWORD)

        with world.work("registry", reading=True) as work:
            held = select(SignIn).where(SignIn.account_id == UUID(another.id))
            assert [one.ended_at for one in work.session.scalars(held)] == [work.now]

    def test_whoever_typed_it_signs_in_after_him_on_that_page_and_goes_on(self, left, noor, another):
        somebody, asked = left
        seen = somebody.press(asked.form("/sign-in"), 403, email=another.email, password=PASSWORD)
        back = somebody.press(seen.form("/sign-in"), 200, email=noor.email, password=PASSWORD)

        assert ("mail_when", "never") in back.form("/wish").fields
        assert "not sent yet" in back.words

    def test_who_is_another_leaves_it_and_signs_in_without_it(self, left, another):
        somebody, asked = left
        seen = somebody.press(asked.form("/sign-in"), 403, email=another.email, password=PASSWORD)
        assert SIGN_IN in seen.links
        assert "mail_when" not in somebody.get(SIGN_IN).text

        assert sign_in(somebody, another).location == home(Role.EVALUATOR)

    def test_what_says_not_whose_it_is_is_given_to_nobody(self, world, noor):
        typed = {"email": noor.email, "password": PASSWORD, "next": WISH, "kept.mail_when": "never"}
        anybody(world).post(SIGN_IN, typed, 403)

    def test_who_signed_in_meanwhile_gets_it_by_no_other_language_either(self, left, another):
        somebody, asked = left
        sign_in(somebody, another)

        assert "Iemand anders heeft dit getypt" in somebody.press(asked.in_language("nl"), 403).words

    def test_who_signed_out_himself_still_gets_back_what_he_typed(self, world, noor):
        somebody = anybody(world)
        sign_in(somebody, noor)
        form = somebody.get(WISH).form("/wish")
        somebody.post("/registry/pages/sign-out")
        asked = somebody.press(form, 401, mail_when="never")

        somebody.press(asked.form("/sign-in"), 200, email=noor.email, password=PASSWORD)

    @pytest.mark.parametrize(
        ("path", "secrets"),
        [
            (f"{ACCOUNT}/password", {"old": PASSWORD, "new": ANOTHER}),
            (SECOND_FACTOR, {"password": PASSWORD}),
            (f"{SECOND_FACTOR}/code", {"secret": PASSWORD, "code": ANOTHER}),
        ],
    )
    def test_a_secret_does_not(self, world, path, secrets):
        seen = anybody(world).post(path, secrets, 401)

        assert PASSWORD not in seen.text
        assert ANOTHER not in seen.text

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_what_was_typed_is_never_sent_elsewhere(self, world, noor, place):
        typed = {"email": noor.email, "password": PASSWORD, "next": place, "kept.x": "y"}
        seen = anybody(world).post(SIGN_IN, typed)

        assert seen.headers["Location"] == home(Role.EVALUATOR)


class TestSigningOut:
    def test_it_ends_here_and_in_every_service(self, programme):
        mehmet = visiting(programme.care_worker)
        secret = mehmet.browser.get_cookie("sbs-8000", domain="127.0.0.1").value
        seen = mehmet.post("/registry/pages/sign-out")

        assert (seen.location, seen.said) == (SIGN_IN, "signed_out")
        assert "You have signed out." in mehmet.follow(seen).words
        assert mehmet.browser.get_cookie("sbs-8000", domain="127.0.0.1") is None
        kept = Visitor(programme.world.origin, secret)
        assert kept.get("/referrals/pages/inbox", 303).location == SIGN_IN

    def test_who_is_signed_out_already_is_no_worse_off(self, world):
        assert anybody(world).post("/registry/pages/sign-out").location == SIGN_IN

    def test_everywhere_else_it_ends_with_a_press(self, world, noor):
        first, second = anybody(world), anybody(world)
        sign_in(first, noor)
        sign_in(second, noor)

        seen = first.press(first.get(ACCOUNT).form("/end-others"))
        assert seen.said == "ended_others"
        first.get(ACCOUNT, 200)
        second.get(ACCOUNT, 303)


def test_where_one_is_signed_in_is_told_by_the_name_of_the_browser(world, noor):
    somebody = anybody(world)
    form = somebody.get(SIGN_IN).form("/sign-in").typed(email=noor.email, password=PASSWORD)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
    somebody.post(SIGN_IN, form, User_Agent=agent)

    words = somebody.get(ACCOUNT).words

    assert "Firefox, Windows" in words
    assert "Mozilla" not in words


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0 Safari/537.36", "Chrome, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/131.0 Mobile Safari/537.36", "Chrome, Android"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Safari/604.1", "Safari, iPhone"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Safari/605.1", "Safari, Mac"),
        ("Firefox/1", "Firefox"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 300, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_words_where_it_is_known(agent, said):
    assert browser_in_words(agent) == said


class TestTheOwnPassword:
    @pytest.fixture
    def signed_in(self, world, noor):
        somebody = anybody(world)
        sign_in(somebody, noor)
        return somebody

    def test_it_is_changed_with_the_one_that_was(self, world, noor, signed_in):
        form = signed_in.get(f"{ACCOUNT}/password").form("/password")

        assert signed_in.press(form, old=PASSWORD, new=ANOTHER).said == "password"
        assert sign_in(anybody(world), noor, 401).errors == ["email"]
        sign_in(anybody(world), noor, password=ANOTHER)

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("", ANOTHER, "old"),
            (PASSWORD, "", "new"),
            (PASSWORD, "kort", "new"),
            (PASSWORD, "x" * 5000, "new"),
        ],
    )
    def test_what_is_wrong_with_it_stands_at_its_field(self, signed_in, old, new, field):
        form = signed_in.get(f"{ACCOUNT}/password").form("/password")
        seen = signed_in.press(form, 422, old=old, new=new)

        assert seen.errors == [field]
        assert PASSWORD not in seen.text

    def test_the_old_one_must_be_right(self, noor, signed_in):
        form = signed_in.get(f"{ACCOUNT}/password").form("/password")
        seen = signed_in.press(form, None, old="not what it is", new=ANOTHER)

        assert seen.status in (403, 422)
        assert "sign-in" not in seen.words


class TestADemonstration:
    def origin(self, world, *, is_loaded=True, **settings):
        """The registry with other settings, and once it is loaded an account of each person of a demonstration."""
        service = replace(
            world.programme.registry, settings=replace(world.programme.registry.settings, **settings)
        )
        with service.begin(Actor(new_id(), Role.SYSTEM)) as work:
            for role in NAMES if is_loaded else ():
                speaks_for = {SPEAKS_FOR[role]: new_id()} if role in SPEAKS_FOR else {}
                keep_person(work, Actor(new_id(), role, **speaks_for))
            for role in COLLEAGUES if is_loaded else ():
                keep_person(work, Actor(new_id(), role, **{SPEAKS_FOR[role]: new_id()}), is_colleague=True)
        return Origin({"registry": create_app(service)}, service.settings, partial(exchange, service))

    @pytest.fixture
    def keys(self):
        key = new_signing_key(DEMO)
        return {"signing_key": key, "trusted_keys": public_keys(key)}

    @pytest.mark.parametrize("role", sorted(NAMES, key=str))
    def test_one_press_enters_as_each_person(self, world, keys, role):
        somebody = Visitor(self.origin(world, **keys))
        pressed = as_person(somebody.get(SIGN_IN), role)

        assert somebody.press(pressed).location == home(role)
        somebody.get(ACCOUNT, 200)

    def test_whom_the_example_does_not_have_yet_nobody_enters_as_and_that_is_said(self, world, keys):
        somebody = Visitor(self.origin(world, is_loaded=False, **keys))

        seen = somebody.press(as_person(somebody.get(SIGN_IN), Role.MENTOR), 503)

        assert "The example is still being loaded." in seen.words
        assert as_person(seen, Role.MENTOR)

    @pytest.mark.parametrize("role", sorted(COLLEAGUES, key=str))
    def test_one_press_enters_as_each_colleague(self, world, keys, role):
        somebody = Visitor(self.origin(world, **keys))
        pressed = as_person(somebody.get(SIGN_IN), role, colleague=True)

        assert somebody.press(pressed).location == home(role)
        assert COLLEAGUES[role] in somebody.get(ACCOUNT).words

    @pytest.mark.parametrize("role", ["coordinator", "evaluator", "administrator"])
    def test_the_others_have_no_colleague(self, world, keys, role):
        somebody = Visitor(self.origin(world, **keys))
        asked = {"role": role, "colleague": "yes"}

        assert "Set-Cookie" not in somebody.post("/registry/pages/demonstration", asked, 404).headers

    def test_who_was_signed_out_over_a_form_enters_again_and_what_he_typed_is_there(self, world, keys):
        somebody = Visitor(self.origin(world, **keys))
        somebody.press(as_person(somebody.get(SIGN_IN), Role.MENTOR))
        form = somebody.get(WISH).form("/wish")
        end_every_sign_in(world)
        asked = somebody.press(form, 401, mail_when="never")
        back = somebody.press(as_person(asked, Role.MENTOR), 200)

        assert ("mail_when", "never") in back.form("/wish").fields
        somebody.press(back.form("/wish"))
        assert ("mail_when", "never") in somebody.get(WISH).form("/wish").fields

    def test_who_enters_as_another_is_not_given_it_and_may_still_enter_as_himself(self, world, keys):
        somebody = Visitor(self.origin(world, **keys))
        somebody.press(as_person(somebody.get(SIGN_IN), Role.MENTOR))
        form = somebody.get(WISH).form("/wish")
        end_every_sign_in(world)
        asked = somebody.press(form, 401, mail_when="never")
        seen = somebody.press(as_person(asked, Role.MENTOR, colleague=True), 403)

        assert "Somebody else typed something here" in seen.words
        somebody.get(ACCOUNT, 303)
        somebody.press(as_person(seen, Role.MENTOR), 200)

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_service_offers_that_where_one_is_signed_out(self, world, monkeypatch, service):
        path = PAGES_WITH_FORMS[service]
        assert "enter as" not in anybody(world).post(path, {"remark": "Kept"}, 401).words

        monkeypatch.setattr(CommonSettings, "is_demonstration", True)
        seen = anybody(world).post(path, {"remark": "Kept"}, 401)

        assert ("kept.remark", "Kept") in as_person(seen, Role.MENTOR).fields
        assert ("next", path) in as_person(seen, Role.MENTOR).fields

    def test_its_people_keep_their_language_too(self, world, keys):
        origin = self.origin(world, **keys)

        def entered():
            somebody = Visitor(origin)
            somebody.press(as_person(somebody.get(SIGN_IN), Role.MENTOR))
            return somebody

        first = entered()
        first.press(first.get(ACCOUNT).in_language("fr"))

        assert '<html lang="fr"' in entered().get(ACCOUNT).text

    @pytest.mark.parametrize("role", ["", "system", "integrator", "king", "<b>"])
    def test_there_is_nobody_else_to_enter_as(self, world, keys, role):
        somebody = Visitor(self.origin(world, **keys))

        assert "Set-Cookie" not in somebody.post("/registry/pages/demonstration", {"role": role}, 404).headers

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_it_leads_nowhere_but_to_our_pages(self, world, keys, place):
        somebody = Visitor(self.origin(world, **keys))
        seen = somebody.post("/registry/pages/demonstration", {"role": "mentor", "next": place})

        assert seen.headers["Location"] == home(Role.MENTOR)

    def test_under_https_nobody_enters(self, world, keys):
        somebody = Visitor(self.origin(world, **keys, origin="https://127.0.0.1"), at="https://127.0.0.1")
        self.is_none(somebody)

    def test_with_any_other_key_nobody_enters(self, world):
        self.is_none(Visitor(self.origin(world)))

    def is_none(self, somebody):
        assert "demonstration" not in somebody.get(SIGN_IN).text
        for role in NAMES:
            seen = somebody.post("/registry/pages/demonstration", {"role": role.value}, 404)
            assert "Set-Cookie" not in seen.headers
