"""The column types, and the parts, that every table is made of."""

import enum
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, Date, DateTime, Dialect, Enum, MetaData, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from shared.identifiers import new_id

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite would hand it back naive, whatever it was told."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def coded(kind: type[enum.StrEnum]) -> Enum:
    """A column that holds one of an enum's values and has a named CHECK which says so.

    The length is fixed, so that a new, longer code changes the CHECK and not the column's type.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def one_of(column: str, codes: Iterable[enum.StrEnum]) -> str:
    """The condition of a partial index: the column holds one of these codes."""
    return f"{column} in ({', '.join(repr(code.value) for code in sorted(codes))})"


Id = Annotated[uuid.UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
Name = Annotated[str, mapped_column(String(200))]
Ref = Annotated[str, mapped_column(String(100))]
Text = Annotated[str, mapped_column(String(4000))]


TYPES: dict[Any, Any] = {
    datetime: UtcDateTime(),
    date: Date(),
    uuid.UUID: Uuid(),
    dict[str, Any]: Json,
    list[dict[str, Any]]: Json,
    list[str]: Json,
}
"""Which column a Python type becomes. Each database's own base class takes it, and `new_metadata()`."""


def new_metadata() -> MetaData:
    """Metadata whose constraints all have names, so that a migration can drop what another added."""
    return MetaData(naming_convention=NAMES)


class SharedBase(DeclarativeBase):
    """Tables that every service's database has: outbox, cursors, parked events, stored answers."""

    metadata = new_metadata()
    type_annotation_map = TYPES


class Versioned:
    """A row with an identity and a version: the version is its ETag and its guard against lost updates."""

    id: Mapped[Id]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        # The mapper raises the version itself at every UPDATE, and finds a row that moved on.
        return {"version_id_col": cls.version}


class Referenced:
    """A row that keeps the sender's own reference, unique per owner of references."""

    external_ref: Mapped[Ref | None]
    ref_owner: Mapped[Ref | None]
