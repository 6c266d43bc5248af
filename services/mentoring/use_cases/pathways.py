"""Pathways: enrolling, with the steps of the list; preparing, stopping, and every step on one."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import (
    OPEN_PATHWAY,
    PATHWAY,
    MentorshipState,
    PathwayAction,
    PathwayState,
)
from services.mentoring.models import Pathway, Step, StepDefinition
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases.mentorships import require_consent
from shared.actor import Role
from shared.database.finding import find, find_or_none, refuse_second
from shared.erased import refuse_erased
from shared.errors import Forbidden, InvalidInput
from shared.history import entry
from shared.lifecycle import Transition


def enrol(work: Work, *, values: Mapping[str, Any]) -> Pathway:
    """Enrol a mentee on a pathway to work, with the steps of the programme's list."""
    work.require(may.ENROL)
    mentorship = find_or_none(work.session, visible.mentorships(work.actor), values["mentorship_id"])
    if mentorship is None or mentorship.state is not MentorshipState.ACTIVE:
        raise InvalidInput.on("mentorship_id", "This is not an active mentorship of yours.")
    open_one = select(Pathway).where(
        Pathway.shedder_id == mentorship.shedder_id, Pathway.state.in_(OPEN_PATHWAY)
    )
    refuse_second(
        work.session, open_one, "There is an open pathway of this man already.", visible.pathways(work.actor)
    )
    require_consent(work, mentorship.shedder_id)
    refuse_erased(work.session, mentorship.shedder_id)
    enrolled_on = work.day(values, "enrolled_on")
    if enrolled_on < (mentorship.began_on or enrolled_on):
        raise InvalidInput.on("enrolled_on", "The mentorship had not begun yet on this day.")
    pathway = Pathway(
        shedder_id=mentorship.shedder_id,
        mentor_id=mentorship.mentor_id,
        shed_id=mentorship.shed_id,
        partner_id=mentorship.partner_id,
        enrolled_on=enrolled_on,
        created_at=work.now,
        steps=new_steps(work),
    )
    work.session.add(pathway)
    work.session.flush()
    work.record("pathway.enrolled", pathway.id, told_of(pathway, pathway.enrolled_on))
    return pathway


def new_steps(work: Work) -> list[Step]:
    """A fresh step for each criterion that is in use."""
    in_use = select(StepDefinition).where(StepDefinition.in_use).order_by(StepDefinition.place)
    return [
        Step(
            code=definition.code,
            title=definition.title,
            required=definition.required,
            place=definition.place,
            created_at=work.now,
            evidence=[],
        )
        for definition in work.session.scalars(in_use)
    ]


def read_pathway(work: Work, *, pathway_id: UUID) -> Pathway:
    """Read one pathway, with its steps and what is still missing."""
    pathway = find(work.session, visible.pathways(work.actor), pathway_id)
    work.require(may.SEE_PATHWAYS)
    return pathway


def prepare_pathway(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Begin preparing (work on a first step does it too)."""
    pathway, step = _to_own_step(work, pathway_id, PathwayAction.PREPARE)
    return take_step(work, pathway, step, remark=values.get("remark"))


def stop_pathway(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """End a pathway before its aim, with the reason."""
    pathway, step = _to_own_step(work, pathway_id, PathwayAction.STOP)
    return take_step(work, pathway, step, reason=values["reason"], remark=values.get("remark"))


def take_step(
    work: Work,
    pathway: Pathway,
    step: Transition,
    *,
    reason: StrEnum | None = None,
    remark: str | None = None,
    on: date | None = None,
) -> Pathway:
    """Move the pathway, keep who did it and why, and tell the other services. `on`: the day it happened."""
    source = pathway.state
    pathway.state = PathwayState(step.target)
    pathway.coded_reason = reason.value if reason else None
    if pathway.state not in OPEN_PATHWAY:
        pathway.ended_on = on or work.today
    work.session.add(entry(work, pathway.id, step, source, reason=reason, remark=remark))
    work.session.flush()
    work.record(step.event, pathway.id, told_of(pathway, on or work.today))
    return pathway


def told_of(pathway: Pathway, on: date) -> dict[str, Any]:
    """What every event of a pathway tells."""
    return {
        "pathway_id": pathway.id,
        "shedder_id": pathway.shedder_id,
        "mentor_id": pathway.mentor_id,
        "state": pathway.state,
        "reason": pathway.coded_reason,
        "enrolled_on": pathway.enrolled_on,
        "work_ready_on": pathway.work_ready_on,
        "on": on,
    }


def to_step(work: Work, pathway_id: UUID, action: PathwayAction) -> tuple[Pathway, Transition]:
    """The pathway, locked, and the step that is to be taken on it, where the caller may take it now."""
    pathway = find(work.session, visible.pathways(work.actor), pathway_id, for_change=True)
    return pathway, work.step(PATHWAY, pathway, action)


def _to_own_step(work: Work, pathway_id: UUID, action: PathwayAction) -> tuple[Pathway, Transition]:
    find(work.session, visible.pathways(work.actor), pathway_id)
    require_guide(work, pathway_id)
    return to_step(work, pathway_id, action)


def require_guide(work: Work, pathway_id: UUID) -> None:
    """Refuse a mentor who sees the pathway only because he was asked to confirm that the man is ready."""
    if work.actor.role is Role.MENTOR and not guides(work, pathway_id):
        raise Forbidden("You were asked to confirm; the rest is for the man's own mentor.")


def guides(work: Work, pathway_id: UUID) -> bool:
    """Whether the caller is the man's own mentor."""
    own = visible.guided_pathways(work.actor)
    return work.actor.role is Role.MENTOR and find_or_none(work.session, own, pathway_id) is not None
