"""Every page of the three services: whose it is, what it may load, and what is refused at its door."""

import importlib
import re
from datetime import timedelta
from uuid import UUID

import pytest

from shared.actor import PEOPLE, Role
from shared.errors import Unavailable
from shared.http.headers import PAGES_POLICY, headers_of
from shared.secrets import ANSWER_LINK_PLACE, LINK_PLACE
from shared.tokens import SERVICES
from shared.web.navigation import PLACES, SIGN_IN, home, is_a_page_of_ours, places
from shared.web.templates import ASSETS, asset_mark
from tests.web.visiting import OURS, anybody, people, visiting

pytestmark = pytest.mark.only_on("sqlite-feed")

MARKUP = "<script>alert(1)</script><b>\"'&amp;"
NOBODY = UUID(int=7)
INBOX = "/referrals/pages/inbox"


def every_page():
    for service in SERVICES:
        for page in importlib.import_module(f"services.{service}.web").PAGES:
            path = re.sub("<any\\((\\w+),[^>]+>", r"\1", page.path)
            path = re.sub("<[^>]+>", lambda _: str(NOBODY), path)
            yield pytest.param(
                page, f"/{service}/pages{path}", id=f"{page.method} {service}/pages{page.path}"
            )


PAGES = list(every_page())
OF_SOMEBODY = [param for param in PAGES if param.values[0].roles is not None]
OF_ANYBODY = [param for param in PAGES if param.values[0].roles is None]


def is_a_page(seen):
    """It is said as a page, with everything that a page is answered with."""
    assert seen.type == "text/html"
    assert seen.headers.get_all("Content-Security-Policy") == [PAGES_POLICY]
    for name, value in headers_of("http://127.0.0.1").items():
        if name != "Content-Security-Policy":
            assert seen.headers.get_all(name) == [value]
    assert seen.tags.count("h1") == 1
    assert "script" not in seen.tags
    return True


@pytest.mark.parametrize(("page", "path"), OF_SOMEBODY)
def test_who_has_not_signed_in_is_asked_to(world, page, path):
    if page.method == "GET":
        seen = anybody(world).get(path, 303)
        assert seen.headers["Location"] == f"{SIGN_IN}?next={path}"
        assert is_a_page_of_ours(path)
    else:
        seen = anybody(world).post(path, {"remark": MARKUP}, 401)
        assert is_a_page(seen)
        assert ("kept.remark", MARKUP) in seen.form("/sign-in").fields


@pytest.mark.parametrize(("page", "path"), OF_SOMEBODY)
def test_it_is_there_for_its_own_roles_alone(programme, page, path):
    for role, somebody in people(programme).items():
        if role not in page.roles:
            seen = somebody.get(path, 404) if page.method == "GET" else somebody.post(path, {}, 404)
            assert is_a_page(seen)


@pytest.mark.parametrize(("page", "path"), PAGES)
def test_a_page_of_another_site_sends_nothing_to_it(programme, page, path):
    if page.method == "POST":
        for site in ("cross-site", "same-site", "none"):
            assert is_a_page(anybody(programme.world).post(path, {}, 403, Sec_Fetch_Site=site))


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8001"])
def test_a_browser_that_says_only_the_origin_is_refused_from_another(world, origin):
    somebody = anybody(world)
    body = {"data": {"email": "x@example.org", "password": "x"}, "base_url": somebody.at}
    answer = somebody.browser.post(SIGN_IN, headers={"Origin": origin}, **body)

    assert answer.status_code == 403
    answer = somebody.browser.post(SIGN_IN, headers={"Origin": somebody.at}, **body)
    assert somebody.get(answer.headers["Location"], 401).errors == ["email"]


def test_whoever_has_signed_in_is_told_in_words_that_another_sites_page_sent_him(programme):
    mehmet = visiting(programme.care_worker)
    for site in ("cross-site", "same-site", "none"):
        assert is_a_page(mehmet.post("/registry/pages/me/end-others", {}, 403, Sec_Fetch_Site=site))


