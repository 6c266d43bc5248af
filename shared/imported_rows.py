"""The rows of an imported file: where each stands, what is wrong with it, what all importers ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class BadCell:
    """One fault: the line it stands on, the column (none: the whole row or file), the reason."""

    line: int
    column: str | None
    reason: str

    def said(self, file: str) -> str:
        where = f", column {self.column}" if self.column else ""
        return f"{file}, line {self.line}{where}: {self.reason}"


@dataclass
class Row:
    """One row: where it stands, its cells as they were, its checked values, its faults."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[BadCell] = field(default_factory=list)

    def blame(self, column: str | None, reason: str) -> None:
        self.faults.append(BadCell(self.line, column, reason))


@dataclass
class Report:
    """What came of one file."""

    file: str
    rows: int = 0
    new: int = 0
    already_there: int = 0
    refused: bool = False
    bad: list[BadCell] = field(default_factory=list)
    warnings: list[BadCell] = field(default_factory=list)
    bad_rows: str = ""

    @property
    def bad_lines(self) -> int:
        return len({cell.line for cell in self.bad})


class References(Protocol):
    """Finds things of any service by the sender's own references."""

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]: ...


def blame_twins(rows: Sequence[Row], column: str, *names: str) -> None:
    """Blame every row whose values `names` stand in an earlier row already."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row.values.get(name) for name in names)
        if key in seen:
            row.blame(column, f"The same stands in line {seen[key]} already.")
        else:
            seen[key] = row.line


def find_all(rows: Sequence[Row], references: References, column: str, kind: str, what: str) -> None:
    """Put the identifier of what a column names beside it (`shed_id` for `shed_ref`), or blame the row."""
    named = [row for row in rows if column in row.values]
    found = references.find(kind, {row.values[column] for row in named}) if named else {}
    for row in named:
        ref = row.values[column]
        if ref in found:
            row.values[f"{column.removesuffix('_ref')}_id"] = found[ref]
        else:
            row.blame(column, f"There is no {what} with this reference, or none of yours.")


def blame_to_come(work: UnitOfWork[Any], rows: Sequence[Row], *columns: str) -> None:
    """Blame every row that holds a day still to come."""
    for row in rows:
        for column in columns:
            day = row.values.get(column)
            if day is not None and day > work.today:
                row.blame(column, "This day is still to come.")


def blame_before(rows: Sequence[Row], later: str, earlier: str) -> None:
    """Blame every row in which a day lies before another that it must not precede."""
    for row in rows:
        first, last = row.values.get(earlier), row.values.get(later)
        if first is not None and last is not None and last < first:
            row.blame(later, f"It lies before {earlier}.")


def good(rows: Sequence[Row]) -> list[Row]:
    """The rows without a fault."""
    return [row for row in rows if not row.faults]


def taken(values: Mapping[str, Any], names: str) -> dict[str, Any]:
    """Some of the values, None for those that were left empty."""
    return {name: values.get(name) for name in names.split()}


def note_differences(row: Row, kept: Any, report: Report, names: Iterable[str]) -> None:
    """Say that a row which is there already differs from what is kept: an import changes nothing."""
    told = {name: row.values[name] for name in names if name in row.values}
    others = sorted(name for name, value in told.items() if getattr(kept, name) != value)
    if others:
        reason = (
            f"It is there already, and differs from what is kept ({', '.join(others)}). Nothing was changed."
        )
        report.warnings.append(BadCell(row.line, others[0], reason))


def own_things(work: UnitOfWork[Any], model: Any) -> dict[str, Any]:
    """What this owner has stored before, by his own references."""
    known = select(model).where(model.ref_owner == work.actor.ref_owner, model.external_ref.is_not(None))
    return {thing.external_ref: thing for thing in work.session.scalars(known)}


def own_refs(work: UnitOfWork[Any], model: Any) -> dict[str, UUID]:
    """What this owner has stored before, by his own references."""
    known = select(model.external_ref, model.id).where(
        model.ref_owner == work.actor.ref_owner, model.external_ref.is_not(None)
    )
    return dict(work.session.execute(known).all())
