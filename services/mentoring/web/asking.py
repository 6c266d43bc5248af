"""What several pages of mentoring ask: whole lists, and what a man is called.

His name is the registry's, and is asked of it each time with the visitor's own token. When it refuses, or
does not answer, the pages are there without it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.web.client import Refusal
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import whole_list
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


def names(visit: Visit) -> Mapping[str, str]:
    """What one's mentees are called, by the man; nobody when the registry does not tell it."""
    try:
        return {man["id"]: man["known_as"] for man in whole_list(visit, "/registry/shedders")}
    except Refusal:
        return {}


def name_of(visit: Visit, shedder_id: UUID | str) -> str:
    """What a man is called, else that it is not known just now."""
    try:
        return str(visit.ask(f"/registry/shedders/{shedder_id}").document["known_as"])
    except Refusal:
        return gettext(NOT_KNOWN)
