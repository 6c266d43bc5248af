"""A list of the API's as a page shows it: all of it, where it is short; and the names of what it is about."""

from collections.abc import Iterable
from typing import Any

from shared.database.paging import LARGEST_LIMIT
from shared.web.client import Refusal
from shared.web.pages import Visit

MOST = 5 * LARGEST_LIMIT
"""A page shows no more of a list than this; who needs more, filters."""


MEN_AT_ONCE = 50
"""So many identifiers a search for men takes."""


def whole_list(visit: Visit, path: str, **query: Any) -> list[dict[str, Any]]:
    """The items of a list, read to its end, or to `MOST`."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(items) < MOST:
        told = visit.ask(path, **query, limit=LARGEST_LIMIT, cursor=cursor)
        items += told.document["items"]
        cursor = told.cursor
        if cursor is None:
            break
    return items


def list_if_told(visit: Visit, path: str, **query: Any) -> list[dict[str, Any]]:
    """The items of a list of another service; none where it does not tell them, or does not answer."""
    try:
        return whole_list(visit, path, **query)
    except Refusal as refusal:
        if refusal.status == 401:
            raise
        return []


def country_of(visit: Visit, *shed_ids: str) -> str:
    """In which country the last of these sheds is that the visitor sees; nothing if it is not told."""
    sheds = list_if_told(visit, "/registry/sheds") if any(shed_ids) else []
    there = {one["id"]: str(one["country"]) for one in sheds}
    return next((there[one] for one in reversed(shed_ids) if one in there), "")


def men_called(visit: Visit, ids: Iterable[str | None]) -> dict[str, str]:
    """What men are called, by the registry, as many at once as it takes; left out are those it does not tell.

    So a page is shown without a name when the registry does not answer, or refuses it.
    """
    wanted = sorted({one for one in ids if one})
    names: dict[str, str] = {}
    for some in (wanted[at : at + MEN_AT_ONCE] for at in range(0, len(wanted), MEN_AT_ONCE)):
        try:
            told = visit.send("/registry/shedders/search", {"ids": some, "limit": len(some)})
        except Refusal as refusal:
            if refusal.status == 401:
                raise
            break
        names |= {man["id"]: man["known_as"] for man in told.document["items"]}
    return names


def named(visit: Visit, path: str, ids: Iterable[str | None], field: str = "name") -> dict[str, str]:
    """What each thing is called, asked for once; left out are those whose name this visitor is not told.

    So a page is shown without a name when the service that knows it does not answer.
    """
    names: dict[str, str] = {}
    for one in sorted({one for one in ids if one}):
        try:
            names[one] = visit.ask(f"{path}/{one}").document[field]
        except Refusal as refusal:
            if refusal.status == 401:
                raise
            if refusal.status >= 500:
                break
    return names
