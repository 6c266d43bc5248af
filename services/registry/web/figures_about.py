"""What figures are about, as the files taken away say it: by their names, and on a workbook's first sheet.

In a CSV a program finds nothing but its rows.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from services.registry.web.figure_tables import Cell, Table
from shared.web.language import gettext
from shared.web.language import later as _

LONGEST_PART = 40
_CHOSEN = {"country": _("Country"), "partner_id": _("Partner"), "shed_id": _("Shed")}


def sheet_about(names: Mapping[str, str], figures: Mapping[str, Any]) -> Table:
    """The sheet with what was asked for, of which days, and when it was known."""
    known_on, asked = date.fromisoformat(figures["as_of"]), figures["asked"]
    since = date.fromisoformat(asked["since"]) if "since" in asked else gettext(_("The beginning"))
    until = date.fromisoformat(asked["until"]) if "until" in asked else known_on
    chosen = [(gettext(label), names[name]) for name, label in _CHOSEN.items() if name in names]
    rows: list[tuple[Cell, Cell]] = [
        *(chosen or [(gettext(_("Partner")), gettext(_("All of them")))]),
        (gettext(_("From this day")), since),
        (gettext(_("To this day, included")), until),
        (gettext(_("As it was known on")), known_on),
    ]
    if "hidden_below" in figures:
        rows.append((gettext(_FEW, smallest=figures["hidden_below"]), ""))
    return Table("about", gettext(_("About")), "", [gettext(_("Figures")), ""], rows)


def file_name(names: Iterable[str], figures: Mapping[str, Any], kind: str) -> str:
    """A file's name, of letters, digits and hyphens alone: no header and no disk reads them otherwise."""
    asked = figures["asked"]
    days = [f"{edge} {asked[edge]}" for edge in ("since", "until") if edge in asked]
    parts = [_plain(part) for part in ("figures", *names, *days, figures["as_of"])]
    return f"{'-'.join(filter(None, parts))}.{kind}"


def _plain(text: str) -> str:
    ascii_only = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:LONGEST_PART].strip("-")


_FEW = _("Numbers below %(smallest)s are not shown, so that nobody can be known by them.")
