"""One person's one change: the session, who acts, when, and what is to be told of it.

Every use case takes one as its first argument. When to use another way: a read that needs neither
an actor nor a time takes a session.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.clock import Clock
from shared.database.engine import Database
from shared.errors import InvalidInput, StaleVersion, VersionMissing
from shared.identifiers import new_id
from shared.lifecycle import Lifecycle, Transition
from shared.messaging import outbox
from shared.messaging.doorbell import Doorbell
from shared.messaging.events import Catalogue
from shared.permissions import Policy

S = TypeVar("S")


class HasVersion(Protocol):
    version: Any


class HasState(HasVersion, Protocol):
    state: Any


@dataclass
class UnitOfWork(Generic[S]):
    """What a use case works with. Made by `Service.begin`, which commits it or undoes it whole."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    settings: S
    catalogue: Catalogue
    if_match: str | None = None
    traceparent: str | None = None
    checked: set[Policy] = field(default_factory=set)
    told: list[dict[str, Any]] = field(default_factory=list)

    def require(self, policy: Policy) -> None:
        """Refuse a caller whose role may not (403), and note that it was asked."""
        self.checked.add(policy)
        policy.check(self.actor)

    def expect_version(self, thing: HasVersion) -> None:
        """Refuse a change to a version the caller has not read: 428 without If-Match, 412 with an old one.

        The system acts on what it has just locked and needs none.
        """
        if self.actor.is_system:
            return
        if self.if_match is None:
            raise VersionMissing
        if self.if_match != "*" and etag(thing) not in _tags(self.if_match):
            raise StaleVersion

    def step(self, lifecycle: Lifecycle, thing: HasState, action: Any) -> Transition:
        """The guard of every transition, in its fixed order: 403, then 409, then 428 and 412."""
        self.require(lifecycle.policy(action))
        row = lifecycle.transition(thing.state, action)
        self.expect_version(thing)
        return row

    def day(self, values: Mapping[str, Any], field_name: str) -> date:
        """The day a person names for what he records, today when he names none; never one to come."""
        day: date = values.get(field_name) or self.today
        if day > self.today:
            raise InvalidInput.on(field_name, "This day is still to come.")
        return day

    def record(self, name: str, subject: UUID, data: Mapping[str, Any]) -> None:
        """Tell the other services, if and when this change is committed."""
        kind = self.catalogue[name]
        event_id = new_id()
        document = self.catalogue.document(
            name,
            event_id=event_id,
            subject=subject,
            time=self.now,
            data=data,
            traceparent=self.traceparent,
        )
        self.told.append(
            {"event_id": event_id, "type": kind.type, "document": document, "recorded_at": self.now}
        )

    def finish(self) -> None:
        """Flush the changed rows first, then write the events: the order keeps a thing's events in order."""
        self.session.flush()
        if self.told:
            outbox.append(self.session, self.told)


def etag(thing: HasVersion) -> str:
    """The strong ETag of a versioned thing."""
    return f'"{thing.version}"'


def _tags(header: str) -> set[str]:
    return {tag.strip() for tag in header.split(",")}


@dataclass
class Service(Generic[S]):
    """One service put together: its name, settings, database, clock, events and doorbell."""

    name: str
    settings: S
    database: Database
    clock: Clock
    catalogue: Catalogue
    doorbell: Doorbell = field(default_factory=Doorbell)

    @contextmanager
    def begin(
        self,
        actor: Actor,
        *,
        if_match: str | None = None,
        traceparent: str | None = None,
        reading: bool = False,
    ) -> Iterator[UnitOfWork[S]]:
        """A unit of work in a transaction; the doorbell rings once what it tells is committed."""
        open_session = self.database.read if reading else self.database.write
        with open_session() as session:
            work = UnitOfWork(
                session=session,
                actor=actor,
                now=self.clock.now(),
                today=self.clock.today(),
                settings=self.settings,
                catalogue=self.catalogue,
                if_match=if_match,
                traceparent=traceparent,
            )
            yield work
            if not reading:
                work.finish()
        if work.told:
            self.doorbell.ring()
