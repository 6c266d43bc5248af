"""Reading CSV files that people keep: every row checked by the API's own schemas, every fault in plain words.

A file is taken whole or not at all, unless bad rows are to be skipped; then they are given back, with
what is wrong in a last column, to be mended and imported again. A row that is there already changes nothing.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from marshmallow import EXCLUDE, Schema

from shared.actor import Actor
from shared.errors import FieldError, InvalidInput
from shared.http.schemas import from_text
from shared.unit_of_work import Service, UnitOfWork

MOST_ROWS = 500_000
FAULT_COLUMN = "what_is_wrong"


class References(Protocol):
    """Finds things of any service by the sender's own references."""

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]: ...


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


Store = Callable[[UnitOfWork[Any], Sequence[Row], Report], None]


@dataclass(frozen=True)
class Importer:
    """One kind of file: its name, its rows' schema, which columns hold lists, and how rows are stored.

    `check` looks at rows against each other and against what is known, and blames those that cannot be.
    `store` adds the good ones that are not there yet, and counts in the report.
    """

    file: str
    schema: type[Schema]
    check: Callable[[UnitOfWork[Any], Sequence[Row], References], None]
    store: Store
    lists: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        fields = self.schema().load_fields.items()
        return [field.data_key or name for name, field in fields]

    @property
    def required(self) -> list[str]:
        fields = self.schema().load_fields.items()
        return [field.data_key or name for name, field in fields if field.required]


def run_import(
    service: Service[Any],
    actor: Actor,
    importer: Importer,
    content: bytes,
    references_for: Callable[[UnitOfWork[Any]], References],
    *,
    skip_bad: bool = False,
    dry_run: bool = False,
) -> Report:
    """Check a file and store it in one transaction; a refused file and a dry run leave no trace."""
    report = Report(importer.file)
    with suppress(_Undone), service.begin(actor) as work:
        _import(importer, work, content, references_for(work), report, skip_bad)
        if dry_run or report.refused:
            raise _Undone
    return report


class _Undone(Exception):
    """Ends a transaction without a trace."""


def _import(
    importer: Importer,
    work: UnitOfWork[Any],
    content: bytes,
    references: References,
    report: Report,
    skip_bad: bool,
) -> None:
    header, rows, report.bad = read_rows(importer, content)
    report.rows = len(rows)
    importer.check(work, good(rows), references)
    bad = [row for row in rows if row.faults]
    report.bad += [fault for row in bad for fault in row.faults]
    report.refused = bool(report.bad) and not (skip_bad and rows)
    if not report.refused:
        report.bad_rows = _to_mend(header, bad) if bad else ""
        importer.store(work, good(rows), report)


def read_rows(importer: Importer, content: bytes) -> tuple[list[str], list[Row], list[BadCell]]:
    """The header, the checked rows, and the faults of the file as a whole."""
    text, fault = _text(content)
    if fault:
        return [], [], [fault]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        faults = _header_faults(importer, header)
        rows: list[Row] = [] if faults else list(_rows(reader))
    except (csv.Error, ValueError) as error:
        return [], [], [BadCell(reader.line_num, None, f"This is not comma-separated text: {error}.")]
    _check_rows(importer, header, rows)
    return header, rows, faults


def _rows(reader: Any) -> Iterator[Row]:
    """Every row that is not empty, with the line on which it begins."""
    begins = reader.line_num + 1
    for nth, cells in enumerate(reader):
        if nth >= MOST_ROWS:
            raise ValueError(f"it has more than {MOST_ROWS} rows")
        if cells:
            yield Row(begins, cells)
        begins = reader.line_num + 1


def _text(content: bytes) -> tuple[str, BadCell | None]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", BadCell(line, None, 'This is not UTF-8. Save the sheet as "CSV UTF-8".')
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        return "", BadCell(line, None, "It holds a character that cannot be kept. Is it a CSV file?")
    return text, None


def _header_faults(importer: Importer, header: list[str]) -> list[BadCell]:
    if len(header) == 1 and ";" in header[0]:
        return [BadCell(1, None, "The columns are parted by semicolons. Save it with commas.")]
    known = [*importer.columns, FAULT_COLUMN]
    faults = [
        BadCell(1, name, "There must be such a column.") for name in importer.required if name not in header
    ]
    faults += [BadCell(1, name, "This column is not known.") for name in header if name not in known]
    faults += [
        BadCell(1, name, "There are two such columns.")
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    return faults


def _check_rows(importer: Importer, header: list[str], rows: Sequence[Row]) -> None:
    schema = importer.schema(unknown=EXCLUDE)
    for row in rows:
        if len(row.cells) != len(header):
            row.blame(None, f"It has {len(row.cells)} cells, and the header {len(header)}.")
            continue
        filled = {name: cell.strip() for name, cell in zip(header, row.cells, strict=True) if cell.strip()}
        values: dict[str, Any] = {
            name: [part.strip() for part in cell.split(";")] if name in importer.lists else cell
            for name, cell in filled.items()
        }
        values = from_text(schema, values)
        messages = schema.validate(values)
        if not messages:
            row.values = dict(schema.load(values))
        else:
            for error in InvalidInput.from_messages(messages).errors:
                row.blame(_column(error), error.reason)


def _column(error: FieldError) -> str | None:
    return str(error.path[0]) if error.path else None


def _to_mend(header: list[str], bad: Sequence[Row]) -> str:
    """The bad rows as they were, with what is wrong in a last column (which an import leaves aside)."""
    kept = [place for place, name in enumerate(header) if name != FAULT_COLUMN]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([*(header[place] for place in kept), FAULT_COLUMN])
    for row in bad:
        said = "; ".join(
            f"{cell.column}: {cell.reason}" if cell.column else cell.reason for cell in row.faults
        )
        cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
        writer.writerow([*cells, said])
    return file.getvalue()


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
