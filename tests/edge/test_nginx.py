"""What nginx adds of its own: limits, bounds, its own refusals, its log; and its question to the registry."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.wrappers import Request

from deploy.cli import cli
from deploy.proxy import public_pages
from shared.http.edge import TOKEN_PATH, TokenEndpoint
from shared.http.headers import PAGES_POLICY, headers_of
from shared.web.plain import html_of
from tests.edge.conftest import needs_nginx
from tests.edge.people import PLACES, a_coordinator_signed_in
from tests.edge.ways import SECRET, BehindNginx, Server, ask

ORIGIN = "http://127.0.0.1:8000"


def is_a_problem(answer, status, kind):
    assert (answer.status, answer.json["status"]) == (status, status)
    assert answer.json["type"] == f"urn:sbs:problem:{kind}"
    assert answer.headers.get_all("Content-Type") == ["application/problem+json"]
    for name, value in headers_of(ORIGIN).items():
        assert answer.headers.get_all(name) == [value]


def is_a_page(answer, status):
    assert answer.status == status
    assert answer.headers.get_all("Content-Type") == ["text/html; charset=utf-8"]
    assert answer.text == html_of(status)
    for name, value in (headers_of(ORIGIN) | {"Content-Security-Policy": PAGES_POLICY}).items():
        assert answer.headers.get_all(name) == [value]


@pytest.fixture
def behind(world, request):
    """An nginx for this test alone, with its servers."""
    behind = BehindNginx(world.programme, **getattr(request, "param", {}))
    behind.set_clock(world.clock)
    yield behind
    behind.stop()


@pytest.fixture
def person(programme, behind):
    return a_coordinator_signed_in(programme, behind)


@pytest.mark.slow
@pytest.mark.only_on("sqlite-feed")
@needs_nginx[1]
class TestNginx:
    def test_its_own_refusals_are_problems_with_the_headers_of_every_answer(self, behind, person):
        long = "x" * 9_000

        is_a_problem(ask(behind, "GET", TOKEN_PATH), 404, "not-found")
        is_a_problem(person.post(PLACES[0]), 403, "cross-site")
        is_a_problem(ask(behind, "POST", PLACES[0], body="x" * 2**21), 413, "request-entity-too-large")
        is_a_problem(ask(behind, "GET", PLACES[0], ("X", long)), 431, "request-header-fields-too-large")
        is_a_problem(ask(behind, "GET", f"{PLACES[0]}?{long}"), 414, "request-uri-too-long")

    def test_the_services_own_answers_pass_as_they_are(self, behind, person):
        is_a_problem(ask(behind, "GET", PLACES[0]), 401, "unauthenticated")
        is_a_problem(person.get("/mentoring/nowhere"), 404, "not-found")
        assert person.get("/nowhere").status == 404
        assert ask(behind, "GET", "/registry/docs").headers["Content-Type"].startswith("text/html")

    def test_what_it_refuses_on_a_page_is_said_to_a_person(self, behind, person):
        inbox = "/referrals/pages/inbox"
        sign_in = "/registry/pages/sign-in"
        behind.servers["mentoring"].stop()

        is_a_page(person.post(inbox, ("Sec-Fetch-Site", "cross-site")), 403)
        is_a_page(ask(behind, "POST", sign_in, body="x" * 2**21), 413)
        is_a_page(ask(behind, "GET", inbox, ("X", "x" * 9_000)), 431)
        refused = ask(behind, "GET", "/mentoring/pages/nowhere")
        is_a_page(refused, 503)
        assert refused.headers["Retry-After"]
        for near in ("/mentoring/pages", "/mentoring/x/pages/x", "/mentoring/livez?x=/registry/pages/x"):
            is_a_problem(ask(behind, "GET", near), 503, "unavailable")

    def test_pages_pass_as_they_are(self, behind, programme):
        nobody = ask(behind, "GET", "/referrals/pages/inbox")
        assert (nobody.status, nobody.headers["Location"]) == (
            303,
            "/registry/pages/sign-in?next=/referrals/pages/inbox",
        )
        page = ask(behind, "GET", "/registry/pages/sign-in")
        assert page.status == 200
        assert page.headers.get_all("Content-Security-Policy") == [PAGES_POLICY]
        assert ask(behind, "GET", "/registry/pages/nowhere").headers["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("cookie", ["openid=a.b", "searched=Ali%20B"])
    def test_the_registry_sees_its_own_where_nobody_chose_a_language(self, behind, cookie):
        ask(behind, "GET", "/registry/pages/nowhere", ("Cookie", f"sbs-8000=secret; sbs-8000-{cookie}"))

        assert behind.seen[0]["HTTP_COOKIE"] == f"sbs-8000-{cookie}"

    @pytest.mark.parametrize(
        "cookies",
        [
            "sbs-8000-language=fr",
            "x=y; sbs-8000-language=fr; sbs-8000-openid=a.b",
            "sbs-8000-openid=a.b;sbs-8000-language=fr",
            "sbs-8000=secret; sbs-8000-language=fr; sbs-8000-other=z",
            "sbs-8000-language=fr; sbs-8000-searched=Ali%20B",
            "sbs-8000-searched=Ali%20B; sbs-8000-openid=a.b; sbs-8000-language=fr",
        ],
    )
    def test_every_service_sees_the_language_and_the_registry_alone_its_own(self, behind, cookies):
        for service in ("registry", "referrals", "mentoring"):
            behind.seen.clear()
            ask(behind, "GET", f"/{service}/pages/nowhere", ("Cookie", cookies))
            known = ["sbs-8000-openid=a.b", "sbs-8000-searched=Ali%20B"]
            own = [one for one in known if service == "registry" and one in cookies]

            assert behind.seen[0]["HTTP_COOKIE"].split("; ") == ["sbs-8000-language=fr", *own]

    @pytest.mark.parametrize(
        "cookies",
        [
            "",
            "sbs-8000=secret",
            "language=fr",
            "x-sbs-8000-language=fr",
            "sbs-8000-language=FR%0d",
            "sbs-80=x",
        ],
    )
    def test_no_service_sees_another_cookie(self, behind, cookies):
        for service in ("registry", "referrals", "mentoring"):
            behind.seen.clear()
            ask(behind, "GET", f"/{service}/pages/nowhere", ("Cookie", cookies))
            seen = behind.seen[0].get("HTTP_COOKIE", "")

            assert seen in ("", "sbs-8000-language=")

    def test_the_page_is_in_the_language_that_was_chosen(self, behind):
        for service in ("registry", "referrals", "mentoring"):
            page = ask(behind, "GET", f"/{service}/pages/nowhere", ("Cookie", "sbs-8000-language=fr"))
            assert '<html lang="fr"' in page.text

    def test_a_file_may_be_longer_than_other_bodies(self, programme, behind):
        token = ("Authorization", f"Bearer {programme.world.token(programme.coordinator.actor)}")
        start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="sheds.csv"\r\n\r\n'
        form = start + b"name\n" * 2**19 + b"\r\n--x--\r\n"
        kind = ("Content-Type", "multipart/form-data; boundary=x")

        is_a_problem(ask(behind, "POST", "/registry/imports", token, kind, raw=form), 422, "file-refused")

    @pytest.mark.parametrize("behind", [{"requests_per_second": 5}], indirect=True)
    def test_who_asks_too_often_is_told_to_wait(self, behind):
        answers = [ask(behind, "GET", "/registry/livez") for _ in range(200)]

        assert answers[0].status == 200
        refused = next(answer for answer in answers if answer.status != 200)
        is_a_problem(refused, 429, "too-many-requests")
        assert refused.headers["Retry-After"]

    @pytest.mark.parametrize("place", ["/registry/sign-ins", "/registry/pages/sign-in"])
    def test_who_guesses_is_told_to_wait_long_before_and_others_are_not(self, behind, person, place):
        guesses = [ask(behind, "POST", place, source="127.0.0.2") for _ in range(60)]

        assert guesses[0].status != 429
        assert 429 in {guess.status for guess in guesses}
        assert person.statuses() == [200] * 3
        assert ask(behind, "POST", place).status != 429

    def test_who_looks_at_the_page_to_sign_in_or_chooses_a_language_guesses_nothing(self, behind):
        looks = [ask(behind, "GET", "/registry/pages/sign-in", source="127.0.0.2") for _ in range(60)]
        presses = [ask(behind, "POST", "/registry/pages/language", source="127.0.0.2") for _ in range(30)]

        assert 429 not in {answer.status for answer in looks + presses}

    def test_without_the_registry_a_client_works_on_and_a_person_is_asked_to_come_back(
        self, programme, behind, person
    ):
        token = ("Authorization", f"Bearer {programme.world.token(programme.coordinator.actor)}")
        behind.servers["registry"].stop()

        assert ask(behind, "GET", PLACES[1], token).status == 200
        assert ask(behind, "GET", "/mentoring/livez").status == 200
        for answer in (person.get(PLACES[1]), ask(behind, "GET", PLACES[0], token)):
            is_a_problem(answer, 503, "unavailable")
            assert answer.headers["Retry-After"]

    def test_its_log_has_who_asked_for_what_and_no_secret(self, behind, person):
        for answer in (
            person.get(f"{PLACES[1]}?limit=3&state=geheim"),
            person.post(f"{PLACES[1]}?code=geheim"),
            ask(behind, "GET", f"{TOKEN_PATH}?geheim", person.cookie),
            ask(behind, "GET", "/registry/pages/link/geheim?x=1"),
            ask(behind, "GET", "/referrals/pages/answer/geheim"),
        ):
            assert answer.status in (403, 404, 422)
        assert ask(behind, "GET", "/referrals/pages/answer/geheim/decline").status == 303
        assert ask(behind, "GET", "/registry//pages/link/geheim").status == 308
        behind.servers["mentoring"].stop()
        assert person.get(f"{PLACES[2]}?geheim=1").status == 503
        sent = [seen["HTTP_AUTHORIZATION"] for seen in behind.seen if "HTTP_AUTHORIZATION" in seen]
        tokens = [one.removeprefix("Bearer ") for one in sent]

        assert tokens
        assert behind.nginx.log.count(f'"path":"{PLACES[1]}"') == 2
        assert behind.nginx.log.count('"path":"/registry/pages/link/-"') == 2
        assert behind.nginx.log.count('"path":"/referrals/pages/answer/-"') == 2
        for secret in ("geheim", person.secret, SECRET, *tokens):
            assert secret not in behind.nginx.log

    @pytest.mark.parametrize(
        ("method", "secret", "status"),
        [
            ("GET", SECRET, 204),
            ("GET", None, 404),
            ("GET", "", 404),
            ("GET", "\x80", 404),
            ("GET", "x" * 43, 404),
            ("POST", SECRET, 404),
        ],
    )
    def test_past_nginx_only_the_secret_gets_a_token(self, behind, person, method, secret, status):
        shown = [] if secret is None else [("X-SBS-Edge-Secret", secret)]
        about = ("X-SBS-Method", "GET"), ("X-SBS-URI", PLACES[0])
        answer = ask(behind.servers["registry"], method, TOKEN_PATH, person.cookie, *shown, *about)

        assert answer.status == status
        assert ("X-SBS-Authorization" in answer.headers) is (status == 204)

    def test_the_registry_hears_the_path_as_the_service_reads_it(self, behind, person, world):
        heard, read = [], []

        def exchange(_secret, *, path, **_others):
            heard.append(path)
            return "x"

        def app(environ, start_response):
            read.append(Request(environ).path)
            start_response("204 No Content", [])
            return []

        server = Server(TokenEndpoint(app, exchange, ORIGIN, SECRET))
        asks = ("X-SBS-Edge-Secret", SECRET), ("X-SBS-Method", "GET")
        for path in WRITTEN:
            ask(server, "GET", path)
            ask(server, "GET", TOKEN_PATH, person.cookie, *asks, ("X-SBS-URI", path))
        server.stop()

        assert heard == read
        assert len(heard) == len(WRITTEN)


WRITTEN = (
    "/registry/me",
    "/registry/me?x=/registry/sheds",
    "/registry/me%2F..%2Fsheds",
    "/registry/me/../sheds",
    "/registry//me",
    "/registry/%6de",
    "/registry/%256de",
    "/registry/%c3%a9/%ff",
    "/registry/me;x=1",
)


def test_every_page_that_takes_a_credential_of_anybody_is_counted():
    """A page that somebody adds for people who are not signed in is counted unless it guesses nothing."""
    assert public_pages() == {
        "/registry/pages/sign\\-in",
        "/registry/pages/link/[^/]+",
        *(f"/referrals/pages/answer/[^/]+/{use}" for use in ("accept", "decline", "ask")),
    }


class TestTheCommand:
    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        monkeypatch.delenv("SBS_EDGE_SECRET", raising=False)

        def run(*options, **environ):
            out = tmp_path / "sbs.conf"
            result = CliRunner().invoke(cli, ["nginx", str(out), *options], env=environ)
            return result, out

        return run

    def test_it_writes_a_file_that_its_owner_alone_may_read(self, run):
        result, out = run(SBS_ORIGIN="https://sbs.example.org", SBS_EDGE_SECRET=SECRET)

        assert result.exit_code == 0
        assert out.stat().st_mode & 0o777 == 0o600
        assert SECRET in out.read_text()
        assert "${" not in out.read_text()

    def test_it_names_what_is_missing(self, run):
        result, out = run(SBS_ORIGIN="sbs.example.org")

        assert result.exit_code == 1
        assert "SBS_ORIGIN is not right" in result.output
        assert "SBS_EDGE_SECRET is not set" in result.output
        assert not out.exists()

    def test_a_certificate_has_a_key(self, run):
        assert run("--certificate", "x", SBS_EDGE_SECRET=SECRET)[0].exit_code == 2

    def test_a_file_that_cannot_be_written_is_said(self):
        environ = {"SBS_ORIGIN": ORIGIN, "SBS_EDGE_SECRET": SECRET}
        result = CliRunner().invoke(cli, ["nginx", "/nowhere/sbs.conf"], env=environ)

        assert (result.exit_code, Path("/nowhere").exists()) == (1, False)
        assert "cannot be written" in result.output
