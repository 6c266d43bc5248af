"""Work-ready by a proposal and a second person's yes; "not yet", or taken back, it ends without one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import (
    GUIDES,
    PATHWAY,
    PROPOSABLE,
    PROPOSAL_EVENTS,
    PathwayAction,
    PathwayState,
    ProposalAction,
)
from services.mentoring.domain.matching import not_in_order
from services.mentoring.domain.readiness import may_confirm, may_take_back, missing_steps
from services.mentoring.models import Mentor, Pathway
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases.pathways import guides, require_guide, take_step, to_step, told_of
from shared.database.finding import find
from shared.errors import Conflict, Forbidden, InvalidInput, TransitionNotAllowed
from shared.history import entry
from shared.lifecycle import Transition
from shared.permissions import Policy

LAPSE_AT_ONCE = 100


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
    pathway, step = to_step(work, pathway_id, action)
    _refuse_unproposed(pathway)
    _require_second(work, pathway)
    _refuse_missing_steps(pathway)
    confirmed_on = work.day(values, "confirmed_on")
    if confirmed_on < max(pathway.enrolled_on, pathway.readiness_confirmed_on or pathway.enrolled_on):
        raise InvalidInput.on("confirmed_on", "This lies before the day he enrolled or was last confirmed.")
    pathway.readiness_confirmed_on = confirmed_on
    pathway.work_ready_on = pathway.work_ready_on or confirmed_on
    pathway.readiness_declined_on = None
    _end_proposal(pathway)
    return take_step(work, pathway, step, remark=values.get("remark"), on=confirmed_on)


def decline_readiness(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Say, as the second person, that a man is not work-ready yet, and why."""
    pathway = _proposed(work, pathway_id, may.DECLINE_READINESS)
    _require_second(work, pathway)
    pathway.readiness_declined_on = work.today
    return _end_undecided(work, pathway, ProposalAction.DECLINE_READINESS, values["why"])


def take_back_readiness(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Pathway:
    """Take back one's proposal that a man is work-ready."""
    pathway = _proposed(work, pathway_id, may.TAKE_BACK_READINESS)
    if not may_take_back(pathway, work.actor):
        raise Forbidden("Who proposed it takes it back, or his stand-in on his behalf.")
    return _end_undecided(work, pathway, ProposalAction.TAKE_BACK_READINESS, values.get("remark"))


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


def _proposed(work: Work, pathway_id: UUID, policy: Policy) -> Pathway:
    """The pathway, locked, where a proposal waits on it for a second person."""
    pathway = find(work.session, visible.pathways(work.actor), pathway_id, for_change=True)
    work.require(policy)
    if pathway.state not in PROPOSABLE:
        raise TransitionNotAllowed(
            "A proposal waits while he is preparing or work-ready.", state=pathway.state.value
        )
    _refuse_unproposed(pathway)
    work.expect_version(pathway)
    return pathway


def _refuse_unproposed(pathway: Pathway) -> None:
    if pathway.readiness_proposed_by is None:
        raise Conflict("Nobody has proposed it. The mentor proposes, a second person confirms.")


def _require_second(work: Work, pathway: Pathway) -> None:
    """Refuse whoever is not a second person to the proposal."""
    if not may_confirm(pathway, work.actor) or guides(work, pathway.id):
        raise Forbidden("A coordinator confirms, or the other mentor who was asked; never who proposed it.")


def _end_undecided(work: Work, pathway: Pathway, doing: ProposalAction, why: str | None) -> Pathway:
    """End a proposal without a yes: the pathway stays where it is; keep who did it and why, and tell it."""
    _end_proposal(pathway)
    row = Transition(doing, PROPOSABLE, pathway.state, GUIDES, PROPOSAL_EVENTS[doing])
    work.session.add(entry(work, pathway.id, row, pathway.state, remark=why))
    work.session.flush()
    work.record(row.event, pathway.id, told_of(pathway, work.today))
    return pathway


def _end_proposal(pathway: Pathway) -> None:
    pathway.readiness_proposed_on = pathway.asked_to_confirm = None
    pathway.readiness_proposed_by = pathway.readiness_proposed_on_behalf_of = None
