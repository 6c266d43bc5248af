"""Signing in over real HTTP: our programme on a port, a browser that keeps cookies, and providers to sign in with."""

import base64
import hashlib
import hmac
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwk, jwt
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from deploy.programme import Origin
from services.registry.domain.claim_map import ClaimMap
from services.registry.models import Account, SignIn
from services.registry.settings import OPENID_CALLBACK, OpenId
from services.registry.use_cases.exchange import exchange
from services.registry.use_cases.sign_ins import sign_in_of
from shared.http import sign_in_cookie
from shared.openid.provider import Registration
from tests.world import World

CLIENT_ID, CLIENT_SECRET = "sbs", "a secret + with % signs"
PARTNER = "019a2f6e-7a54-7c3e-9d3b-0a4f5b6c7d8e"
CLAIM_MAP = f"""
groups = "groups"

[[roles]]
role = "administrator"
groups = ["sbs-administrators"]

[[roles]]
role = "evaluator"
groups = ["sbs-evaluators"]

[[roles]]
role = "ambassador"
groups = ["sbs-ambassadors"]
speaks_for = "ambassador_id"

[[roles]]
role = "coordinator"
groups = ["sbs-coordinators"]
speaks_for = "employer"
means = {{ "De Mussen" = "{PARTNER}" }}
"""
EVALUATOR = {"groups": ["sbs-evaluators"], "name": "Eva Luator"}


class Silent(WSGIRequestHandler):
    def log_request(self, *args: Any) -> None:
        pass


