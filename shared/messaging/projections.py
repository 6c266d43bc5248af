"""Which tables are made of others' events alone, so that they can be made anew of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, true

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Projection:
    """A table, or the `part` of one, that is made of others' events alone.

    `key`: by which two rows are of the same thing. `passing`: columns that are new each time a row is made.
    """

    model: type[Any]
    key: tuple[str, ...]
    passing: tuple[str, ...] = ()
    part: ColumnElement[bool] = field(default_factory=true)

    @property
    def name(self) -> str:
        return str(self.model.__tablename__)

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self.key)

    def same(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return all(one[name] == other[name] for name in one if name not in self.passing)
