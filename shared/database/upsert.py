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
    keys = [column.name for column in inspect(model).primary_key]
    changed = [name for name in values if name not in keys] if update is None else list(update)
    statement = _insert(session, model, values)
    if changed:
        told = {name: statement.excluded[name] for name in changed}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told))
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=keys))


def insert_once(session: Session, model: type[Any], values: Mapping[str, Any], unique: str) -> None:
    """Insert a row unless there is one with the same value in the column `unique`."""
    statement = _insert(session, model, values)
    session.execute(statement.on_conflict_do_nothing(index_elements=[unique]))


def _insert(session: Session, model: type[Any], values: Mapping[str, Any]) -> Any:
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(model.__table__).values(**values)
