"""A programme for one test: three services on a standing clock, callers, and events on their way."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from deploy.deliver import deliver_all
from deploy.programme import Origin, Programme
from shared.actor import SPEAKS_FOR, Actor, Role, system_actor
from shared.clock import StandingClock
from shared.messaging.outbox import OutboxRow
from shared.tokens import Issuer
from shared.unit_of_work import UnitOfWork
from tests.backends import SIGNING_KEY, Backend


class Answer:
    """What came back: status, headers, and the JSON of the body."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.get_data(as_text=True)
        self.type = response.mimetype

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    def problem_on(self) -> list[str]:
        """The pointers (or parameters) that a 422 names."""
        return [
            entry.get("pointer") or entry.get("query") or entry.get("header") or ""
            for entry in self.json.get("errors", [])
        ]

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:400]}>"


class Caller:
    """One person (or client) at the API. `expect` is the status that must come back."""

    def __init__(self, world: "World", actor: Actor, token: str | None) -> None:
        self.world = world
        self.actor = actor
        self._client = Client(world.origin)
        self._token = token

    def get(self, path: str, expect: int = 200, **headers: str) -> Answer:
        return self.send("GET", path, expect=expect, headers=headers)

    def post(self, path: str, body: Any = None, expect: int = 201, **headers: str) -> Answer:
        return self.send("POST", path, body={} if body is None else body, expect=expect, headers=headers)

    def act(self, path: str, body: Any = None, expect: int = 200) -> Answer:
        """Post an action with the present version of the thing."""
        place = path.rsplit("/", 1)[0]
        seen = self.send("GET", place, expect=None)
        headers = {"If_Match": seen.headers.get("ETag", '"1"')}
        return self.post(path, body, expect=expect, **headers)

    def patch(self, path: str, body: Any, expect: int = 200, **headers: str) -> Answer:
        if "If_Match" not in headers:
            headers["If_Match"] = self.send("GET", path, expect=None).headers.get("ETag", '"1"')
        return self.send("PATCH", path, body=body, expect=expect, headers=headers)

    def put(self, path: str, body: Any, at: str, expect: int = 200) -> Answer:
        etag = self.send("GET", at, expect=None).headers.get("ETag", '"1"')
        return self.send("PUT", path, body=body, expect=expect, headers={"If_Match": etag})

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        content_type: str | None = "application/json",
        expect: int | None = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        payload = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if data is not None:
            payload, content_type = data, "multipart/form-data"
        response = self._client.open(
            path,
            method=method,
            data=payload,
            content_type=content_type if payload is not None else None,
            headers=sent,
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
        answer = Answer(response)
        if expect is not None:
            assert answer.status == expect, f"{method} {path}: {answer}"
        return answer


@dataclass
class World:
    """Everything a test needs of a running programme."""

    backend: Backend
    clock: StandingClock = field(default_factory=StandingClock)

    def __post_init__(self) -> None:
        self.programme: Programme = self.backend.programme
        self.origin: Origin = self.backend.origin
        for service in self.programme.services.values():
            service.clock = self.clock
        for app in self.origin.apps.values():
            # What pages remember for minutes would last into the next test, whose clock begins at the same time.
            app.extensions["templates"].forget()

    def caller(self, role: Role, **relations: Any) -> Caller:
        """A person in a role who speaks for somebody: `world.caller(Role.MENTOR, mentor_id=...)`."""
        speaks_for = {SPEAKS_FOR[role]: uuid4()} if role in SPEAKS_FOR else {}
        return self.as_actor(Actor(relations.pop("id", uuid4()), role, **speaks_for | relations))

    def as_actor(self, actor: Actor) -> Caller:
        return Caller(self, actor, self.token(actor))

    def anonymous(self) -> Caller:
        return Caller(self, system_actor(), None)

    def token(self, actor: Actor, lasts: timedelta = timedelta(days=3650)) -> str:
        return Issuer(SIGNING_KEY).issue(actor, self.clock.now(), lasts)

    @contextmanager
    def work(self, service: str, actor: Actor | None = None, **options: Any) -> Iterator[UnitOfWork[Any]]:
        """A unit of work in a service, as the system unless said otherwise."""
        with self.programme.services[service].begin(actor or system_actor(), **options) as work:
            yield work

    def deliver(self) -> None:
        """Let every event arrive: over the broker where there is one, else by the feed."""
        if self.backend.is_postgresql:
            self.backend.deliver()
        else:
            deliver_all(self.programme)

    def consumer(self, service: str, producer: str) -> Any:
        worker = next(worker for worker in self.programme.workers() if worker.service.name == service)
        return next(consumer for consumer in worker.consumers if consumer.producer == producer)

    def told(self, service: str) -> list[dict[str, Any]]:
        """The documents in a service's outbox, in order."""
        with self.programme.services[service].database.read() as session:
            rows = session.scalars(select(OutboxRow.document).order_by(OutboxRow.id)).all()
        return [json.loads(row) for row in rows]

    def told_types(self, service: str) -> list[str]:
        return [
            document["type"].removeprefix("org.sbs.").removesuffix(".v1") for document in self.told(service)
        ]


def uuid(value: str) -> UUID:
    return UUID(value)


def days_ago(world: World, days: int) -> str:
    return (world.clock.today() - timedelta(days=days)).isoformat()


def moment(day: str, hour: int = 10) -> str:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC).isoformat()


__all__ = ["Answer", "Caller", "World", "days_ago", "moment", "uuid"]
