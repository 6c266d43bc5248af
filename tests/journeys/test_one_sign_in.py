"""One sign-in at the running system: the embedded default, and three servers behind nginx with TLS."""

import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from deploy.programme import Programme
from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, SignIn
from services.registry.use_cases import sign_ins
from shared.actor import Role, system_actor
from shared.audit.records import AuditRecord
from shared.http.edge import TOKEN_PATH
from shared.http.headers import headers_of
from shared.http.sign_in_cookie import name_of
from shared.identifiers import new_id
from shared.secrets import new_secret
from shared.tokens import SERVICES, new_signing_key, public_keys
from tests import backends
from tests.edge.nginx import IS_LEFT_OUT, MISSING, Nginx, free_port
from tests.journeys.live import wait_until
from tests.journeys.system import NOT_OURS, ROOT

pytestmark = pytest.mark.slow
PLACES = tuple(f"/{service}/audit" for service in SERVICES)
"""In each service, what an administrator may read."""


@dataclass
class Browser:
    """An administrator who has signed in, at his browser."""

    programme: Programme
    origin: str
    connect: Any
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        with self.programme.registry.begin(system_actor()) as work:
            known = {"email": f"{uuid4().hex}@example.org", "name": "Ada", "state": AccountState.ACTIVE}
            account = Account(id=new_id(), created_at=work.now, role=Role.ADMINISTRATOR, **known)
            work.session.add(account)
            sign_in, self.secret = sign_ins.begin_sign_in(
                work.session,
                account,
                SignInMethod.PASSWORD,
                sign_ins.Browser(None, None),
                second_factor=True,
                now=work.now,
            )
        self.sign_in_id = sign_in.id

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer, with its body read."""
        connection = self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = {"Cookie": f"{name_of(self.origin)}={self.secret}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), cookie | sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def ask_with(self, path: str, header: str, value: str) -> int:
        """The status of an answer to somebody who has not signed in and sends this header as it stands."""
        connection = self.connect()
        connection.putrequest("GET", path)
        connection.putheader(header, value)
        connection.endheaders()
        status: int = connection.getresponse().status
        connection.close()
        return status

    def statuses(self, **headers: str) -> list[int]:
        return [self.ask("GET", place, **headers).status for place in PLACES]

    def sign_out(self) -> None:
        with self.programme.registry.begin(system_actor()) as work:
            ended = update(SignIn).where(SignIn.id == self.sign_in_id).values(ended_at=work.now)
            work.session.execute(ended)


def signs_in_to_all_and_out_of_all(browser: Browser) -> None:
    """What every way of running it must do, over real sockets."""
    partner = {"name": f"Buurthuis {new_secret()[:8]}", "country": "NL"}

    assert browser.statuses() == [200] * 3
    assert browser.statuses(Authorization="Bearer x.y.z") == [401] * 3
    assert browser.ask("POST", "/registry/partners", partner).status == 403
    assert browser.ask("POST", "/registry/partners", partner, Sec_Fetch_Site="cross-site").status == 403
    assert browser.ask("POST", "/registry/partners", partner, Sec_Fetch_Site="same-origin").status == 201
    assert browser.ask("GET", TOKEN_PATH).status == 404
    # A server that believes this one leaves it out of the path, which then is that of the other service.
    assert browser.ask_with("/referrals/registry/livez", "SCRIPT_NAME", "/referrals") == 404
    browser.sign_out()
    assert browser.statuses() == [401] * 3


def test_the_embedded_default(running):
    browser = Browser(
        running.programme,
        running.system.origin,
        lambda: HTTPConnection("127.0.0.1", running.system.port, timeout=30),
    )

    signs_in_to_all_and_out_of_all(browser)


class Apart:
    """Three servers of their own, started as an operator starts them, and nginx before them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in SERVICES}
        self.plain_port = free_port()
        self.certificate, self.key = a_certificate(folder)
        self.nginx = Nginx(self._configuration)
        self.programme = Programme(self.environ)
        self.programme.migrate()
        self.servers = [self._serve(name) for name in SERVICES]

    @property
    def origin(self) -> str:
        return self.environ["SBS_ORIGIN"]

    def _configuration(self, folder: Path, port: int) -> str:
        """What the command writes, with this origin."""
        (self.folder / "edge-secret").write_text(new_secret())
        key = new_signing_key()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
        self.environ = kept | {
            "SBS_ORIGIN": f"https://localhost:{port}",
            "SBS_EDGE_SECRET_FILE": str(self.folder / "edge-secret"),
            "SBS_DATABASE_URL": f"sqlite:///{self.folder}/{{service}}.db",
            "SBS_TRUSTED_KEYS": public_keys(key),
            "SBS_SIGNING_KEY": key,
            "SBS_PROXIES": "1",
        }
        out = folder / "written.conf"
        options = {name: f"127.0.0.1:{place}" for name, place in self.ports.items()} | {
            "listen": f"127.0.0.1:{port}",
            "listen-plain": f"127.0.0.1:{self.plain_port}",
            "certificate": str(self.certificate),
            "key": str(self.key),
            "log": f"{folder}/log",
            "error-log": f"{folder}/errors",
        }
        said = [word for name, value in options.items() for word in (f"--{name}", value)]
        subprocess.run(
            [sys.executable, "-m", "deploy", "nginx", str(out), *said],
            env=self.environ,
            cwd=ROOT,
            check=True,
        )
        return out.read_text()

    def _serve(self, name: str) -> "subprocess.Popen[bytes]":
        how = ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning"]
        where = ["--bind", f"127.0.0.1:{self.ports[name]}", f"services.{name}.app:from_environ()"]
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *how, *where],
                env=self.environ,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def answers(self) -> bool:
        return all(backends.answers(f"http://127.0.0.1:{port}") for port in self.ports.values())

    def said(self) -> str:
        return "".join((self.folder / f"{name}.log").read_text() for name in SERVICES)

    def connect(self) -> HTTPSConnection:
        trust = ssl.create_default_context(cafile=self.certificate)
        address = ("127.0.0.2", 0)
        return HTTPSConnection(
            "localhost", self.nginx.port, timeout=30, context=trust, source_address=address
        )

    def stop(self) -> None:
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait(30)
        self.programme.dispose()
        self.nginx.stop()


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine's own name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    places = folder / "certificate.pem", folder / "key.pem"
    pem = serialization.Encoding.PEM
    places[0].write_bytes(certificate.public_bytes(pem))
    places[1].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return places


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    apart = Apart(tmp_path_factory.mktemp("apart"))
    try:
        wait_until(apart.answers, apart.said)
        yield apart
    finally:
        apart.stop()


