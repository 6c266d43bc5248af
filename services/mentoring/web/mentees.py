"""A mentor's mentees: what is next with each, how long it has been quiet, who needs him most first."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from services.mentoring.web.steps import with_titles
from services.mentoring.web.what_next import LONG_QUIET, Mentee, in_need, steps_done
from shared.actor import Role
from shared.web.lists import men_called, whole_list
from shared.web.pages import Page, Visit


def mentees(visit: Visit) -> Response:
    """One's mentees, and who else one is asked to confirm to be ready for work."""
    pathways = [with_titles(one) for one in whole_list(visit, "/mentoring/pathways")]
    held = whole_list(visit, "/mentoring/jobs", state="held")
    by_man = _newest(pathways)
    matches = whole_list(visit, "/mentoring/mentorships")
    own = [
        Mentee(match, by_man.get(match["shedder_id"]), [job for job in held if _is_of(match, job)])
        for match in matches
    ]
    assert visit.actor is not None
    asked = [one for one in pathways if one["asked_to_confirm"] == str(visit.actor.mentor_id)]
    return visit.show(
        "mentees.html",
        mentees=in_need(own, visit.service.clock.today()),
        asked=asked,
        names=men_called(visit, [one["shedder_id"] for one in [*matches, *pathways]]),
        long_quiet=LONG_QUIET,
        steps_done=steps_done,
    )


def _newest(pathways: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Each man's pathway: the one that is open, else the newest. They come newest first."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in sorted(pathways, key=lambda pathway: pathway["ended_on"] is not None):
        found.setdefault(one["shedder_id"], one)
    return found


def _is_of(match: Mapping[str, Any], thing: Mapping[str, Any]) -> bool:
    return bool(match["shedder_id"] == thing["shedder_id"])


PAGES = [Page("/mentees", mentees, frozenset({Role.MENTOR}))]
