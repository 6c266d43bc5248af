"""Events that could not be applied: kept with their reason until they can, or until someone looks.

An event that failed is tried again after 1, 2, 4, ... seconds (each with jitter, an hour at most), for as
long as it takes. What is malformed or of an unknown version rests until an operator retries it. Later
events of the same subject wait behind it, in order; only behind an unknown version they do not, for a
breaking change is told as a new type beside the old one, and the old one is known here.
"""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, Select, String, exists, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from shared.database.columns import Id, SharedBase
from shared.errors import SbsError
from shared.messaging.events import Event, NoEvent
from shared.text import storable

LONGEST_PAUSE = timedelta(hours=1)
LONGEST_DOCUMENT = 64_000
LONGEST_REASON = 500
BEHIND = "It waits behind an earlier event of its subject."


class ParkedEvent(SharedBase):
    __tablename__ = "parked_event"

    id: Mapped[Id]
    producer: Mapped[str] = mapped_column(String(60))
    position: Mapped[int | None] = mapped_column(BigInteger)
    event_id: Mapped[UUID | None]
    type: Mapped[str | None] = mapped_column(String(120))
    subject: Mapped[UUID | None]
    document: Mapped[str]
    reason: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    parked_at: Mapped[datetime]

    __table_args__ = (Index("ix_parked_event_subject", "producer", "subject", "position"),)


def _blocks(row: Any) -> ColumnElement[bool]:
    """That later events of its subject wait behind a row: it was tried, or is to be."""
    blocks: ColumnElement[bool] = row.next_attempt_at.is_not(None) | (row.attempts > 0)
    return blocks


def park(
    session: Session,
    event: Event,
    reason: str,
    now: datetime,
    *,
    next_attempt_at: datetime | None = None,
    attempts: int = 0,
) -> None:
    """Keep an event with its reason, once; without a next attempt it rests until an operator retries it."""
    kept = select(ParkedEvent.id).where(
        ParkedEvent.producer == event.producer, ParkedEvent.event_id == event.id
    )
    if session.scalar(kept.limit(1)) is not None:
        return
    session.add(
        ParkedEvent(
            producer=event.producer,
            position=event.position,
            event_id=event.id,
            type=storable(f"{event.name}.v{event.version}")[:120],
            subject=event.subject,
            document=storable(json.dumps(event.as_document())),
            reason=storable(reason)[:LONGEST_REASON],
            attempts=attempts,
            next_attempt_at=next_attempt_at,
            parked_at=now,
        )
    )


def park_malformed(session: Session, producer: str, document: Any, reason: str, now: datetime) -> None:
    """Keep what cannot even be read as an event, cut to a bounded size."""
    kept = document.text if isinstance(document, NoEvent) else json.dumps(document, default=str)
    session.add(
        ParkedEvent(
            producer=producer,
            document=storable(kept)[:LONGEST_DOCUMENT],
            reason=storable(f"Malformed: {reason}")[:LONGEST_REASON],
            parked_at=now,
        )
    )


def subjects(session: Session, producer: str) -> set[UUID]:
    """The subjects behind whose parked events others wait."""
    waiting = (
        select(ParkedEvent.subject).where(ParkedEvent.producer == producer, _blocks(ParkedEvent)).distinct()
    )
    return {subject for subject in session.scalars(waiting) if subject is not None}


def due(session: Session, producer: str, now: datetime, limit: int = 100) -> list[UUID]:
    """Those to be tried now: their time has come and nothing of their subject stands before them."""
    earlier = aliased(ParkedEvent)
    first = ~exists().where(
        earlier.producer == ParkedEvent.producer,
        earlier.subject == ParkedEvent.subject,
        earlier.position < ParkedEvent.position,
        _blocks(earlier),
    )
    wanted = (
        select(ParkedEvent.id)
        .where(ParkedEvent.producer == producer, ParkedEvent.next_attempt_at <= now, first)
        .order_by(ParkedEvent.position)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def locked(session: Session, identity: UUID) -> ParkedEvent | None:
    """The row, locked; None when someone else has dealt with it or is at it."""
    wanted = select(ParkedEvent).where(ParkedEvent.id == identity)
    return session.scalars(wanted.with_for_update(skip_locked=True)).one_or_none()


def failed_again(session: Session, identity: UUID, error: Exception, now: datetime) -> None:
    """Count one more attempt and put off the next."""
    row = locked(session, identity)
    if row is None:
        return
    row.attempts += 1
    row.reason = reason_of(error)
    row.next_attempt_at = now + pause_after(row.attempts)


def pause_after(attempts: int) -> timedelta:
    """Doubling from a second, at most an hour, each between half and one and a half times as long."""
    seconds = min(2.0 ** min(attempts - 1, 12), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.5, 1.5))  # noqa: S311 (spreads load, hides nothing)


def reason_of(error: Exception) -> str:
    """What to tell an operator: our own words where there are some, else only the kind of failure."""
    said = f": {error.detail}" if isinstance(error, SbsError) else ""
    return f"{type(error).__name__}{said}"[:LONGEST_REASON]


def every() -> Select[ParkedEvent]:
    """All parked events, to be found or listed."""
    return select(ParkedEvent)


def listed(session: Session) -> Sequence[ParkedEvent]:
    """All parked events, oldest position first."""
    return session.scalars(
        select(ParkedEvent).order_by(ParkedEvent.producer, ParkedEvent.position, ParkedEvent.id)
    ).all()


def retry_now(session: Session, now: datetime, identities: Sequence[UUID] | None = None) -> int:
    """Let the named ones (or all) be tried at once, with their attempts counted anew; say how many."""
    rows = [row for row in listed(session) if identities is None or row.id in identities]
    for row in rows:
        row.attempts = 0
        row.next_attempt_at = now
    return len(rows)