@pytest.mark.parametrize(("page", "path"), [param for param in OF_ANYBODY if param.values[0].method == "GET"])
def test_what_is_open_to_anybody_is_a_page(world, page, path):
    """What is a demonstration's alone is nowhere else, and a link that nobody gave leads to nobody's account."""
    nowhere = {"/registry/pages/mail", "/referrals/pages/mail"}
    nowhere |= {f"{LINK_PLACE}/{NOBODY}", f"{ANSWER_LINK_PLACE}/{NOBODY}"}
    seen = anybody(world).get(path, None)
    if path.startswith(f"{ANSWER_LINK_PLACE}/{NOBODY}/"):
        assert (seen.status, seen.location) == (303, f"{ANSWER_LINK_PLACE}/{NOBODY}")
    else:
        assert seen.status == (404 if path in nowhere else 200)
        assert is_a_page(seen)


@pytest.mark.parametrize("role", sorted(PLACES, key=str))
def test_every_place_of_a_role_is_a_page_of_his(programme, role):
    somebody = people(programme)[role]
    for _text, path in places(role):
        seen = somebody.get(path)
        assert is_a_page(seen)
        assert f'href="{path}" aria-current="page"' in seen.text or len(places(role)) == 1


@pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
def test_everybody_begins_somewhere_and_has_an_account(programme, role):
    somebody = people(programme)[role]

    assert is_a_page(somebody.get(home(role)))
    assert is_a_page(somebody.get("/registry/pages/me"))


class TestWhatThereIsNot:
    @pytest.mark.parametrize("service", SERVICES)
    def test_a_page_that_there_is_not_says_so_in_words(self, programme, service):
        for somebody in (anybody(programme.world), visiting(programme.care_worker)):
            assert is_a_page(somebody.get(f"/{service}/pages/nowhere", 404))
            assert is_a_page(somebody.post(f"/{service}/pages/nowhere", {}, 404))

    @pytest.mark.parametrize("what", ["x", str(NOBODY), "%00", "..%2f..", "1' or '1'='1"])
    def test_so_does_one_of_a_thing_that_there_is_not(self, programme, what):
        assert is_a_page(visiting(programme.care_worker).get(f"/referrals/pages/referrals/{what}", 404))

    def test_a_page_that_is_only_sent_to_says_so_when_it_is_looked_at(self, programme):
        mehmet = visiting(programme.care_worker)
        for path in ("/registry/pages/language", "/registry/pages/me/end-others"):
            assert is_a_page(mehmet.get(path, 405))

    def test_a_list_continued_from_nowhere_is_not_our_fault(self, programme):
        assert is_a_page(visiting(programme.care_worker).get(f"{INBOX}?cursor=nowhere", 404))

    def test_more_than_a_form_holds_is_refused_in_words(self, programme):
        much = {"remark": "x" * 300_000}
        path = f"/referrals/pages/referrals/{NOBODY}/accept"
        for somebody in (anybody(programme.world), visiting(programme.care_worker)):
            assert is_a_page(somebody.post(path, much, 413))

    def test_what_fails_on_our_side_is_a_page_too(self, world, programme, monkeypatch):
        def fails(*_args, **_others):
            raise RuntimeError(MARKUP)

        somebody = visiting(programme.care_worker)
        monkeypatch.setattr("services.referrals.web.inbox.services_of", fails)
        seen = somebody.get(INBOX, 500)

        assert is_a_page(seen)
        assert "alert" not in seen.text

    def test_when_nothing_answers_one_is_asked_to_come_back(self, programme, monkeypatch):
        def fails(*_args, **_others):
            raise Unavailable

        somebody = visiting(programme.care_worker)
        monkeypatch.setattr("services.referrals.web.inbox.services_of", fails)

        assert is_a_page(somebody.get(INBOX, 503))


