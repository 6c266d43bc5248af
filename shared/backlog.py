"""What waits in a service just now: events on their way out, events kept aside, what others told.

Each is a question that an index answers, so it may be asked every few seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.messaging import outbox
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.outbox import OutboxRow
from shared.messaging.parked import ParkedEvent


@dataclass(frozen=True)
class Backlog:
    """`waiting`: events told and not yet given to the broker, or, without one, not yet in the feed."""

    reach: int
    waiting: int
    oldest: timedelta
    parked: Mapping[str, int]
    read: Mapping[str, int]


def backlog(session: Session, now: datetime, *, with_broker: bool) -> Backlog:
    """Count what waits in a service's database."""
    reach, unstamped = outbox.last_position(session), outbox.unstamped(session)
    published = outbox.feed_state(session).relayed_position if with_broker else reach
    first = OutboxRow.position == published + 1 if published < reach else OutboxRow.position.is_(None)
    told = session.scalar(select(OutboxRow.recorded_at).where(first).order_by(OutboxRow.id).limit(1))
    parked = select(ParkedEvent.producer, func.count()).group_by(ParkedEvent.producer)
    cursors = select(ConsumerCursor.producer, ConsumerCursor.position)
    return Backlog(
        reach=reach,
        waiting=reach - published + unstamped,
        oldest=max(now - told, timedelta(0)) if told else timedelta(0),
        parked={producer: count for producer, count in session.execute(parked)},  # noqa: C416 (rows, not pairs)
        read={producer: position for producer, position in session.execute(cursors)},  # noqa: C416
    )
