"""One person's one change: the session, who acts, when, and what is to be told of it.

Every use case takes one as its first argument. When to use another way: a read that needs neither
an actor nor a time takes a session.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared import tracing
from shared.actor import Actor
from shared.audit import records
from shared.audit.deed import Deed, by_rule
from shared.clock import Clock
from shared.database.engine import Database
from shared.database.finding import MEN
from shared.errors import FieldError, InvalidInput, NotRecorded, StaleVersion, VersionMissing
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
    checked: set[Policy] = field(default_factory=set)
    told: list[dict[str, Any]] = field(default_factory=list)
    men: set[UUID] = field(default_factory=set)
    by_itself: list[Deed] = field(default_factory=list)
    on_record: bool = False
    erased: set[UUID] = field(default_factory=set)
    """Of the men whom a consumer's batch tells of, those who were erased."""

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

    def day(self, values: Mapping[str, Any], field_name: str, *within: str) -> date:
        """The day a person names for what he records, today when he names none; never one to come.

        `within` are the fields of the body that `values` is the inside of.
        """
        day: date = values.get(field_name) or self.today
        if day > self.today:
            first, *rest = (*within, field_name)
            raise InvalidInput.on(first, "This day is still to come.", *rest)
        return day

    def record(self, name: str, subject: UUID, data: Mapping[str, Any]) -> UUID:
        """Tell the other services, if and when this change is committed. Gives the event's id."""
        kind = self.catalogue[name]
        event_id = new_id()
        document = self.catalogue.document(
            name,
            event_id=event_id,
            subject=subject,
            time=self.now,
            data=data,
            traceparent=tracing.current(),
        )
        self.told.append(
            {"event_id": event_id, "type": kind.type, "document": document, "recorded_at": self.now}
        )
        man = data.get("shedder_id")
        if man is not None:
            self.men.add(man)
            self.by_itself.append(by_rule(name, subject, {man}))
        return event_id

    def put_on_record(self, deed: Deed) -> None:
        """Put on record what this unit of work is for, in its own transaction. Raises `NotRecorded`.

        It is about the men whom it found or told of, too.
        """
        deed.men |= self.men
        records.keep(self.session, self.now, [deed])
        self.on_record = True

    def finish(self) -> None:
        """Flush the changed rows first, then write the events: the order keeps a thing's events in order.

        What the system does to a man by itself is put on record event by event.
        """
        self.session.flush()
        if self.told:
            outbox.append(self.session, self.told)
        if self.actor.is_system and self.by_itself and not self.on_record:
            records.keep(self.session, self.now, self.by_itself)


def etag(thing: HasVersion) -> str:
    """The strong ETag of a versioned thing."""
    return f'"{thing.version}"'


_STRONG = re.compile(r'"[^"]*"')


def _tags(header: str) -> set[str]:
    tags = {tag.strip() for tag in header.split(",")}
    if not all(_STRONG.fullmatch(tag) for tag in tags):
        reason = 'Send the ETag as you got it, in its quotes: "1".'
        raise InvalidInput([FieldError(("If-Match",), reason, "header")])
    return tags


@dataclass
class Service(Generic[S]):
    """One service put together: its name, settings, database, clock, events and doorbell."""

    name: str
    settings: S
    database: Database
    clock: Clock
    catalogue: Catalogue
    doorbell: Doorbell = field(default_factory=Doorbell)
    counts: Mapping[str, Callable[[Session, date], int]] = field(default_factory=dict)
    """What of its own an operator watches, by name: cheap to count at any time."""

    @contextmanager
    def begin(
        self,
        actor: Actor,
        *,
        if_match: str | None = None,
        reading: bool = False,
        men: set[UUID] | None = None,
    ) -> Iterator[UnitOfWork[S]]:
        """A unit of work in a transaction; the doorbell rings once what it tells is committed.

        In `men` it notes, as it goes, the men whom it finds and tells of: also when it is refused.
        """
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
                men=set() if men is None else men,
            )
            session.info[MEN] = work.men
            yield work
            if not reading:
                work.finish()
        if work.told:
            self.doorbell.ring()

    def put_on_record(self, deed: Deed) -> None:
        """Put a read or a refusal on record, in a transaction of its own. Raises `NotRecorded`."""
        try:
            with self.database.write() as session:
                records.keep(session, self.clock.now(), [deed])
        except SQLAlchemyError as error:
            raise NotRecorded from error
