"""Retention: how long each kind of data stays, by country, and what of it is due to go today.

What goes, goes through the same functions as an erasure. A man under a legal hold is left out.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Table, false, or_, select, true
from sqlalchemy.orm import Session

from shared.erased import not_erased, not_held
from shared.erasing import Held
from shared.holdings import Holding, Kind
from shared.settings import SettingsError

AT_ONCE = 500
DEFAULT = "default"
LONGEST = 36_500


@dataclass(frozen=True)
class Due:
    """One row that is due, whose it is, and since when its period has run."""

    id: UUID
    shedder_id: UUID | None
    country: str | None
    since: date


@dataclass(frozen=True)
class Periods:
    """Days per kind and country; what the configuration does not name has its kind's own default."""

    configured: Mapping[str, Mapping[str, int]]

    def days(self, kind: Kind, country: str | None) -> int:
        for table in (country, DEFAULT):
            named = self.configured.get(table or DEFAULT, {})
            if kind.name in named:
                return named[kind.name]
        return kind.days

    def shortest(self, kind: Kind) -> int:
        """The shortest period of a kind in any country."""
        return min(self.days(kind, country) for country in (None, *self.configured))

    def is_over(self, kind: Kind, due: Due, today: date) -> bool:
        return due.since + timedelta(days=self.days(kind, due.country)) <= today


def periods(path: str | None, kinds: Iterable[Kind]) -> Periods:
    """The periods of a TOML file: a table `default`, and one per country. Raises `SettingsError`."""
    if not path:
        return Periods({})
    try:
        configured = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"SBS_RETENTION_FILE is not right: {reason}.") from None
    names = {kind.name for kind in kinds}
    faults = list(_faults(configured, names))
    if faults:
        raise SettingsError("\n".join(["SBS_RETENTION_FILE is not right:", *faults]))
    return Periods(configured)


def _faults(configured: Mapping[str, Any], names: set[str]) -> Iterator[str]:
    for table, values in configured.items():
        is_country = len(table) == 2 and table.isalpha() and table.isupper()
        if not isinstance(values, dict) or not (table == DEFAULT or is_country):
            yield f"{table}: use a table [default] or one named for a country, such as [NL]."
            continue
        for name, days in values.items():
            if name not in names:
                yield f"[{table}] {name}: there is no such kind. There are: {', '.join(sorted(names))}."
            elif not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST:
                yield f"[{table}] {name}: give a number of days from 1 to {LONGEST}."


def due_rows(
    session: Session, held: Held, kind: Kind, sheds: Table, asked: Periods, today: date
) -> list[Due]:
    """The rows of a kind whose period is over, the longest waiting first."""
    holding = held.data.by_name()[kind.holding]
    table, root = held.table(holding), held.table(held.root(holding))
    statement: Select[Any] = (
        select(table.c.id, root.c.shedder_id, sheds.c.country, root.c.ended_on)
        .select_from(_joined(held, holding).outerjoin(sheds, sheds.c.shed_id == root.c.shed_id))
        .where(
            root.c.ended_on <= today - timedelta(days=asked.shortest(kind)),
            root.c.state.in_(kind.states) if kind.states else true(),
            not_held(root.c.shedder_id),
            not_erased(root.c.shedder_id),
            _something_left(table, holding, kind),
        )
        .order_by(root.c.ended_on, table.c.id)
    )
    found = (Due(*row) for row in session.execute(statement))
    return [due for due in found if asked.is_over(kind, due, today)]


def let_go(session: Session, held: Held, kind: Kind, due: Iterable[Due]) -> None:
    """Erase what is due."""
    holding = held.data.by_name()[kind.holding]
    ids = [one.id for one in due]
    for start in range(0, len(ids), AT_ONCE):
        which = held.table(holding).c.id.in_(ids[start : start + AT_ONCE])
        held.empty(session, holding, which, kind.columns)


def _joined(held: Held, holding: Holding) -> FromClause:
    """A held table, joined to what it hangs on, up to the root."""
    joined: FromClause = held.table(holding)
    while holding.through is not None:
        child, holding = holding, held.data.by_name()[holding.through]
        parent = held.table(holding)
        joined = joined.join(parent, held.table(child).c[child.about] == parent.c.id)
    return joined


def _something_left(table: Table, holding: Holding, kind: Kind) -> ColumnElement[bool]:
    """That a row still holds what would go, so that nothing is listed twice."""
    if holding.deleted:
        return true()
    columns = kind.columns or tuple(holding.blanked)
    return or_(false(), *(table.c[name].is_not(None) for name in columns if holding.blanked[name] is None))
