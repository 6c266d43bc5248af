"""What each caller may see: every statement that finds or lists begins with one of these.

A thing that is left out here is not found (404), not counted and not listed, for that caller.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session

from services.mentoring.domain.lifecycles import TAKES_ROOM, MentorshipState
from services.mentoring.models import (
    KNOWN,
    Job,
    KnownConsent,
    KnownMembership,
    KnownShed,
    Mentor,
    MentoringSession,
    Mentorship,
    Pathway,
    Step,
    StepDefinition,
)
from shared.actor import Actor, Role
from shared.database.finding import by_emergency
from shared.erased import not_erased


def mentors(actor: Actor) -> Select[Mentor]:
    """A mentor himself; a coordinator his partner's, and those of his countries who have no partner."""
    if actor.is_system:
        return select(Mentor)
    if actor.role is Role.COORDINATOR or (actor.role is Role.INTEGRATOR and actor.partner_id is not None):
        countries = select(KnownShed.country).where(KnownShed.partner_id == actor.partner_id)
        unattached = Mentor.partner_id.is_(None) & Mentor.country.in_(countries)
        return select(Mentor).where(or_(Mentor.partner_id == actor.partner_id, unattached))
    if actor.role is Role.MENTOR:
        return select(Mentor).where(Mentor.id == actor.mentor_id, Mentor.left_on.is_(None))
    return select(Mentor).where(false())


def mentors_by_name(actor: Actor) -> Select[Mentor]:
    """Who makes accounts must know for whom: all of them, those who left too, by name and place."""
    return select(Mentor).where(true() if actor.role is Role.ADMINISTRATOR else false())


def mentorships(actor: Actor) -> Select[Mentorship]:
    """Those whom the caller stands in a relation to; what is about an erased man is known to nobody."""
    return select(Mentorship).where(_mentorship_is_own(actor), not_erased(Mentorship.shedder_id))


def _mentorship_is_own(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.COORDINATOR:
        return (Mentorship.partner_id == actor.partner_id) | by_emergency(actor, Mentorship.shedder_id)
    if actor.role is Role.MENTOR:
        return _guides(actor)
    return false()


def _guides(actor: Actor) -> ColumnElement[bool]:
    """That a mentorship is this mentor's, has not ended, and he has not left."""
    serves = exists().where(Mentor.id == actor.mentor_id, Mentor.left_on.is_(None))
    return (Mentorship.mentor_id == actor.mentor_id) & Mentorship.state.in_(TAKES_ROOM) & serves


def mentoring_sessions(actor: Actor) -> Select[MentoringSession]:
    own = select(Mentorship.id).where(_mentorship_is_own(actor), not_erased(Mentorship.shedder_id))
    return select(MentoringSession).where(MentoringSession.mentorship_id.in_(own))


def pathways(actor: Actor) -> Select[Pathway]:
    """A mentor's mentees' pathways, and those that he was asked to confirm, for as long as he is asked."""
    seen = _pathway_is_own(actor) | _is_asked(actor)
    return select(Pathway).where(seen, not_erased(Pathway.shedder_id))


def guided_pathways(actor: Actor) -> Select[Pathway]:
    """The pathways on which the caller may do more than look and confirm."""
    return select(Pathway).where(_pathway_is_own(actor), not_erased(Pathway.shedder_id))


def _pathway_is_own(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.COORDINATOR:
        return (Pathway.partner_id == actor.partner_id) | by_emergency(actor, Pathway.shedder_id)
    if actor.role is Role.MENTOR:
        return exists().where(Mentorship.shedder_id == Pathway.shedder_id, _guides(actor))
    return false()


def _is_asked(actor: Actor) -> ColumnElement[bool]:
    """That a mentor who has not left was asked to confirm a man's readiness."""
    if actor.role is not Role.MENTOR:
        return false()
    serves = exists().where(Mentor.id == actor.mentor_id, Mentor.left_on.is_(None))
    return (Pathway.asked_to_confirm == actor.mentor_id) & serves


def steps(actor: Actor) -> Select[Step]:
    seen = pathways(actor).with_only_columns(Pathway.id)
    return select(Step).where(Step.pathway_id.in_(seen))


def jobs(actor: Actor) -> Select[Job]:
    """Who only confirms readiness needs to know of no employer."""
    guided = guided_pathways(actor).with_only_columns(Pathway.id)
    return select(Job).where(Job.pathway_id.in_(guided))


def waiting(actor: Actor, today: date) -> Select[KnownConsent]:
    """The consents of the men who wait for a mentor: they are of the partner's sheds, and have none.

    Whose mentorship reached its aim does not wait; whose match came to nothing, or was stopped, waits again.
    """
    here = (
        select(KnownMembership.shedder_id)
        .join(KnownShed, KnownShed.shed_id == KnownMembership.shed_id)
        .where(KnownShed.partner_id == actor.partner_id, KnownMembership.left_on.is_(None))
    )
    guided = select(Mentorship.shedder_id).where(
        Mentorship.state.in_(TAKES_ROOM | {MentorshipState.COMPLETED})
    )
    return select(KnownConsent).where(
        *KNOWN.active("mentoring", today),
        KnownConsent.shedder_id.in_(here),
        KnownConsent.shedder_id.not_in(guided),
        not_erased(KnownConsent.shedder_id),
    )


def step_definitions(_actor: Actor) -> Select[StepDefinition]:
    return select(StepDefinition)


def knows_man(session: Session, actor: Actor, shedder_id: UUID) -> bool:
    """A coordinator knows the men who belong, or belonged, to a shed of his partner."""
    return actor.role is Role.COORDINATOR and KNOWN.is_known_to(session, shedder_id, actor.partner_id)
