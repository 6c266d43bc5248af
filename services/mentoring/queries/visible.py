"""What each caller may see: every statement that finds or lists begins with one of these.

A thing that is left out here is not found (404), not counted and not listed, for that caller.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true

from services.mentoring.domain.lifecycles import TAKES_ROOM
from services.mentoring.models import (
    Job,
    KnownShed,
    Mentor,
    MentoringSession,
    Mentorship,
    Pathway,
    Step,
    StepDefinition,
)
from shared.actor import Actor, Role


def mentors(actor: Actor) -> Select[Mentor]:
    """A mentor himself; a coordinator his partner's, and those of his countries who have no partner."""
    if actor.is_system:
        return select(Mentor)
    if actor.role is Role.COORDINATOR:
        countries = select(KnownShed.country).where(KnownShed.partner_id == actor.partner_id)
        unattached = Mentor.partner_id.is_(None) & Mentor.country.in_(countries)
        return select(Mentor).where(or_(Mentor.partner_id == actor.partner_id, unattached))
    if actor.role is Role.MENTOR:
        return select(Mentor).where(Mentor.id == actor.mentor_id)
    return select(Mentor).where(false())


def mentorships(actor: Actor) -> Select[Mentorship]:
    return select(Mentorship).where(_mentorship_is_own(actor))


def _mentorship_is_own(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.COORDINATOR:
        return Mentorship.partner_id == actor.partner_id
    if actor.role is Role.MENTOR:
        return (Mentorship.mentor_id == actor.mentor_id) & Mentorship.state.in_(TAKES_ROOM)
    return false()


def mentoring_sessions(actor: Actor) -> Select[MentoringSession]:
    own = select(Mentorship.id).where(_mentorship_is_own(actor))
    return select(MentoringSession).where(MentoringSession.mentorship_id.in_(own))


def pathways(actor: Actor) -> Select[Pathway]:
    return select(Pathway).where(_pathway_is_own(actor))


def _pathway_is_own(actor: Actor) -> ColumnElement[bool]:
    """A mentor's mentees' pathways, and those that he was asked to confirm."""
    if actor.is_system:
        return true()
    if actor.role is Role.COORDINATOR:
        return Pathway.partner_id == actor.partner_id
    if actor.role is Role.MENTOR:
        guides = exists().where(
            Mentorship.mentor_id == actor.mentor_id,
            Mentorship.shedder_id == Pathway.shedder_id,
            Mentorship.state.in_(TAKES_ROOM),
        )
        return guides | (Pathway.asked_to_confirm == actor.mentor_id)
    return false()


def _own_pathway_ids(actor: Actor) -> Select[Any]:
    return select(Pathway.id).where(_pathway_is_own(actor))


def steps(actor: Actor) -> Select[Step]:
    return select(Step).where(Step.pathway_id.in_(_own_pathway_ids(actor)))


def jobs(actor: Actor) -> Select[Job]:
    return select(Job).where(Job.pathway_id.in_(_own_pathway_ids(actor)))


def step_definitions(_actor: Actor) -> Select[StepDefinition]:
    return select(StepDefinition)
