"""Figures as files that a spreadsheet opens: CSV, and a workbook with a sheet for each table.

A cell that begins as a formula does is text all the same: a neighbourhood's name must run nothing.
"""

import csv
import re
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from services.registry.web.figure_tables import Cell, Table
from shared.languages import SOURCE
from shared.web.language import current, gettext
from shared.web.language import later as _

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula."""
LONGEST_SHEET_NAME = 31


def as_csv(tables: Sequence[Table]) -> bytes:
    """The tables one below the other, a row for each number: of what, which, how many.

    It begins with a mark by which a spreadsheet knows the letters, and separates as the country does.
    """
    written = StringIO()
    writer = csv.writer(written, delimiter="," if current() == SOURCE else ";", lineterminator="\r\n")
    writer.writerow([gettext(_("Table")), gettext(_("Of")), gettext(_("What")), gettext(_("Number"))])
    for table in tables:
        for first, *others in table.rows:
            for heading, value in zip(table.headings[1:], others, strict=True):
                shown = table.hidden if value is None else value
                writer.writerow([_plain(cell) for cell in (table.title, first, heading, shown)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_xlsx(about: Table, tables: Sequence[Table]) -> bytes:
    """A workbook: what it is about, all that stands alone, then each other table; its numbers as numbers."""
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(made, options) as book:
        bold, days = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, table in enumerate([about, *tables[-1:], *tables[:-1]]):
            sheet = book.add_worksheet(_sheet_name(number, table.title))
            sheet.write_row(0, 0, table.headings, bold)
            sheet.set_column(0, 0, 32)
            sheet.set_column(1, len(table.headings) - 1, 24)
            for at, row in enumerate(table.rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(at, column, value, days)
                    else:
                        sheet.write(at, column, table.hidden if value is None else value)
    return made.getvalue()


def _plain(cell: Cell) -> str:
    """What stands in a cell of the CSV: a number as the country writes it, a text that runs nothing."""
    if isinstance(cell, float):
        return str(cell) if current() == SOURCE else str(cell).replace(".", ",")
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(RUNS) else text


def _sheet_name(number: int, title: str) -> str:
    """A name that a workbook allows; the number keeps two apart whose beginnings are alike."""
    allowed = re.sub(r"[\[\]:*?/\\]", " ", title)
    return (f"{number} {allowed}" if number else allowed)[:LONGEST_SHEET_NAME]
