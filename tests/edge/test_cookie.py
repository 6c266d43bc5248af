"""The cookie by its origin: `__Host-` and for HTTPS alone where there is HTTPS, and never for a script."""

from dataclasses import replace
from functools import partial

import pytest
from flask import Response
from werkzeug.test import Client

from deploy.programme import Origin
from services.registry.app import create_app
from services.registry.use_cases.exchange import exchange
from shared.database.engine import Database
from shared.http.headers import ONLY_HTTPS, headers_of
from shared.http.sign_in_cookie import give, name_of, take_away
from tests.edge.people import a_coordinator_signed_in

HTTPS = "https://sbs.example.org"


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        (HTTPS, "__Host-sbs"),
        ("https://sbs.example.org:8443", "__Host-sbs"),
        ("http://127.0.0.1:8000", "sbs-8000"),
        ("http://127.0.0.1:8001", "sbs-8001"),
        ("http://sbs.example.org", "sbs-80"),
    ],
)
def test_its_name_says_what_protects_it(origin, name):
    assert name_of(origin) == name


@pytest.mark.parametrize("write", [lambda response, origin: give(response, origin, "secret"), take_away])
@pytest.mark.parametrize(("origin", "secure"), [(HTTPS, True), ("http://127.0.0.1:8000", False)])
def test_it_is_for_this_host_alone_and_not_for_scripts(write, origin, secure):
    response = Response()
    write(response, origin)
    pair, *attributes = response.headers["Set-Cookie"].split("; ")

    assert pair.startswith(f"{name_of(origin)}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert ("Secure" in attributes) is secure
    assert "Domain" not in response.headers["Set-Cookie"]


def an_origin(service, **settings):
    """The registry alone behind the edge of a single process."""
    service = replace(service, settings=replace(service.settings, **settings))
    origin = Origin({"registry": create_app(service)}, service.settings, partial(exchange, service))
    return Client(origin, use_cookies=False)


class TestWithHttps:
    @pytest.fixture
    def client(self, world):
        return an_origin(world.programme.registry, origin=HTTPS)

    @pytest.fixture
    def secret(self, programme):
        return a_coordinator_signed_in(programme, None).secret

    def test_only_the_name_that_is_protected_signs_in(self, client, secret):
        for name, status in (("__Host-sbs", 200), ("sbs-443", 401), ("sbs", 401), ("__Secure-sbs", 401)):
            answer = client.get("/registry/sheds", headers={"Cookie": f"{name}={secret}"})
            assert answer.status_code == status

    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            (HTTPS, 200),
            ("https://SBS.example.org:443", 200),
            ("http://sbs.example.org", 403),
            ("https://sbs.example.org:8443", 403),
        ],
    )
    def test_its_pages_are_known_by_their_origin(self, client, secret, origin, status):
        headers = {"Cookie": f"__Host-sbs={secret}", "Origin": origin}
        answer = client.post("/registry/shedders/search", json={"name": "Yusuf"}, headers=headers)

        assert answer.status_code == status
        assert answer.headers["Strict-Transport-Security"] == ONLY_HTTPS


def test_when_the_registry_has_no_database_whoever_has_a_cookie_is_asked_to_come_back(world):
    service = replace(world.programme.registry, database=Database("sqlite:////nowhere/registry.db"))
    client = an_origin(service)
    answer = client.get("/registry/livez", headers={"Cookie": "sbs-8000=secret"})

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
    assert headers_of(service.settings.origin).items() <= dict(answer.headers).items()
    assert client.get("/registry/livez").status_code == 200
    service.database.dispose()


def test_behind_one_proxy_a_caller_is_where_that_says_he_is(programme):
    addresses = []

    def spy(environ, start_response):
        addresses.append(environ["REMOTE_ADDR"])
        start_response("204 No Content", [])
        return []

    registry = programme.world.programme.registry
    for proxies in (0, 1):
        settings = replace(registry.settings, proxies=proxies)
        client = Client(Origin({"registry": spy}, settings, partial(exchange, registry)))
        said = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
        client.get("/registry", headers=said, environ_base={"REMOTE_ADDR": "127.0.0.1"})

    assert addresses == ["127.0.0.1", "203.0.113.7"]
