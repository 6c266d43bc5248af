"""The programme figures on a page: large numbers, plots, the same in tables; and to take away as files."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from services.registry.web.figure_files import CSV, XLSX, as_csv, as_xlsx
from services.registry.web.figure_tables import headlines, spoken_quarter, tables
from services.registry.web.figures_about import file_name, sheet_about
from services.registry.web.plots import bars, line
from shared.actor import Role
from shared.web.client import Refusal
from shared.web.language import locale
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit
from shared.web.reasons import reason

READERS = frozenset({Role.COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR})
FIGURES = "/registry/figures"
ASKED = ("country", "partner_id", "shed_id", "since", "until")
YEARS_BACK = 12


def figures(visit: Visit) -> Response:
    """The figures of what was asked for, with the form to ask for others."""
    return _page(visit, whole=False)


def figures_printable(visit: Visit) -> Response:
    """The same with every table open, for paper."""
    return _page(visit, whole=True)


def figures_csv(visit: Visit) -> Response:
    """The tables as one CSV file."""
    asked = _asked(visit)
    found = visit.ask(FIGURES, **asked).document
    names = _names(asked, _choices(visit))
    return _file(as_csv(tables(found)), CSV, file_name(names.values(), found, "csv"))


def figures_xlsx(visit: Visit) -> Response:
    """The tables as a workbook, a sheet each; the first says what they are about."""
    asked = _asked(visit)
    found = visit.ask(FIGURES, **asked).document
    names = _names(asked, _choices(visit))
    book = as_xlsx(sheet_about(names, found), tables(found))
    return _file(book, XLSX, file_name(names.values(), found, "xlsx"))


def _page(visit: Visit, *, whole: bool) -> Response:
    asked, errors, found = _asked(visit), {}, None
    try:
        found = visit.ask(FIGURES, **asked).document
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        errors = {entry.get("query", ""): reason(entry["detail"]) for entry in refusal.problem["errors"]}
    choices = _choices(visit)
    return visit.show(
        "figures_printable.html" if whole else "figures.html",
        422 if errors else 200,
        asked=asked,
        query=urlencode(asked),
        errors=errors,
        choices=choices,
        about=list(_names(asked, choices).values()),
        quarters=None if _reads_any_day(visit) else _quarters(visit),
        whole=whole,
        found=found,
        headlines=headlines(found) if found else [],
        tables=[_with_plot(table) for table in tables(found)] if found else [],
    )


def _asked(visit: Visit) -> dict[str, str]:
    """What was asked for. A coordinator begins with his own partner, of whom he may see every number."""
    if visit.actor and visit.actor.role is Role.COORDINATOR and not request.args.keys() & set(ASKED):
        return {"partner_id": str(visit.actor.partner_id)}
    return {name: request.args[name] for name in ASKED if request.args.get(name)}


def _reads_any_day(visit: Visit) -> bool:
    return visit.actor is not None and visit.actor.role is Role.COORDINATOR


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    partners = whole_list(visit, "/registry/partners")
    countries = sorted({partner["country"] for partner in partners})
    territories = locale().territories
    sheds: Sequence[Mapping[str, Any]] = []
    if _reads_any_day(visit):  # of one shed alone nobody else may read figures
        sheds = whole_list(visit, "/registry/sheds")
    return {
        "country": [(code, territories.get(code, code)) for code in countries],
        "partner_id": [(partner["id"], partner["name"]) for partner in partners],
        "shed_id": [(shed["id"], shed["name"]) for shed in sheds],
    }


def _names(asked: Mapping[str, str], choices: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    """What each thing is called that was chosen."""
    return {name: text for name, many in choices.items() for value, text in many if value == asked.get(name)}


def _quarters(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """The first and the last days of quarters, the newest first: others may ask for whole ones only."""
    this_year = visit.service.clock.today().year
    ends = ("03-31", "06-30", "09-30", "12-31")
    years = [
        (year, quarter) for year in range(this_year, this_year - YEARS_BACK, -1) for quarter in (4, 3, 2, 1)
    ]
    return {
        "since": [
            (f"{year}-{3 * quarter - 2:02}-01", spoken_quarter(f"{year}-Q{quarter}"))
            for year, quarter in years
        ],
        "until": [
            (f"{year}-{ends[quarter - 1]}", spoken_quarter(f"{year}-Q{quarter}")) for year, quarter in years
        ],
    }


def _with_plot(table: Any) -> tuple[Any, Any]:
    """A table, and the plot that shows the same; some tables need none."""
    if table.plot == "line":
        return table, line(table.rows)
    return table, bars(table.rows, newest=table.plot == "newest") if table.plot else None


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, content_type=kind)


PAGES = [
    Page("/figures", figures, READERS),
    Page("/figures/printable", figures_printable, READERS),
    Page("/figures/csv", figures_csv, READERS),
    Page("/figures/xlsx", figures_xlsx, READERS),
]