@contextmanager
def listening(application: Any) -> Iterator[str]:
    """A WSGI application on a free port, for as long as the block lasts."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def relying_on(world: World, issuer: str, **changes: Any) -> Iterator["Site"]:
    """The programme over HTTP, with this provider to sign in with, at the present moment."""
    service = world.programme.services["registry"]
    before = service.settings
    world.clock.moment = datetime.now(UTC).replace(microsecond=0)
    site = Site(world)
    with listening(site) as site.origin:
        registration = Registration(issuer, CLIENT_ID, CLIENT_SECRET, f"{site.origin}{OPENID_CALLBACK}")
        options = {"roles": ClaimMap.parse(CLAIM_MAP), "second_factor": frozenset({"mfa"}), "only": False}
        openid = OpenId(registration, **options | changes)
        service.settings = replace(before, origin=site.origin, openid=openid)
        site.entrance = Origin(world.origin.apps, service.settings, partial(exchange, service))
        try:
            yield site
        finally:
            service.settings = before


@dataclass
class Site:
    """Our programme, as a browser reaches it."""

    world: World
    origin: str = ""
    entrance: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.entrance(environ, start_response)

    def browser(self) -> "Browser":
        return Browser(self)

    def accounts(self) -> list[Account]:
        with self.world.work("registry") as work:
            found = list(work.session.scalars(select(Account).order_by(Account.created_at, Account.id)))
            work.session.expunge_all()
        return found

    def open_sign_ins(self) -> list[SignIn]:
        with self.world.work("registry") as work:
            found = list(work.session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))))
            work.session.expunge_all()
        return found

    def sign_in_of(self, secret: str) -> tuple[SignIn, Account] | None:
        with self.world.work("registry") as work:
            return sign_in_of(work.session, secret, work.now, work.settings)


class Browser:
    """It keeps cookies, and goes one step at a time."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, url: str, **options: Any) -> requests.Response:
        url = url if url.startswith("http") else f"{self.site.origin}{url}"
        return self.session.get(url, allow_redirects=False, timeout=30, **options)

    def leave(self, query: str = "") -> str:
        """Go to sign in; where the provider is asked."""
        answer = self.get(f"/registry/openid/sign-in{query}")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def authorize(self, place: str, subject: str, **form: str) -> str:
        """Sign in at the mock provider; where it sends the browser back to."""
        answer = self.session.post(place, data={"sub": subject} | form, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def sign_in(self, subject: str, query: str = "") -> requests.Response:
        """All of it, at the mock provider."""
        return self.get(self.authorize(self.leave(query), subject))

    def pass_through(self, query: str = "") -> str:
        """Sign in at a provider that asks nothing; where it sends the browser back to."""
        answer = self.get(self.leave(query))
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    @property
    def secret(self) -> str | None:
        """What stands for a sign-in, in its cookies."""
        return self.session.cookies.get(sign_in_cookie.name_of(self.site.origin))

    @property
    def pending(self) -> str | None:
        """What ties a pending sign-in to it, in its cookies."""
        return self.session.cookies.get(f"{sign_in_cookie.name_of(self.site.origin)}-openid")


@contextmanager
def mock_provider() -> Iterator[str]:
    """`oidc-provider-mock` as a process of its own; where it is."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{issuer}/.well-known/openid-configuration", process)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str, process: subprocess.Popen[Any], seconds: int = 60) -> None:
    for _ in range(seconds * 10):
        assert process.poll() is None, f"It ended with {process.returncode}."
        try:
            requests.get(url, timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise TimeoutError(url)


def is_told(issuer: str, subject: str, **claims: Any) -> None:
    """The mock provider has a user of whom it makes these claims."""
    requests.put(f"{issuer}/users/{subject}", json=claims, timeout=30).raise_for_status()


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def rsa_key() -> Any:
    """Made once: to make one takes longer than a whole test."""
    return new_key("RSA")


def new_key(kind: str, size: Any = None) -> Any:
    sizes = {"RSA": 2048, "EC": "P-256", "OKP": "Ed25519"}
    return jwk.JWKRegistry.generate_key(kind, size or sizes[kind], {"use": "sig"}, auto_kid=True)


Forge = Callable[["HandMade", dict[str, Any]], str]


@dataclass
class HandMade:
    """A provider that keeps to the rules, PKCE and client authentication included, but for what it is told to do.

    `forge` makes its ID tokens; `metadata`, `sent_back` and `instead` change what else it says.
    """

    claims: dict[str, Any] = field(default_factory=lambda: dict(EVALUATOR))
    key: Any = field(default_factory=rsa_key)
    alg: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    sent_back: dict[str, str | None] = field(default_factory=dict)
    instead: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.issuer = ""
        self.forge: Forge = lambda provider, claims: provider.sign(claims)
        self._codes: dict[str, Mapping[str, str]] = {}

    @contextmanager
    def running(self) -> Iterator["HandMade"]:
        with listening(self) as self.issuer:
            yield self

    def sign(self, claims: Mapping[str, Any], key: Any = None, **header: Any) -> str:
        key = key or self.key
        header = {"alg": self.alg, "kid": key.kid} | header
        return jwt.encode(header, dict(claims), key, algorithms=[header["alg"]])

    def sealed(self, claims: Mapping[str, Any], **header: Any) -> str:
        """A token with a right signature (RS256) under any header."""
        head = b64(json.dumps({"alg": "RS256", "kid": self.key.kid} | header).encode())
        signed = f"{head}.{b64(json.dumps(claims).encode())}"
        return f"{signed}.{b64(self.key.private_key.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def forged(self, claims: Mapping[str, Any], alg: str, secret: bytes | None) -> str:
        """A token with this `alg` that no key of the provider signed."""
        head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": self.key.kid}).encode())
        signed = f"{head}.{b64(json.dumps(claims).encode())}"
        seal = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret is not None else b""
        return f"{signed}.{b64(seal)}"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        place = request.path.strip("/").split("/")[-1].replace("-", "_")
        answer = self.instead.get(request.path) or getattr(self, f"_{place}")(request)
        return answer(environ, start_response)

    def _openid_configuration(self, _request: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            }
            | self.metadata
        )

    def _jwks(self, _request: Request) -> Response:
        return _json({"keys": [self.key.as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        sent = {"code": code, "state": asked["state"], "session_state": "x"} | self.sent_back
        kept = {name: value for name, value in sent.items() if value is not None}
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(kept)}"})

    def _token(self, request: Request) -> Response:
        form, asked = request.form, self._codes.pop(request.form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if asked is None or asked["code_challenge"] != b64(digest):
            return _json({"error": "invalid_grant"}, 400)
        if form["redirect_uri"] != asked["redirect_uri"] or not _is_client(request):
            return _json({"error": "invalid_client"}, 401)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "somebody",
            "aud": asked["client_id"],
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
        } | self.claims
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": self.forge(self, claims)})


def _is_client(request: Request) -> bool:
    """RFC 6749, 2.3.1: in the header, each part encoded as in a form; or in the body."""
    if request.authorization is not None:
        told = f"x={request.authorization.username}&y={request.authorization.password}"
        given = parse_qs(told)
        return (given["x"], given["y"]) == ([CLIENT_ID], [CLIENT_SECRET])
    return (request.form.get("client_id"), request.form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
