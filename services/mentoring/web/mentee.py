"""One man on his way to work, on one page: for his mentor, and for a coordinator who confirms or covers."""

from typing import Any
from uuid import UUID

from flask import Response

from services.mentoring.domain.lifecycles import IN_WORK, OPEN_PATHWAY, PROPOSABLE, TAKES_ROOM, ProposalAction
from services.mentoring.web.asking import if_any, man_of
from services.mentoring.web.forming import GUIDES, back_from_man
from services.mentoring.web.jobs import AFTER_WEEKS
from services.mentoring.web.mentorships import together
from services.mentoring.web.steps import with_titles
from services.mentoring.web.what_next import action_for, next_on, steps_done
from shared.actor import Role
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit


def mentee(visit: Visit, pathway_id: UUID) -> Response:
    """His steps, whether he is ready, his jobs, his mentor's sessions, and what may stand in the way."""
    path = f"/mentoring/pathways/{pathway_id}"
    told = visit.ask(path)
    one = with_titles(told.document)
    match = _match(visit, one)
    actions = [action["action"] for action in one["available_actions"]]
    assert visit.actor is not None
    guides = match is not None or visit.actor.role is Role.COORDINATOR
    jobs = if_any(visit, "/mentoring/jobs", pathway_id=pathway_id)
    coming = next_on(one, jobs, visit.service.clock.today())
    return visit.show(
        "mentee.html",
        pathway=one,
        back=back_from_man(visit),
        version=told.version,
        **man_of(visit, one["shedder_id"]),
        next=coming,
        declined=_declined(visit, path, one),
        first=action_for(coming, actions) if match and match["state"] == "active" else None,
        done=steps_done(one),
        actions=actions,
        is_open=guides and one["state"] in OPEN_PATHWAY,
        may_have_job=guides and one["state"] in IN_WORK,
        is_own=guides,
        jobs=jobs,
        after_weeks=AFTER_WEEKS,
        obstacles=if_any(visit, f"{path}/obstacles"),
        mentorship=match,
        **(together(visit, match) if match else {"sessions": [], "match_actions": [], "mentor_name": ""}),
    )


def _match(visit: Visit, pathway: Any) -> Any:
    """The mentorship that goes on with this man; None for who sees only his pathway."""
    matches = if_any(visit, "/mentoring/mentorships", shedder_id=pathway["shedder_id"])
    going_on = [one for one in matches if one["state"] in TAKES_ROOM]
    own = [one for one in going_on if one["mentor_id"] == pathway["mentor_id"]]
    return next(iter([*own, *going_on]), None)


def _declined(visit: Visit, path: str, pathway: Any) -> Any:
    """Who last said "not yet", when and why, until it is confirmed; None where nobody did."""
    if pathway["readiness_declined_on"] is None or pathway["state"] not in PROPOSABLE:
        return None
    history = whole_list(visit, f"{path}/history")
    said = [entry for entry in history if entry["action"] == ProposalAction.DECLINE_READINESS]
    return said[-1] if said else None


PAGES = [Page("/pathways/<uuid:pathway_id>", mentee, frozenset(GUIDES))]
