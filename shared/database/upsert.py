"""Writing a row that may be there already, in one statement and on either database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def upsert(
    session: Session, model: type[Any], values: Mapping[str, Any], *, update: Sequence[str] | None = None
) -> None:
    """Insert a row, or set `update` (default: everything) of the one with the same primary key.

    Written at once, past the session's own bookkeeping: use it where the row is not also held as an object.
    """
    keys = _keys(model)
    changed = [name for name in values if name not in keys] if update is None else list(update)
    statement = _insert(session, model, values)
    if changed:
        told = {name: statement.excluded[name] for name in changed}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told))
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=keys))


def insert_once(session: Session, model: type[Any], values: Mapping[str, Any], *unique: str) -> None:
    """Insert a row unless there is one with the same primary key, or values in the columns `unique`."""
    keys = list(unique) or _keys(model)
    session.execute(_insert(session, model, values).on_conflict_do_nothing(index_elements=keys))


def add_up(session: Session, model: type[Any], values: Mapping[str, Any], count: str) -> int:
    """Insert a row, or add to the column `count` of the one with the same primary key; its sum then."""
    statement = _insert(session, model, values)
    column = model.__table__.c[count]
    added = statement.on_conflict_do_update(
        index_elements=_keys(model), set_={count: column + statement.excluded[count]}
    )
    total: int = session.execute(added.returning(column)).scalar_one()
    return total


def _keys(model: type[Any]) -> list[str]:
    return [column.name for column in inspect(model).primary_key]


def _insert(session: Session, model: type[Any], values: Mapping[str, Any]) -> Any:
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(model.__table__).values(**values)
