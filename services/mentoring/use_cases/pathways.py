"""Pathways: enrolling, steps with evidence, and work-ready by a proposal and a second person's yes."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import (
    OPEN_PATHWAY,
    PATHWAY,
    PROPOSABLE,
    MentorshipState,
    PathwayAction,
    PathwayState,
)
from services.mentoring.domain.matching import not_in_order
from services.mentoring.domain.readiness import may_confirm, missing_steps
from services.mentoring.models import Mentor, Pathway, Step, StepDefinition
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases.mentorships import require_consent
from shared.actor import Role
from shared.database.finding import find, find_or_none, refuse_second
from shared.erased import refuse_erased
from shared.errors import Conflict, Forbidden, InvalidInput, TransitionNotAllowed
from shared.history import entry
from shared.lifecycle import Transition

LAPSE_AT_ONCE = 100


def enrol(work: Work, *, values: Mapping[str, Any]) -> Pathway:
    """Enrol a mentee on a pathway to work, with the steps of the programme's list."""
    work.require(may.ENROL)
    mentorship = find_or_none(work.session, visible.mentorships(work.actor), values["mentorship_id"])
    if mentorship is None or mentorship.state is not MentorshipState.ACTIVE:
        raise InvalidInput.on("mentorship_id", "This is not an active mentorship of yours.")
    open_one = select(Pathway).where(
        Pathway.shedder_id == mentorship.shedder_id, Pathway.state.in_(OPEN_PATHWAY)
    )
    refuse_second(work.session, open_one, "an open pathway of this man", visible.pathways(work.actor))
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


def propose_readiness(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Propose that a man is work-ready; a coordinator, or the mentor who is asked, confirms it."""
    pathway = find(work.session, visible.pathways(work.actor), pathway_id, for_change=True)
    work.require(may.PROPOSE_READINESS)
    require_guide(work, pathway_id)
    if pathway.state not in PROPOSABLE:
        raise TransitionNotAllowed(
            "Readiness is proposed while he is preparing or work-ready.", state=pathway.state.value
        )
    work.expect_version(pathway)
    _refuse_missing_steps(pathway)
    asked = values.get("asked_to_confirm")
    if asked is not None:
        _refuse_asking(work, pathway, asked)
    pathway.readiness_proposed_on = work.day(values, "proposed_on")
    pathway.readiness_proposed_by = work.actor.id
    pathway.readiness_proposed_on_behalf_of = work.actor.on_behalf_of
    pathway.asked_to_confirm = asked
    work.session.flush()
    work.record("pathway.readiness_proposed", pathway.id, told_of(pathway, pathway.readiness_proposed_on))
    return pathway


def confirm_readiness(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Confirm, as a second person, that a man is work-ready."""
    return _confirm(work, pathway_id, PathwayAction.CONFIRM, values)


def reconfirm_readiness(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Confirm, as a second person, that a man is still work-ready."""
    return _confirm(work, pathway_id, PathwayAction.RECONFIRM, values)


def _confirm(work: Work, pathway_id: UUID, action: PathwayAction, values: Mapping[str, Any]) -> Pathway:
    pathway, step = _to_step(work, pathway_id, action)
    if pathway.readiness_proposed_by is None:
        raise Conflict("Nobody has proposed it. The mentor proposes, a second person confirms.")
    if not may_confirm(pathway, work.actor) or _guides(work, pathway_id):
        raise Forbidden("A coordinator confirms, or the other mentor who was asked; never who proposed it.")
    _refuse_missing_steps(pathway)
    confirmed_on = work.day(values, "confirmed_on")
    if confirmed_on < max(pathway.enrolled_on, pathway.readiness_confirmed_on or pathway.enrolled_on):
        raise InvalidInput.on("confirmed_on", "This lies before the day he enrolled or was last confirmed.")
    pathway.readiness_confirmed_on = confirmed_on
    pathway.work_ready_on = pathway.work_ready_on or confirmed_on
    _end_proposal(pathway)
    return take_step(work, pathway, step, remark=values.get("remark"), on=confirmed_on)


def stop_pathway(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """End a pathway before its aim, with the reason."""
    pathway, step = _to_own_step(work, pathway_id, PathwayAction.STOP)
    return take_step(work, pathway, step, reason=values["reason"], remark=values.get("remark"))


def lapse_readiness(work: Work) -> int:
    """Let readiness lapse that was not confirmed again in time; say how often."""
    last_day = work.today - timedelta(weeks=work.settings.readiness_lapses_after_weeks)
    lapsed = (
        select(Pathway)
        .where(Pathway.state == PathwayState.WORK_READY, Pathway.readiness_confirmed_on < last_day)
        .order_by(Pathway.readiness_confirmed_on, Pathway.id)
        .limit(LAPSE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    pathways = work.session.scalars(lapsed).all()
    for pathway in pathways:
        _end_proposal(pathway)
        take_step(work, pathway, PATHWAY.transition(pathway.state, PathwayAction.LAPSE))
    return len(pathways)


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


def _to_step(work: Work, pathway_id: UUID, action: PathwayAction) -> tuple[Pathway, Transition]:
    pathway = find(work.session, visible.pathways(work.actor), pathway_id, for_change=True)
    return pathway, work.step(PATHWAY, pathway, action)


def _to_own_step(work: Work, pathway_id: UUID, action: PathwayAction) -> tuple[Pathway, Transition]:
    find(work.session, visible.pathways(work.actor), pathway_id)
    require_guide(work, pathway_id)
    return _to_step(work, pathway_id, action)


def require_guide(work: Work, pathway_id: UUID) -> None:
    """Refuse a mentor who sees the pathway only because he was asked to confirm that the man is ready."""
    if work.actor.role is Role.MENTOR and not _guides(work, pathway_id):
        raise Forbidden("You were asked to confirm; the rest is for the man's own mentor.")


def _guides(work: Work, pathway_id: UUID) -> bool:
    """Whether the caller is the man's own mentor."""
    own = visible.guided_pathways(work.actor)
    return work.actor.role is Role.MENTOR and find_or_none(work.session, own, pathway_id) is not None


def _refuse_asking(work: Work, pathway: Pathway, asked: UUID) -> None:
    """The one who is asked is another mentor, of the same partner or of none, and his papers are in order."""
    mentor = work.session.get(Mentor, asked)
    if mentor is None or mentor.partner_id not in (None, pathway.partner_id):
        raise InvalidInput.on("asked_to_confirm", "There is no such mentor at this partner.")
    if asked in (work.actor.mentor_id, pathway.mentor_id):
        raise InvalidInput.on("asked_to_confirm", "Ask another than the man's own mentor.")
    wrong = not_in_order(mentor, work.today, work.settings.validity)
    if wrong:
        said = ", ".join(reason.replace("_", " ") for reason in wrong)
        raise InvalidInput.on("asked_to_confirm", f"This mentor cannot confirm: {said}.")


def _refuse_missing_steps(pathway: Pathway) -> None:
    missing = missing_steps(pathway.steps)
    if missing:
        said = ", ".join(step.title for step in pathway.steps if step.code in missing)
        raise Conflict(f"These steps are still missing: {said}.", missing_steps=missing)


def _end_proposal(pathway: Pathway) -> None:
    pathway.readiness_proposed_on = pathway.asked_to_confirm = None
    pathway.readiness_proposed_by = pathway.readiness_proposed_on_behalf_of = None
