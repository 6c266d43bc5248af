"""Finding one thing among those a caller may see, and small helpers for changing it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, bindparam, false, select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from shared.actor import Actor
from shared.audit.deed import men_of
from shared.errors import Duplicate, NotFound

T = TypeVar("T")
AT_ONCE = 500

MEN = "men"
"""Where a session keeps the men whom it found things of: the audit says whom a request was about."""


CALLERS = 256
"""Of how many callers a process remembers what they may see."""


def of_caller(visible: Callable[[Actor], Select[T]]) -> Callable[[Actor], Select[T]]:
    """What a caller may see, as a statement that is made once for him: it depends on nothing but him."""
    return lru_cache(CALLERS)(visible)


def find(session: Session, visible: Select[T], identity: UUID, *, for_change: bool = False) -> T:
    """The thing with this id among the visible ones, locked when it is to change. Raises `NotFound`."""
    thing = _found(session, _by_identity(visible, for_change=for_change), identity)
    if thing is None:
        raise NotFound
    session.info.setdefault(MEN, set()).update(men_of(thing))
    return thing


def _by_identity(visible: Select[T], *, for_change: bool) -> Select[T]:
    """The statement that finds one of the visible things, kept as long as that which they are taken from."""
    kept = _FOUND_BY.setdefault(visible, {})
    if for_change not in kept:
        model = visible.column_descriptions[0]["entity"]
        statement = visible.where(model.id == bindparam("identity"))
        if for_change:
            statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
        kept[for_change] = statement
    return kept[for_change]


_FOUND_BY: WeakKeyDictionary[Select[Any], dict[bool, Select[Any]]] = WeakKeyDictionary()


def find_or_none(session: Session, visible: Select[T], identity: UUID | None) -> T | None:
    """The same without an error, for identifiers that stand inside a body."""
    if identity is None:
        return None
    return _found(session, _by_identity(visible, for_change=False), identity)


def _found(session: Session, statement: Select[T], identity: UUID) -> T | None:
    # Its parts may come with it, each in a row of its own.
    return session.scalars(statement, {"identity": identity}).unique().one_or_none()


def by_emergency(actor: Actor, man: Any) -> ColumnElement[bool]:
    """That it is about the one man whom the caller may look at by emergency access."""
    return false() if actor.emergency_shedder_id is None else man == actor.emergency_shedder_id


def batches(identities: Iterable[Any]) -> Iterator[list[Any]]:
    """A few hundred at a time: no statement may name more than some thousands."""
    remaining = list(identities)
    for start in range(0, len(remaining), AT_ONCE):
        yield remaining[start : start + AT_ONCE]


def assign(thing: Any, values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Set those of `names` that the caller sent."""
    for name in names:
        if name in values:
            setattr(thing, name, values[name])


def refuse_second(session: Session, existing: Select[T], said: str, visible: Select[T] | None = None) -> None:
    """Raise `Duplicate`, saying so, when `existing` finds something; it is named if it is a visible one."""
    found: Any = session.scalars(existing.limit(1)).one_or_none()
    if found is None:
        return
    if visible is not None and find_or_none(session, visible, found.id) is None:
        raise Duplicate(said)
    raise Duplicate(said, existing=str(found.id))


def refuse_second_ref(session: Session, model: type[T], owner: str, ref: str | None, what: str) -> None:
    """Raise `Duplicate` when this owner of references has given this one to another of the same kind."""
    if ref is not None:
        same = select(model).where(
            model.external_ref == ref,  # type: ignore[attr-defined]
            model.ref_owner == owner,  # type: ignore[attr-defined]
        )
        refuse_second(session, same, f"There is {what} with this reference of yours already.")


def touch(thing: Any, *stale: str) -> None:
    """Raise a thing's version though only rows that belong to it change; reload the relations named."""
    session = object_session(thing)
    assert session is not None
    session.flush()
    flag_modified(thing, "created_at")
    if stale:
        session.flush()
        session.expire(thing, stale)
