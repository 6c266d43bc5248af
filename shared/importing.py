"""Reading CSV files that people keep: every row checked by the API's own schemas, every fault in plain words.

A file is taken whole or not at all, unless bad rows are to be skipped; then they are given back, with
what is wrong in a last column, to be mended and imported again. A row that is there already changes nothing.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.actor import Actor
from shared.audit.deed import Deed
from shared.errors import FieldError, InvalidInput
from shared.http.schemas import from_text
from shared.imported_rows import BadCell, References, Report, Row, good
from shared.references import Lookup, OwnReferences
from shared.unit_of_work import Service, UnitOfWork

MOST_ROWS = 500_000
FAULT_COLUMN = "what_is_wrong"


Store = Callable[[UnitOfWork[Any], Sequence[Row], Report], None]


@dataclass(frozen=True)
class Importer:
    """One kind of file: its name, its rows' schema, which columns hold lists, and how rows are stored.

    `elsewhere` says which columns name things of other services, and what kind of thing.
    `check` looks at rows against each other and against what is known, and blames those that cannot be.
    `store` adds the good ones that are not there yet, and counts in the report.
    """

    file: str
    schema: type[Schema]
    check: Callable[[UnitOfWork[Any], Sequence[Row], References], None]
    store: Store
    lists: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict)

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
    lookup: Lookup,
    *,
    deed: Deed,
    skip_bad: bool = False,
    dry_run: bool = False,
) -> Report:
    """Check a file and store it in one transaction; a refused file and a dry run leave nothing of it.

    `deed` goes on record in that transaction, with how many were new and the men whom they are about.
    """
    report = Report(importer.file)
    # Reading and asking others come before the transaction: on SQLite it keeps everybody else from writing.
    header, rows, report.bad = read_rows(importer, content)
    report.rows = len(rows)
    found = _found_elsewhere(importer, rows, lookup.elsewhere)
    deed.object_kind = importer.file.removesuffix(".csv")
    with suppress(_Undone), service.begin(actor) as work:
        _import(importer, work, header, rows, OwnReferences(work, lookup.kinds, found), report, skip_bad)
        if dry_run or report.refused:
            raise _Undone
        deed.items = report.new
        work.put_on_record(deed)
    return report


def _found_elsewhere(
    importer: Importer, rows: Sequence[Row], elsewhere: References
) -> Mapping[str, Mapping[str, UUID]]:
    """What other services know of the references in a file, by kind."""
    named: dict[str, set[str]] = {kind: set() for kind in importer.elsewhere.values()}
    for row in rows:
        for column, kind in importer.elsewhere.items():
            if column in row.values:
                named[kind].add(row.values[column])
    return {kind: elsewhere.find(kind, refs) for kind, refs in named.items()}


class _Undone(Exception):
    """Ends a transaction without a trace."""


def _import(
    importer: Importer,
    work: UnitOfWork[Any],
    header: list[str],
    rows: list[Row],
    references: References,
    report: Report,
    skip_bad: bool,
) -> None:
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
        try:
            row.values = dict(schema.load(values))
        except ValidationError as error:
            for fault in InvalidInput.from_messages(error.messages).errors:
                row.blame(_column(fault), fault.reason)


def _column(error: FieldError) -> str | None:
    return str(error.path[0]) if error.path else None


def _to_mend(header: list[str], bad: Sequence[Row]) -> str:
    """The bad rows as they were, with what is wrong in a last column (which an import leaves aside)."""
    kept = [place for place, name in enumerate(header) if name != FAULT_COLUMN]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([*(header[place] for place in kept), FAULT_COLUMN])
    for row in bad:
        said = " ".join(
            f"{cell.column}: {cell.reason}" if cell.column else cell.reason for cell in row.faults
        )
        cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
        writer.writerow([*cells, said])
    return file.getvalue()
