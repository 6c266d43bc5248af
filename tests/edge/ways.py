"""The ways in which the programme is reached over real HTTP, with a spy at the door of each service."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Protocol

from werkzeug.serving import WSGIRequestHandler, make_server

from deploy.programme import Origin, Programme
from deploy.proxy import Proxy, configuration, public_paths
from services.mentoring import app as mentoring_app
from services.referrals import app as referrals_app
from services.registry import app as registry_app
from services.registry.use_cases.exchange import exchange
from shared.clock import Clock
from shared.http.edge import TOKEN_PATH
from shared.unit_of_work import Service
from tests.edge.nginx import Nginx

APPS: Any = (registry_app, referrals_app, mentoring_app)
SECRET = "edge-" + "0" * 40
HOST = "127.0.0.1:8000"
"""What a browser has in its address bar: the origin of the tests' settings, whatever port they listen on."""


class Quiet(WSGIRequestHandler):
    def log(self, *_message: Any) -> None:
        """Tests say what went wrong."""


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Way(Protocol):
    port: int
    seen: list[dict[str, Any]]

    def set_clock(self, clock: Clock) -> None: ...

    def stop(self) -> None: ...


def ask(
    way: Way,
    method: str,
    path: str,
    *headers: tuple[str, str],
    body: Any = None,
    raw: bytes = b"",
    source: str = "127.0.0.1",
) -> Answer:
    """Send these headers exactly, however often each stands there, from this address of the machine."""
    sent = raw if body is None else json.dumps(body).encode()
    connection = HTTPConnection("127.0.0.1", way.port, timeout=30, source_address=(source, 0))
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        own = [("Host", HOST), ("Content-Length", str(len(sent)))]
        kind = [] if raw else [("Content-Type", "application/json")]
        for name, value in [*own, *kind, *headers]:
            connection.putheader(name, value)
        connection.endheaders(sent)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        connection.close()


@dataclass
class Spy:
    """At the door of a service: notes what comes in, and lets it through."""

    app: Callable[..., Iterable[bytes]]
    seen: list[dict[str, Any]]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != TOKEN_PATH:
            self.seen.append(
                {name: value for name, value in environ.items() if name.isupper() and isinstance(value, str)}
            )
        return self.app(environ, start_response)


class Server:
    """An application on a port of its own, in a thread."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; what was stopped stays so."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@dataclass
class SingleProcess:
    """Everything in one process: the embedded default."""

    programme: Programme
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        spied = {name: Spy(app, self.seen) for name, app in self.programme.origin().apps.items()}
        settings = self.programme.registry.settings
        self._server = Server(Origin(spied, settings, partial(exchange, self.programme.registry)))
        self.port = self._server.port

    def set_clock(self, clock: Clock) -> None:
        """The programme has it already."""

    def stop(self) -> None:
        self._server.stop()


class BehindNginx:
    """Three servers and nginx before them, which asks the registry for a token."""

    def __init__(self, programme: Programme, **options: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        self._services = [_behind_a_proxy(service) for service in programme.services.values()]
        apps = [app.served(service) for app, service in zip(APPS, self._services, strict=True)]
        self.servers = {
            service.name: Server(Spy(app, self.seen))
            for app, service in zip(apps, self._services, strict=True)
        }
        origin = programme.registry.settings.origin
        self.nginx = Nginx(lambda folder, port: self._configuration(origin, folder, port, options))
        self.port = self.nginx.port

    def _configuration(self, origin: str, folder: Path, port: int, options: dict[str, Any]) -> str:
        places = {name: f"127.0.0.1:{server.port}" for name, server in self.servers.items()}
        files = {"log": f"{folder}/log", "error_log": f"{folder}/errors"}
        enough = {"requests_per_second": 10_000}
        proxy = Proxy(origin, SECRET, (f"127.0.0.1:{port}",), **places | files | enough | options)
        return configuration(proxy, public_paths() | {"/registry/sign-ins"})

    def set_clock(self, clock: Clock) -> None:
        for service in self._services:
            service.clock = clock

    def stop(self) -> None:
        self.nginx.stop()
        for server in self.servers.values():
            server.stop()


def _behind_a_proxy(service: Service[Any]) -> Service[Any]:
    """The same service, with the settings of a server of its own."""
    settings = replace(service.settings, proxies=1)
    if service.name == "registry":
        settings = replace(settings, edge_secret=SECRET)
    return replace(service, settings=settings)
