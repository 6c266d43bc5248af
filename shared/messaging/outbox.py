"""The outbox and the feed that is read from it: the truth about what a service has told.

An event is a row written in the transaction of the change it tells of. Its `position` is given after
the commit, without gaps: a row's id is given before, and a reader of "id greater than last" would
miss rows that commit late (up to 65 % of them, measured). On SQLite, where writers are serial, the
position is given at once. Readers only ever use positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database.columns import SharedBase
from shared.identifiers import new_id
from shared.messaging.events import stamped

BATCH = 500
STAMPING_LOCK = 7_201


class OutboxRow(SharedBase):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str] = mapped_column(String(120))
    document: Mapped[str]
    recorded_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_outbox_unstamped", "id", postgresql_where=text("position is null")),
        {"sqlite_autoincrement": True},
    )


class FeedState(SharedBase):
    """One row: which life of the feed this is, and how far the relay has published it."""

    __tablename__ = "feed_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[UUID]
    relayed_position: Mapped[int] = mapped_column(BigInteger, default=0)


@dataclass(frozen=True)
class FeedPage:
    """Events after a position, as JSON texts in order, and the last position read (or asked after)."""

    epoch: UUID
    documents: Sequence[str]
    position: int


_APPEND = insert(OutboxRow.__table__)  # type: ignore[arg-type]
_LAST = select(func.coalesce(func.max(OutboxRow.position), 0)).scalar_subquery()
_APPEND_IN_PLACE = _APPEND.values(position=_LAST + 1)


def append(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write events in this transaction, after the rows they tell of have been flushed."""
    connection = session.connection()
    statement = _APPEND_IN_PLACE if connection.dialect.name == "sqlite" else _APPEND
    # One is not told as a list: the driver then makes a pipeline of it.
    connection.execute(statement, rows if len(rows) > 1 else rows[0])


def stamp(session: Session, limit: int = BATCH) -> int:
    """Give the next committed rows their positions; say how many. PostgreSQL only (see above)."""
    session.execute(select(func.pg_advisory_xact_lock(STAMPING_LOCK)))
    result = session.connection().execute(
        text(
            "with waiting as (select id, row_number() over (order by id) as nth from"
            " (select id from outbox where position is null order by id limit :limit) as oldest),"
            " last as (select coalesce(max(position), 0) as position from outbox)"
            " update outbox set position = last.position + waiting.nth"
            " from waiting, last where outbox.id = waiting.id"
        ),
        {"limit": limit},
    )
    return result.rowcount


def read_feed(
    session: Session, after: int, limit: int = BATCH, types: Sequence[str] | None = None
) -> FeedPage:
    """The events after a position. With `types`, others are left out but the position moves past them."""
    epoch = feed_state(session).epoch
    # Read first: what is told between the two statements is left for the next page, not passed over.
    reach = after if types is None else last_position(session)
    wanted = select(OutboxRow.position, OutboxRow.document).where(OutboxRow.position > after)
    if types is not None:
        wanted = wanted.where(OutboxRow.type.in_(types))
    rows = session.execute(wanted.order_by(OutboxRow.position).limit(limit)).all()
    last = rows[-1].position if rows else after
    if len(rows) < limit:
        last = max(last, reach)
    return FeedPage(epoch, [stamped(row.document, row.position, epoch) for row in rows], last)


def feed_state(session: Session) -> FeedState:
    """The feed's one state row, made when the database is migrated."""
    return session.scalars(select(FeedState)).one()


def last_position(session: Session) -> int:
    """How far the feed reaches; 0 when nothing was told yet."""
    return session.scalar(select(func.max(OutboxRow.position))) or 0


def unstamped(session: Session) -> int:
    """How many committed events have no position yet."""
    counted = select(func.count()).select_from(OutboxRow).where(OutboxRow.position.is_(None))
    return session.scalar(counted) or 0


def move_relay_cursor(session: Session, before: int, to: int) -> bool:
    """Say that the feed is published up to `to`; False when another relay has said so first."""
    moved = update(FeedState).where(FeedState.relayed_position == before).values(relayed_position=to)
    return bool(session.connection().execute(moved).rowcount)


def begin_epoch(session: Session) -> None:
    """Mark a new life of this feed: at the first migration, and after a restore from a backup."""
    state = session.scalars(select(FeedState)).one_or_none()
    if state is None:
        session.add(FeedState(id=1, epoch=new_id(), relayed_position=0))
    else:
        state.epoch = new_id()
