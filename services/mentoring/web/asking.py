"""What several pages of mentoring ask: lists that there may be, what a man is called, and how to reach him.

That is the registry's, and is asked of it each time with the visitor's own token. When it refuses, or
does not answer, the pages are there without it.
"""

from typing import Any

from shared.web.client import Refusal
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import men_called, men_known, whole_list
from shared.web.pages import Visit

NOT_KNOWN = _("Name not known just now")


def if_any(visit: Visit, path: str, **query: Any) -> list[dict[str, Any]]:
    """The items of a list; none when there is no such list for this visitor."""
    try:
        return whole_list(visit, path, **query)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            return []
        raise


def name_of(visit: Visit, shedder_id: str) -> str:
    """What a man is called, else that it is not known just now."""
    return men_called(visit, [shedder_id]).get(shedder_id) or gettext(NOT_KNOWN)


def man_of(visit: Visit, shedder_id: str) -> dict[str, Any]:
    """What a page of a man says of himself: his name, and how to reach him, as far as the registry tells."""
    man = men_known(visit, [shedder_id]).get(shedder_id, {})
    return {"name": man.get("known_as") or gettext(NOT_KNOWN), "man": man}
