"""Headers on every answer, limits on what comes in, and nothing that starts unguarded."""

from dataclasses import replace

import pytest
from werkzeug.test import Client

from services.registry.app import create_app, create_service
from shared.actor import Role
from shared.errors import TooManyRequests
from shared.http.application import UnguardedError, create_application, refuse_unguarded
from shared.http.headers import HEADERS, ONLY_HTTPS
from shared.http.rate_limit import RateLimit, RequestCount
from shared.http.routes import Route
from shared.permissions import policy
from shared.tokens import Verifier
from tests.contracts.every_route import ROUTES, url_of

PAGES = [f"/{service}/docs" for service in ("registry", "referrals", "mentoring")]


def is_hardened(answer):
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, (answer, name)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Strict-Transport-Security" not in answer.headers


class TestHeaders:
    def test_every_route_has_them_when_it_refuses(self, world):
        for service, route in ROUTES:
            is_hardened(world.anonymous().send(route.method, url_of(service, route), body={}))

    def test_every_route_that_reads_has_them_when_it_answers(self, programme):
        for service, route in ROUTES:
            if route.method == "GET":
                is_hardened(programme.coordinator.send("GET", url_of(service, route)))

    @pytest.mark.parametrize(
        "path",
        [
            "/registry/livez",
            "/referrals/readyz",
            "/mentoring/openapi.json",
            "/nowhere",
            "/registry/x",
            *PAGES,
        ],
    )
    def test_so_have_the_pages_and_what_does_not_exist(self, world, path):
        is_hardened(world.anonymous().get(path, expect=None))

    def test_so_have_errors_of_every_kind(self, programme):
        send, place = programme.coordinator.send, "/registry/sheds"
        for answer in (
            send("POST", place, raw=b"{"),
            send("POST", place, raw=b"x", content_type="text/plain"),
            send("POST", place, raw=b" " * 300_000),
            send("POST", place, body={"x": 1}),
            send("DELETE", place),
            send("PATCH", f"{place}/{programme.shed_id}", body={}),
            send("PATCH", f"{place}/{programme.shed_id}", body={}, headers={"If-Match": '"9"'}),
        ):
            assert answer.status >= 400
            is_hardened(answer)

    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_allows_its_own_styles_by_hash_and_no_script(self, world, path):
        policy = world.anonymous().get(path).headers["Content-Security-Policy"]

        assert "style-src 'sha256-" in policy
        assert "script-src" not in policy

    def test_only_an_https_origin_asks_for_https_ever_after(self, world):
        service = world.programme.registry
        settings = replace(service.settings, origin="https://sbs.example.org")
        client = Client(create_app(replace(service, settings=settings)))

        assert client.get("/registry/livez").headers["Strict-Transport-Security"] == ONLY_HTTPS


def limited(world, most):
    """The registry again, as another process with a limit."""
    settings = replace(world.programme.registry.settings, requests_per_minute=most)
    return Client(create_app(replace(world.programme.registry, settings=settings)))


class TestRateLimit:
    def test_beyond_the_limit_a_caller_is_told_to_wait(self, programme, world):
        client = limited(world, 5)
        token = {"Authorization": f"Bearer {world.token(programme.coordinator.actor)}"}
        answers = [client.get("/registry/sheds", headers=token) for _ in range(7)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        refused = answers[-1]
        assert refused.mimetype == "application/problem+json"
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        other = {"Authorization": f"Bearer {world.token(programme.ambassador.actor)}"}
        assert client.get("/registry/sheds", headers=other).status_code == 200

    def test_the_next_minute_he_may_ask_again(self, programme, world):
        client = limited(world, 1)
        token = {"Authorization": f"Bearer {world.token(programme.coordinator.actor)}"}
        assert [client.get("/registry/sheds", headers=token).status_code for _ in range(2)] == [200, 429]
        world.clock.moment = world.clock.moment.replace(minute=(world.clock.moment.minute + 1) % 60)

        assert client.get("/registry/sheds", headers=token).status_code == 200

    def test_it_holds_across_processes_up_to_a_share_of_each(self, world):
        actor = world.caller(Role.EVALUATOR).actor
        one, two = (RateLimit(world.programme.registry.database, 100) for _ in range(2))

        passed = 0
        for turn in range(200):
            try:
                (one, two)[turn % 2].count(actor.id, world.clock.now())
                passed += 1
            except TooManyRequests:
                pass

        assert 100 <= passed <= 110

    def test_a_caller_who_asks_little_costs_no_statement(self, world):
        actor = world.caller(Role.EVALUATOR).actor
        limit = RateLimit(world.programme.registry.database, 1200)
        for _ in range(59):
            limit.count(actor.id, world.clock.now())

        assert counted(world) == []
        limit.count(actor.id, world.clock.now())
        assert counted(world) == [60]

    def test_what_was_counted_in_minutes_gone_by_is_forgotten(self, world):
        actor = world.caller(Role.EVALUATOR).actor
        limit = RateLimit(world.programme.registry.database, 20)
        limit.count(actor.id, world.clock.now())
        world.clock.moment = world.clock.moment.replace(hour=(world.clock.moment.hour + 1) % 24)
        limit.count(actor.id, world.clock.now())

        assert counted(world) == [1]


def counted(world):
    with world.programme.registry.database.read() as session:
        return [row.requests for row in session.query(RequestCount)]


class TestWhatComesIn:
    def test_a_form_with_many_parts_is_refused(self, programme):
        parts = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % nth for nth in range(30)
        )
        kind = "multipart/form-data; boundary=x"

        programme.coordinator.send(
            "POST", "/registry/imports", raw=parts + b"--x--\r\n", content_type=kind, expect=413
        )

    def test_a_long_value_in_a_form_is_refused(self, programme):
        part = (
            b'--x\r\nContent-Disposition: form-data; name="dry_run"\r\n\r\n'
            + b"t" * 100_000
            + b"\r\n--x--\r\n"
        )
        kind = "multipart/form-data; boundary=x"

        programme.coordinator.send("POST", "/registry/imports", raw=part, content_type=kind, expect=413)

    def test_gunicorn_bounds_what_comes_before_the_body(self):
        bounds = {}
        with open("deploy/gunicorn_conf.py", encoding="utf-8") as file:
            for line in file:
                name, _, value = line.partition(" = ")
                if name.startswith("limit_request"):
                    bounds[name] = int(value)

        assert bounds == {
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "limit_request_field_size": 8190,
        }


class TestNothingStartsUnguarded:
    @pytest.fixture
    def parts(self, world):
        service = world.programme.registry
        return service, Verifier(service.settings.trusted_keys, audience="registry")

    @pytest.mark.parametrize("nobody", [None, policy("do this")])
    def test_a_route_without_a_policy(self, parts, nobody):
        def peep(_work):
            """Peep."""

        with pytest.raises(UnguardedError, match="peep"):
            create_application(parts[0], "SBS", [Route("GET", "/peep", peep, nobody)], parts[1])

    def test_a_flask_rule_beside_the_routes(self, parts):
        app = create_application(parts[0], "SBS", [], parts[1])
        app.add_url_rule("/registry/backdoor", "backdoor", lambda: "open")

        with pytest.raises(UnguardedError, match="backdoor"):
            refuse_unguarded(app)


def test_settings_never_print_their_secrets(world):
    service = create_service(world.programme.registry.settings)

    assert "Ed25519" not in repr(service.settings)
    assert str(service.database.engine.url.database) not in repr(service.settings)
