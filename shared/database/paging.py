"""Lists by keyset: a page begins after the last row of the one before, whatever was added meanwhile.

Never by offset, which costs more the further one reads and skips or repeats rows when others arrive.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.errors import FieldError, InvalidInput
from shared.text import unprintable

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


@dataclass(frozen=True)
class Page:
    """Some items, and the cursor that continues after them (None at the end)."""

    items: Sequence[Any]
    cursor: str | None


def page(
    session: Session,
    statement: Select[Any],
    by: Sequence[InstrumentedAttribute[Any]],
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    newest_first: bool = False,
) -> Page:
    """The next `limit` rows in the order of `by`, whose last column must make the order total.

    Raises `InvalidInput` for a cursor that no earlier page gave.
    """
    if cursor is not None:
        after = tuple_(*(literal(value, column.type) for column, value in _decode(cursor, by)))
        key = tuple_(*by)
        statement = statement.where(key < after if newest_first else key > after)
    ordered = statement.order_by(*(column.desc() if newest_first else column.asc() for column in by))
    rows = session.scalars(ordered.limit(limit + 1)).all()
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, _encode([getattr(items[-1], column.key) for column in by]) if more else None)


def page_of(
    session: Session,
    statement: Select[Any],
    by: Sequence[InstrumentedAttribute[Any]],
    query: Mapping[str, Any],
    *,
    newest_first: bool = False,
) -> Page:
    """`page` with the limit and the cursor of a request's query."""
    limit, cursor = query["limit"], query.get("cursor")
    return page(session, statement, by, limit=limit, cursor=cursor, newest_first=newest_first)


def only(statement: Select[Any], model: Any, query: Mapping[str, Any], names: Sequence[str]) -> Select[Any]:
    """The rows whose columns `names` have the values that the query gives, where it gives them."""
    return statement.where(*(getattr(model, name) == query[name] for name in names if name in query))


def _encode(values: list[Any]) -> str:
    plain = [value if isinstance(value, int | str) else _text(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _decode(cursor: str, by: Sequence[InstrumentedAttribute[Any]]) -> list[tuple[Any, Any]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return [(column, _value(column, value)) for column, value in zip(by, values, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        reason = "This is not a cursor that a list of ours gave."
        raise InvalidInput([FieldError(("cursor",), reason, where="query")]) from error


def _value(column: InstrumentedAttribute[Any], value: Any) -> Any:
    kind = column.type.python_type
    if not isinstance(value, int if kind is int else str):
        raise TypeError(value)
    return _PARSERS[kind](value)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _number(number: int) -> int:
    if abs(number) >= 2**31:
        raise ValueError(number)
    return number


def _plain(text: str) -> str:
    if unprintable(text):
        raise ValueError(text)
    return text


_PARSERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: _moment,
    date: date.fromisoformat,
    int: _number,
    str: _plain,
}
