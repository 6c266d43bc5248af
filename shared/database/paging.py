"""Lists by keyset: a page begins after the last row of the one before, whatever was added meanwhile.

Never by offset, which costs more the further one reads and skips or repeats rows when others arrive.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.errors import FieldError, InvalidInput

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


Order: TypeAlias = Sequence[InstrumentedAttribute[Any] | ColumnElement[Any]]
"""Columns, or what is worked out of them, by which a list is sorted."""


@dataclass(frozen=True)
class Page:
    """Some items, and the cursor that continues after them (None at the end)."""

    items: Sequence[Any]
    cursor: str | None


def page(
    session: Session,
    statement: Select[Any],
    by: Order,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    newest_first: bool = False,
    mark: str = "",
) -> Page:
    """The next `limit` rows in the order of `by`, whose last column is an identifier and makes it total.

    The cursor is that identifier alone: what the others hold, a name perhaps, may not stand in a URL. `mark`
    names the order in it, where a list has several: else a place in one would be taken for one in another.
    Raises `InvalidInput` for a cursor that no earlier page gave.
    """
    if cursor is not None:
        after = tuple_(*_place(session, statement, by, cursor, mark))
        key = tuple_(*by)
        statement = statement.where(key < after if newest_first else key > after)
    ordered = statement.order_by(*(column.desc() if newest_first else column.asc() for column in by))
    rows = session.scalars(ordered.limit(limit + 1)).all()
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, _encode(getattr(items[-1], str(by[-1].key)), mark) if more else None)


def page_of(
    session: Session,
    statement: Select[Any],
    by: Order,
    query: Mapping[str, Any],
    *,
    newest_first: bool = False,
    mark: str = "",
) -> Page:
    """`page` with the limit and the cursor of a request's query."""
    limit, cursor = query["limit"], query.get("cursor")
    return page(session, statement, by, limit=limit, cursor=cursor, newest_first=newest_first, mark=mark)


def only(statement: Select[Any], model: Any, query: Mapping[str, Any], names: Sequence[str]) -> Select[Any]:
    """The rows whose columns `names` have the values that the query gives, where it gives them."""
    return statement.where(*(getattr(model, name) == query[name] for name in names if name in query))


def _encode(identity: UUID | int, mark: str) -> str:
    raw = identity.bytes if isinstance(identity, UUID) else identity.to_bytes(8)
    return base64.urlsafe_b64encode(raw + mark.encode()).decode().rstrip("=")


def _decode(cursor: str, kind: type[Any], mark: str) -> UUID | int | None:
    """The identifier that a cursor holds; None when it holds none of this kind, or is of another order."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if not raw.endswith(mark.encode()):
            return None
        raw = raw.removesuffix(mark.encode())
        if kind is UUID:
            return UUID(bytes=raw)
        number = int.from_bytes(raw)
        return number if len(raw) == 8 and number < 2**63 else None
    except ValueError:
        return None


def _place(
    session: Session,
    statement: Select[Any],
    by: Order,
    cursor: str,
    mark: str,
) -> list[Any]:
    """What the row that a cursor names has in the columns of the order."""
    identity = _decode(cursor, by[-1].type.python_type, mark)
    # Looked up among what the caller may list: else he could find a name by where it sorts.
    here = statement.with_only_columns(*by).where(by[-1] == identity)
    found = session.execute(here).first() if identity is not None else None
    if found is None:
        reason = "This is not a cursor that a list of ours gave, or its place is gone: begin anew."
        raise InvalidInput([FieldError(("cursor",), reason, where="query")])
    return [literal(value, column.type) for column, value in zip(by, found, strict=True)]
