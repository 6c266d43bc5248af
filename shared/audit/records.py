"""The tables of the audit, and writing to them. Rows are only ever added: triggers refuse anything else.

A record is written in the transaction of what it tells of, without its seal: to chain it there would
make every writer wait for every other (0.08 of the rate, measured). `shared.audit.sealing` does it after.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from shared.audit.deed import Deed
from shared.database.columns import SharedBase
from shared.errors import NotRecorded

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditRecord(SharedBase):
    """One deed. `id` is given before the commit: the order of the chain is that of the seals."""

    __tablename__ = "audit_record"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str | None] = mapped_column(String(40))
    on_behalf_of: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(20))
    operation: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str | None] = mapped_column(String(60))
    object_id: Mapped[UUID | None]
    right: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(60))
    items: Mapped[int | None]
    via: Mapped[str] = mapped_column(String(20))
    trace_id: Mapped[str | None] = mapped_column(String(32))
    remote_address: Mapped[str | None] = mapped_column(String(45))

    subjects: Mapped[list["AuditSubject"]] = relationship(
        viewonly=True, lazy="selectin", order_by=lambda: AuditSubject.shedder_id
    )

    __table_args__ = (
        Index("ix_audit_record_actor", "actor_id", "id"),
        {"sqlite_autoincrement": True},
    )

    @property
    def men(self) -> list[UUID]:
        """The men that it is about."""
        return [subject.shedder_id for subject in self.subjects]

    @property
    def refused(self) -> bool:
        return self.status >= 400


class AuditSubject(SharedBase):
    """That a record is about a man."""

    __tablename__ = "audit_subject"

    record_id: Mapped[int] = mapped_column(BigId, ForeignKey("audit_record.id"), primary_key=True)
    shedder_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_audit_subject_shedder", "shedder_id", "record_id"),)


class AuditSeal(SharedBase):
    """A link of the chain: its hash covers the seal before it and all that its record says."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(BigId, ForeignKey("audit_record.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


_RECORDS = cast(Table, AuditRecord.__table__)
_SUBJECTS = cast(Table, AuditSubject.__table__)


def of_man(shedder_id: UUID) -> Select[int]:
    """The ids of the records that are about a man."""
    return select(AuditSubject.record_id).where(AuditSubject.shedder_id == shedder_id)


def keep(session: Session, at: datetime, deeds: Sequence[Deed]) -> None:
    """Write deeds in this transaction, with the men they are about. Raises `NotRecorded`.

    Every request writes one: PostgreSQL is told of that and of its men in one statement.
    """
    connection = session.connection()
    try:
        if len(deeds) == 1 and connection.dialect.name == "postgresql":
            (deed,) = deeds
            told = {"men": list(deed.men), **_row(deed, at)}
            deed.record_id = connection.execute(_DEED_AND_MEN, told).scalar_one()
        else:
            _keep_apart(connection, at, deeds)
    except SQLAlchemyError as error:
        raise NotRecorded from error


def _keep_apart(connection: Connection, at: datetime, deeds: Sequence[Deed]) -> None:
    records = insert(_RECORDS).returning(_RECORDS.c.id, sort_by_parameter_order=True)
    written = connection.execute(records, [_row(deed, at) for deed in deeds]).scalars().all()
    for deed, record_id in zip(deeds, written, strict=True):
        deed.record_id = record_id
    men = [{"record_id": deed.record_id, "shedder_id": man} for deed in deeds for man in deed.men]
    if men:
        connection.execute(insert(_SUBJECTS), men)


def _row(deed: Deed, at: datetime) -> dict[str, Any]:
    actor = deed.actor
    return {
        "at": at,
        "actor_id": actor.id if actor else None,
        "actor_role": actor.role.value if actor else None,
        "on_behalf_of": actor.on_behalf_of if actor else None,
        "action": deed.action.value,
        "operation": deed.operation,
        "object_kind": deed.object_kind,
        "object_id": deed.object_id,
        "right": deed.right,
        "status": deed.status,
        "reason": deed.reason,
        "items": deed.items,
        "via": deed.via.value,
        "trace_id": deed.trace_id,
        "remote_address": deed.remote_address,
    }


def _deed_and_men() -> Select[int]:
    """One deed and its men, for PostgreSQL; gives the record's id."""
    values = {column.name: bindparam(column.name, type_=column.type) for column in _RECORDS.c}
    del values["id"]
    record = insert(_RECORDS).values(values).returning(_RECORDS.c.id).cte("record")
    men = func.unnest(bindparam("men", type_=ARRAY(Uuid())))
    each = select(record.c.id, men)
    subjects = insert(_SUBJECTS).from_select(["record_id", "shedder_id"], each).cte("subjects")
    return select(record.c.id).add_cte(subjects)


_DEED_AND_MEN = _deed_and_men()
