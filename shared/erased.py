"""The ledger of the men who were erased: looked up wherever something about a man could come back.

It holds identifiers and days, nobody's name. Beside it stand those whose data must stay for now, because a
legal hold says so.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Select, bindparam, cast, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import String

from shared.database.columns import SharedBase
from shared.database.upsert import upsert
from shared.errors import InvalidInput

ERASING_LOCK = 7_203
MANY = 200
"""Of more men than this at once (an import) not each is locked, which would fill PostgreSQL's table of locks,
but erasing itself."""


class ErasedSubject(SharedBase):
    """A man who was erased here. `cleaned`: what the database kept of the old bytes is gone as well."""

    __tablename__ = "erased_subject"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_on: Mapped[date]
    cleaned: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "ix_erased_subject_to_clean",
            "subject_id",
            sqlite_where=text("not cleaned"),
            postgresql_where=text("not cleaned"),
        ),
    )


class HeldSubject(SharedBase):
    """A man under a legal hold: no retention period ends for him, and he is not erased."""

    __tablename__ = "held_subject"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID]


def not_erased(subject: Any) -> ColumnElement[bool]:
    """That the man in this column was not erased."""
    return ~exists().where(ErasedSubject.subject_id == subject)


def not_held(subject: Any) -> ColumnElement[bool]:
    """That the man in this column is under no legal hold."""
    return ~exists().where(HeldSubject.subject_id == subject)


def refuse_erased(session: Session, *subject_ids: UUID) -> None:
    """Refuse to make something about a man who is erased, or is being erased at this moment.

    Raises `InvalidInput`. Call it last before the new row: it locks, and an erasure waits for whoever came
    first.
    """
    if erased_among(session, subject_ids):
        raise InvalidInput.on("shedder_id", "He belongs to none of your sheds.")


def _waiting_for(lock: Any) -> Select[int]:
    return select(func.count()).select_from(select(lock).subquery())


_KEYS = func.unnest(cast(bindparam("keys"), ARRAY(String))).column_valued("key")
_LOCK_MEN = _waiting_for(func.pg_advisory_xact_lock_shared(func.hashtextextended(_KEYS, 0)))
_ERASED = select(ErasedSubject.subject_id).where(
    ErasedSubject.subject_id.in_(bindparam("men", expanding=True))
)


def erased_among(session: Session, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these men are erased; none of the others is, before this transaction ends."""
    wanted = sorted(set(subject_ids))
    if not wanted:
        return set()
    if len(wanted) > MANY:
        _lock(session, func.pg_advisory_xact_lock(ERASING_LOCK))
        return set(wanted) & ledger(session).keys()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_MEN, {"keys": [str(one) for one in wanted]})
    return set(session.scalars(_ERASED, {"men": wanted}))


def remember(session: Session, subject_id: UUID, erased_on: date) -> None:
    """Enter a man in the ledger, once nobody makes anything about him any more; say it before erasing."""
    _lock(session, func.pg_advisory_xact_lock_shared(ERASING_LOCK))
    _lock(session, func.pg_advisory_xact_lock(func.hashtextextended(literal(str(subject_id)), 0)))
    values = {"subject_id": subject_id, "erased_on": erased_on, "cleaned": False}
    upsert(session, ErasedSubject, values, update=("cleaned",))


def hold(session: Session, subject_id: UUID, hold_id: UUID) -> None:
    """Know that a man is under a legal hold."""
    upsert(session, HeldSubject, {"subject_id": subject_id, "hold_id": hold_id})


def release(session: Session, subject_id: UUID, hold_id: UUID) -> None:
    """Know that he is under this hold no more."""
    held = session.get(HeldSubject, subject_id)
    if held is not None and held.hold_id == hold_id:
        session.delete(held)


def is_held(session: Session, subject_id: UUID) -> bool:
    """Whether a man is under a legal hold."""
    return session.get(HeldSubject, subject_id) is not None


def _lock(session: Session, lock: Any) -> None:
    """Take an advisory lock until the transaction ends. On SQLite writers come one after another anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_waiting_for(lock))


def ledger(session: Session) -> dict[UUID, date]:
    """Everyone who was erased, and when."""
    return dict(session.execute(select(ErasedSubject.subject_id, ErasedSubject.erased_on)).all())
