"""What the forms of mentoring have in common: for whom they are, where they lead, and the day of today."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from services.mentoring.web.asking import name_of
from shared.actor import Role
from shared.web.client import Told
from shared.web.pages import Visit
from shared.web.words import word

GUIDES = (Role.MENTOR, Role.COORDINATOR)
MENTEES_PAGE = "/mentoring/pages/mentees"
MENTORSHIP_PAGE = "/mentoring/pages/mentorships/{mentorship_id}"
PATHWAY_PAGE = "/mentoring/pages/pathways/{pathway_id}"

Start = Callable[[Visit, Told | None], Mapping[str, Any]]


def starts_today(day: str, **more: str) -> Start:
    """A form whose day is today, until somebody says otherwise."""

    def start(visit: Visit, _thing: Told | None) -> Mapping[str, Any]:
        today = visit.service.clock.today()
        parts = {"day": today.day, "month": today.month, "year": today.year}
        return {f"{day}-{part}": str(value) for part, value in parts.items()} | more

    return start


def whom(visit: Visit, thing: Told | None) -> str:
    """The name of the man whom a form is about."""
    assert thing is not None
    return name_of(visit, thing.document["shedder_id"])


def choices(codes: Iterable[StrEnum], thing: str = "", but: Sequence[StrEnum] = ()) -> list[tuple[str, str]]:
    """The codes that a person may choose from, in words: those that only the system gives are left out."""
    return [(code.value, word(code.value, thing)) for code in codes if code not in but]