@pytest.mark.skipif(IS_LEFT_OUT, reason=MISSING)
class TestThreeServersBehindNginx:
    @pytest.fixture
    def browser(self, apart):
        return Browser(apart.programme, apart.origin, apart.connect)

    def test_they_have_one_sign_in(self, browser):
        signs_in_to_all_and_out_of_all(browser)

    def test_its_cookie_is_that_of_https(self, apart, browser):
        assert name_of(apart.origin) == "__Host-sbs"
        answer = browser.ask("GET", PLACES[0], Cookie=f"sbs-{apart.nginx.port}={browser.secret}")
        assert answer.status == 401

    def test_every_answer_asks_for_https_ever_after(self, apart, browser):
        for path, status in ((PLACES[1], 200), ("/mentoring/nowhere", 404), (TOKEN_PATH, 404)):
            answer = browser.ask("GET", path)
            assert answer.status == status
            for name, value in headers_of(apart.origin).items():
                assert answer.headers.get_all(name) == [value]

    def test_who_comes_without_it_is_sent_there(self, apart):
        connection = HTTPConnection("127.0.0.1", apart.plain_port, timeout=30)
        connection.request("GET", "/registry/docs?x=1")
        answer = connection.getresponse()

        assert (answer.status, answer.headers["Location"]) == (308, f"{apart.origin}/registry/docs?x=1")
        connection.close()

    def test_the_record_says_where_he_really_was(self, apart, browser):
        browser.ask("GET", PLACES[2], X_Forwarded_For="203.0.113.7", X_Real_IP="203.0.113.7")

        with apart.programme.mentoring.database.read() as session:
            newest = select(AuditRecord.remote_address).order_by(AuditRecord.id.desc()).limit(1)
            assert session.scalar(newest) == "127.0.0.2"
