"""Finding one thing among those a caller may see, and small helpers for changing it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from shared.errors import Duplicate, NotFound

T = TypeVar("T")


def find(session: Session, visible: Select[T], identity: UUID, *, for_change: bool = False) -> T:
    """The thing with this id among the visible ones, locked when it is to change. Raises `NotFound`."""
    model = visible.column_descriptions[0]["entity"]
    statement = visible.where(model.id == identity)
    if for_change:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    thing = session.scalars(statement).one_or_none()
    if thing is None:
        raise NotFound
    return thing


def find_or_none(session: Session, visible: Select[T], identity: UUID | None) -> T | None:
    """The same without an error, for identifiers that stand inside a body."""
    if identity is None:
        return None
    model = visible.column_descriptions[0]["entity"]
    return session.scalars(visible.where(model.id == identity)).one_or_none()


def assign(thing: Any, values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Set those of `names` that the caller sent."""
    for name in names:
        if name in values:
            setattr(thing, name, values[name])


def refuse_second(session: Session, existing: Select[T], what: str) -> None:
    """Raise `Duplicate`, naming the one there is, when `existing` finds something."""
    found = session.scalars(existing.limit(1)).one_or_none()
    if found is not None:
        raise Duplicate(f"There is {what} already.", existing=str(found.id))  # type: ignore[attr-defined]


def refuse_second_ref(session: Session, model: type[T], owner: str, ref: str | None, what: str) -> None:
    """Raise `Duplicate` when this owner of references has given this one to another of the same kind."""
    if ref is not None:
        same = select(model).where(
            model.external_ref == ref,  # type: ignore[attr-defined]
            model.ref_owner == owner,  # type: ignore[attr-defined]
        )
        refuse_second(session, same, f"{what} with this reference of yours")


def touch(thing: Any, *stale: str) -> None:
    """Raise a thing's version though only rows that belong to it change; reload the relations named."""
    session = object_session(thing)
    assert session is not None
    session.flush()
    flag_modified(thing, "created_at")
    if stale:
        session.flush()
        session.expire(thing, stale)
