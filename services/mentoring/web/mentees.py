"""Mentees: what is next with each, how long it has been quiet, who needs somebody most first.

A mentor sees his own, a coordinator those of all his partner's sheds.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from services.mentoring.domain.lifecycles import TAKES_ROOM
from services.mentoring.web.forming import GUIDED_PAGE
from services.mentoring.web.steps import with_titles
from services.mentoring.web.what_next import Mentee, in_need, steps_done
from shared.actor import Role
from shared.web.lists import men_called, whole_list
from shared.web.pages import Page, Visit

MENTORSHIPS = "/mentoring/mentorships"
A_PAGE = 50
"""So many mentees stand on one page of a coordinator's list."""


def mentees(visit: Visit) -> Response:
    """One's mentees, and who else one is asked to confirm to be ready for work."""
    pathways = _pathways(visit)
    matches = whole_list(visit, MENTORSHIPS)
    assert visit.actor is not None
    asked = [one for one in pathways if one["asked_to_confirm"] == str(visit.actor.mentor_id)]
    return visit.show(
        "mentees.html",
        mentees=_in_need(visit, matches, pathways),
        asked=asked,
        names=men_called(visit, [one["shedder_id"] for one in [*matches, *pathways]]),
        steps_done=steps_done,
    )


def guided(visit: Visit) -> Response:
    """Every man of one's partner who has a mentor now, or whom one of them guides, and what is next."""
    every = [one for state in sorted(TAKES_ROOM) for one in whole_list(visit, MENTORSHIPS, state=state.value)]
    asked = request.args.get("mentor", "")
    matches = [one for one in every if asked in ("", one["mentor_id"])]
    found = _in_need(visit, matches, _pathways(visit))
    page = max(1, min(request.args.get("page", 1, type=int), ceil(len(found) / A_PAGE)))
    seen = found[(page - 1) * A_PAGE : page * A_PAGE]
    mentors = {one["id"]: one for one in whole_list(visit, "/mentoring/mentors")}
    return visit.show(
        "guided.html",
        mentees=seen,
        names=men_called(visit, [one.mentorship["shedder_id"] for one in seen]),
        mentors=mentors,
        choices=_choices(mentors[one] for one in {one["mentor_id"] for one in every} if one in mentors),
        asked=asked,
        count=len(found),
        first=(page - 1) * A_PAGE + 1,
        at=_guided_at(asked, page),
        before=_guided_at(asked, page - 1) if page > 1 else None,
        after=_guided_at(asked, page + 1) if page * A_PAGE < len(found) else None,
        steps_done=steps_done,
    )


def _choices(mentors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The mentors to choose from by name, those of one name told apart by where they are."""
    called = [(one["id"], f"{one['name']} ({one['municipality']})") for one in mentors]
    return sorted(called, key=lambda choice: (choice[1], choice[0]))


def _guided_at(mentor: str, page: int) -> str:
    """Where a page of the list is."""
    asked = {"mentor": mentor, "page": page if page > 1 else ""}
    chosen = urlencode({name: value for name, value in asked.items() if value})
    return f"{GUIDED_PAGE}?{chosen}" if chosen else GUIDED_PAGE


def _pathways(visit: Visit) -> list[Mapping[str, Any]]:
    return [with_titles(one) for one in whole_list(visit, "/mentoring/pathways")]


def _in_need(
    visit: Visit, matches: Iterable[Mapping[str, Any]], pathways: Iterable[Mapping[str, Any]]
) -> list[Mentee]:
    """The mentees of these matches, who needs somebody most first."""
    held = whole_list(visit, "/mentoring/jobs", state="held")
    by_man = _newest(pathways)
    own = [
        Mentee(match, by_man.get(match["shedder_id"]), [job for job in held if _is_of(match, job)])
        for match in matches
    ]
    return in_need(own, visit.service.clock.today())


def _newest(pathways: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Each man's pathway: the one that is open, else the newest. They come newest first."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in sorted(pathways, key=lambda pathway: pathway["ended_on"] is not None):
        found.setdefault(one["shedder_id"], one)
    return found


def _is_of(match: Mapping[str, Any], thing: Mapping[str, Any]) -> bool:
    return bool(match["shedder_id"] == thing["shedder_id"])


PAGES = [
    Page("/mentees", mentees, frozenset({Role.MENTOR})),
    Page("/guided", guided, frozenset({Role.COORDINATOR})),
]
