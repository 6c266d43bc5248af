"""A list of the API's as a page shows it: all of it, where it is short; and the names of what it is about."""

from collections.abc import Iterable, Mapping
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


def shed_he_is_in(visit: Visit, man: Mapping[str, Any]) -> dict[str, Any] | None:
    """The shed that a man joined last and has not left, of those that the visitor sees."""
    here = [one for one in man["memberships"] if one["left_on"] is None]
    joined = sorted(here, key=lambda one: str(one["joined_on"]), reverse=True)
    sheds = (_shed_seen(visit, one["shed_id"]) for one in joined)
    return next((shed for shed in sheds if shed), None)


def country_of(visit: Visit, shed_id: str) -> str:
    """In which country a shed is, of an id that the API gave; nothing if it is not told."""
    try:
        shed = _shed_seen(visit, shed_id)
    except Refusal as refusal:
        if refusal.status == 401:
            raise
        return ""
    return str(shed["country"]) if shed else ""


def _shed_seen(visit: Visit, shed_id: str) -> dict[str, Any] | None:
    """One shed; None where it is one that the visitor does not see."""
    try:
        found: dict[str, Any] = visit.ask(f"/registry/sheds/{shed_id}").document
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return None
    return found


def men_called(visit: Visit, ids: Iterable[str | None]) -> dict[str, str]:
    """What men are called, by the registry; left out are those it does not tell."""
    return {one: man["known_as"] for one, man in men_known(visit, ids).items()}


def men_known(visit: Visit, ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """What the registry tells of men, as many at once as it takes; left out are those it does not tell.

    So a page is shown without a name when the registry does not answer, or refuses it.
    """
    wanted = sorted({one for one in ids if one})
    men: dict[str, dict[str, Any]] = {}
    for some in (wanted[at : at + MEN_AT_ONCE] for at in range(0, len(wanted), MEN_AT_ONCE)):
        try:
            told = visit.send("/registry/shedders/search", {"ids": some, "limit": len(some)})
        except Refusal as refusal:
            if refusal.status == 401:
                raise
            break
        men |= {man["id"]: man for man in told.document["items"]}
    return men


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
