"""The running system as a test sees it: callers over real HTTP, and a view into its databases."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import func, select

from deploy.programme import Programme
from shared.actor import Actor, Role
from shared.clock import SystemClock
from shared.messaging import outbox
from shared.messaging.parked import ParkedEvent
from shared.tokens import SERVICES
from tests.journeys.system import System

PATIENCE = 60.0


def wait_until(holds: Callable[[], Any], otherwise: Callable[[], str]) -> None:
    """Look again and again; the patience is so great that only what never comes runs out of it."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.05)


def start(system: System, *options: str) -> None:
    """Start it and wait until every service is ready."""
    system.begin(*options)
    wait_until(system.ready, lambda: f"It does not start: {system.said()}")


class LiveAnswer:
    """What came back over real HTTP, in the shape that the builders know."""

    def __init__(self, answer: requests.Response) -> None:
        self.status, self.headers, self.text = answer.status_code, answer.headers, answer.text
        self.links = answer.links
        self._answer = answer

    @property
    def json(self) -> Any:
        return self._answer.json()


@dataclass
class LiveCaller:
    """One person at the running system. `expect` is the status that must come back."""

    origin: str
    token: str

    def get(self, path: str, expect: int | None = 200) -> LiveAnswer:
        return self.send("GET", path, expect=expect)

    def post(
        self, path: str, body: Any = None, expect: int | None = 201, key: str | None = None, etag: str = ""
    ) -> LiveAnswer:
        headers = {"Idempotency-Key": key or str(uuid4())} | ({"If-Match": etag} if etag else {})
        return self.send("POST", path, json=body or {}, expect=expect, headers=headers)

    def act(self, path: str, body: Any = None, expect: int = 200, key: str | None = None) -> LiveAnswer:
        place = path.rsplit("/", 1)[0]
        return self.post(path, body, expect, key, self.get(place, None).headers.get("ETag", '"1"'))

    def upload(self, path: str, file: str, *lines: str, expect: int = 200) -> LiveAnswer:
        """Send a CSV file, as a form in a browser does."""
        content = "".join(f"{line}\n" for line in lines)
        return self.send("POST", path, expect=expect, files={"file": (file, content.encode(), "text/csv")})

    def send(
        self, method: str, path: str, expect: int | None = None, headers: Any = None, **body: Any
    ) -> LiveAnswer:
        own = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        answer = requests.request(method, f"{self.origin}{path}", headers=own, timeout=30, **body)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return LiveAnswer(answer)


class LiveWorld:
    """The running system in the shape that `tests.builders` knows."""

    def __init__(self, system: System) -> None:
        self.system = system
        keys = system.folder / "home" / "keys"
        files = {"SBS_TRUSTED_KEYS_FILE": "trusted.jwks", "SBS_SIGNING_KEY_FILE": "signing.jwk"}
        environ = {"SBS_DATABASE_URL": f"sqlite:///{system.folder}/home/{{service}}.db"} | system.environ
        self.programme = Programme(environ | {name: str(keys / file) for name, file in files.items()})
        self.clock = SystemClock(self.programme.registry.settings.zone)

    def caller(self, role: Role, **relations: Any) -> LiveCaller:
        return LiveCaller(self.system.origin, self.system.token(Actor(uuid4(), role, **relations)))

    def deliver(self) -> None:
        """Wait until the system's own workers have applied every event everywhere."""
        wait_until(lambda: not self.behind(), lambda: f"These are behind: {self.behind()}")

    def behind(self) -> list[str]:
        reach = {name: self.reach(name) for name in SERVICES}
        return [
            f"{worker.service.name} of {consumer.producer}"
            for worker in self.programme.workers()
            for consumer in worker.consumers
            if consumer._cursor()[0] < reach[consumer.producer]
        ]

    def reach(self, name: str) -> int:
        """How many events a service has told, those included that have no position yet."""
        with self.programme.services[name].database.read() as session:
            return session.scalar(select(func.count()).select_from(outbox.OutboxRow)) or 0

    def parked(self) -> int:
        total = 0
        for service in self.programme.services.values():
            with service.database.read() as session:
                total += session.scalar(select(func.count()).select_from(ParkedEvent)) or 0
        return total
