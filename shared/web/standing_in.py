"""For whom a visitor stands in, by name, as every page says it; and for whom he may, as his first page does.

No token carries a name, so the registry is asked, as the visitor. Because each page says for whom he stands
in, that is remembered for a while, apart for each who asked.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request

from shared.actor import COVERED, Actor
from shared.database.paging import LARGEST_LIMIT
from shared.web.client import Refusal, ask
from shared.web.navigation import home

REMEMBERED = timedelta(minutes=10)
ASKED_AGAIN = timedelta(minutes=1)
"""After this time where no name was told: a registry that is away holds up a page now and then, not each."""
MOST = 1000


class AbsentNames:
    """The names that one service's pages know of those for whom somebody stands in."""

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, UUID], tuple[str | None, datetime]] = {}

    def of(self, actor: Actor | None, now: datetime) -> str | None:
        """The name of the one for whom he stands in; None where he does for nobody, or it is not told."""
        if actor is None or actor.on_behalf_of is None:
            return None
        who = (actor.id, actor.on_behalf_of)
        name, until = self._known.get(who, (None, now))
        if until > now:
            return name
        name = _told(actor.on_behalf_of)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[who] = name, now + (REMEMBERED if name else ASKED_AGAIN)
        return name


class OpenCovers:
    """Those for whom a visitor may stand in today and does not yet, as his first page tells him.

    They are asked for each time: who was just named reads it at once. Only a registry that did not answer is
    left alone for a while; a clock that was set back does not make that longer.
    """

    def __init__(self) -> None:
        self._silent_at: datetime | None = None

    def of(self, actor: Actor | None, now: datetime, today: date) -> list[dict[str, Any]]:
        """The covers that he may take up now; none on any other page than where he begins."""
        if actor is None or not _is_where_he_begins(actor):
            return []
        if self._silent_at is not None and timedelta(0) <= now - self._silent_at < ASKED_AGAIN:
            return []
        self._silent_at = None
        try:
            covers = _covers()
        except Refusal as refusal:
            self._silent_at = now if refusal.status >= 500 else None
            return []
        mine = [one for one in covers if one["stand_in_account_id"] == str(actor.id)]
        return [one for one in mine if one["from_day"] <= today.isoformat() <= one["until_day"]]


def _is_where_he_begins(actor: Actor) -> bool:
    may_stand_in = actor.role in COVERED and actor.on_behalf_of is None
    return may_stand_in and request.method == "GET" and request.path == home(actor.role)


def _told(absent_id: UUID) -> str | None:
    try:
        named = {one["absent_account_id"]: str(one["absent_name"]) for one in _covers()}
    except Refusal:
        return None  # without a name it says that he stands in, all the same
    return named.get(str(absent_id))


def _covers() -> list[dict[str, Any]]:
    """Who stands in for whom, as far as the visitor is told. Raises `Refusal`."""
    told = ask("GET", "/registry/covers", query={"state": "named", "limit": LARGEST_LIMIT})
    items: list[dict[str, Any]] = told.document["items"]
    return items