class TestTheAddress:
    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/",
            "//evil.example/registry/pages/me",
            "https://evil.example/registry/pages/me",
            "/\\evil.example",
            "\\/registry/pages/me",
            "/registry/pages",
            "/registry/pages/",
            "/registry/pages//evil",
            "/registry/pages/../internal/token",
            "/registry/pages/me/..",
            "/registry/pages/me?next=//evil",
            "/registry/pages/me#x",
            "/registry/pages/me\n",
            "/registry/pages/me\r\nSet-Cookie: x=y",
            "/registry/pages/mé",
            "/other/pages/me",
            "/registry/me",
            " /registry/pages/me",
            "javascript:alert(1)",
            "/registry/pages/%2e%2e",
        ],
    )
    def test_what_leads_elsewhere_is_no_page_of_ours(self, path):
        assert not is_a_page_of_ours(path)

    @pytest.mark.parametrize(
        "path",
        [
            "/registry/pages/me",
            "/referrals/pages/inbox?stage=under_way",
            "/registry/pages/figures?since=2026-01-01",
        ],
    )
    def test_what_is_chosen_on_a_page_is_a_part_of_where_it_leads(self, path):
        assert is_a_page_of_ours(path)

    def test_it_is_told_apart_in_no_time(self):
        assert not is_a_page_of_ours("/registry/pages/" + "a-" * 50_000 + "!")


class TestTheLook:
    @pytest.mark.parametrize("service", SERVICES)
    @pytest.mark.parametrize(("name", "kind"), [("sbs.css", "text/css"), ("mark.svg", "image/svg+xml")])
    def test_it_is_kept_for_a_year_under_an_address_that_changes_with_it(self, world, service, name, kind):
        seen = anybody(world).get(f"/{service}/assets/{name}?{asset_mark(name)}")

        assert seen.type == kind
        assert seen.headers["Cache-Control"].replace("public, ", "") == (
            f"max-age={int(timedelta(days=365).total_seconds())}"
        )
        assert seen.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("name", ["..%2fpages.py", "../pages.py", "nothing.css", "%2e%2e/forms.py"])
    def test_nothing_else_is_given_out(self, world, name):
        anybody(world).get(f"/registry/assets/{name}", 404)

    def test_it_is_our_own_and_loads_nothing(self):
        style = (ASSETS / "sbs.css").read_text("utf-8")

        assert style
        for strange in ("GDS", "crest", "url(", "@import", "crown"):
            assert strange not in style

    def test_nobody_loads_a_script_or_another_origins_thing(self):
        assert "script" not in PAGES_POLICY
        assert "unsafe" not in PAGES_POLICY
        assert PAGES_POLICY.startswith("default-src 'none'")

    def test_every_template_keeps_to_that(self):
        for template in [*ASSETS.parents[2].glob("services/*/web/templates/**/*.html")]:
            text = template.read_text("utf-8")
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://|\|\s*safe", text), template


class TestTheLanguage:
    @pytest.mark.parametrize("language", ["nl", "fr", "en"])
    def test_it_is_chosen_with_a_press_and_kept(self, world, language):
        somebody = anybody(world)
        seen = somebody.post("/registry/pages/language", {"language": language, "next": SIGN_IN})

        assert seen.location == SIGN_IN
        assert "HttpOnly" in seen.headers["Set-Cookie"]
        assert f'<html lang="{language}"' in somebody.follow(seen).text

    def test_it_is_the_same_in_every_service(self, programme):
        somebody = visiting(programme.care_worker)
        somebody.post("/registry/pages/language", {"language": "fr", "next": INBOX})

        assert '<html lang="fr"' in somebody.get(INBOX, Accept_Language="nl").text

    @pytest.mark.parametrize(
        ("asked", "got"),
        [("fr-BE, nl;q=0.5", "fr"), ("nl", "nl"), ("de, tr", "en"), ("", "en"), ("en-GB", "en")],
    )
    def test_until_then_it_is_the_browsers(self, world, asked, got):
        assert f'<html lang="{got}"' in anybody(world).get(SIGN_IN, Accept_Language=asked).text

    @pytest.mark.parametrize("language", ["de", "", "en; x", MARKUP])
    def test_there_is_no_other(self, world, language):
        seen = anybody(world).post("/registry/pages/language", {"language": language})

        assert "Set-Cookie" not in seen.headers

    @pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
    def test_choosing_it_leads_to_a_page_of_ours(self, world, place):
        seen = anybody(world).post("/registry/pages/language", {"language": "nl", "next": place})

        assert seen.location == SIGN_IN


def test_the_helper_says_what_a_browser_would(world):
    assert OURS == {"Sec-Fetch-Site": "same-origin"}
    assert anybody(world).get("/", 303).location == SIGN_IN
    assert Role.SYSTEM not in PLACES
