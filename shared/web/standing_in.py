"""For whom a visitor stands in, by name, as every page says it.

No token carries a name, so the registry is asked, as the visitor; and because each page says it, what it told
is remembered for a while, apart for each who asked.
"""

from datetime import datetime, timedelta
from uuid import UUID

from shared.actor import Actor
from shared.database.paging import LARGEST_LIMIT
from shared.web.client import Refusal, ask

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


def _told(absent_id: UUID) -> str | None:
    try:
        told = ask("GET", "/registry/covers", query={"state": "named", "limit": LARGEST_LIMIT})
    except Refusal:
        return None  # without a name it says that he stands in, all the same
    named = {one["absent_account_id"]: str(one["absent_name"]) for one in told.document["items"]}
    return named.get(str(absent_id))
