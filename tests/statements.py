"""Hearing the SQL of a service: which statements a request sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Said:
    """One statement as the driver gets it, with its parameters; `many`: once for each of a list of them."""

    sql: str
    parameters: Any
    many: bool


@contextmanager
def heard(engine: Engine, *, endings: bool = False) -> Iterator[list[Said]]:
    """Every statement that a database gets while the block lasts; `endings`: "commit" and "rollback" as well."""
    said: list[Said] = []

    def listen(_c: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        if not sql.startswith("BEGIN"):
            said.append(Said(sql, parameters, many))

    listeners: dict[str, Any] = {"before_cursor_execute": listen}
    if endings:
        listeners["commit"] = lambda _c: said.append(Said("commit", None, False))
        listeners["rollback"] = lambda _c: said.append(Said("rollback", None, False))
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
