"""What each caller may see: every statement that finds or lists begins with one of these.

A thing that is left out here is not found (404), not counted and not listed, for that caller.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from services.registry.models import (
    Activity,
    Ambassador,
    AmbassadorShed,
    Consent,
    Membership,
    MentorshipFact,
    Partner,
    Session,
    Shed,
    Shedder,
)
from shared.actor import Actor, Role

GUIDED = ("proposed", "active", "paused")
"""The states of a mentorship in which a mentor may know his mentee."""


def _own_shed_ids(actor: Actor) -> Select[Any]:
    """The sheds of an ambassador who has not left, or of a coordinator's partner."""
    if actor.role is Role.AMBASSADOR:
        return (
            select(AmbassadorShed.shed_id)
            .join(Ambassador, Ambassador.id == AmbassadorShed.ambassador_id)
            .where(
                AmbassadorShed.ambassador_id == actor.ambassador_id,
                AmbassadorShed.until.is_(None),
                Ambassador.left_on.is_(None),
            )
        )
    if actor.role is Role.COORDINATOR:
        return select(Shed.id).where(Shed.partner_id == actor.partner_id)
    return select(Shed.id).where(true() if actor.is_system else false())


def partners(_actor: Actor) -> Select[Partner]:
    """Partners are no secret to anyone who may ask for them."""
    return select(Partner)


def sheds(actor: Actor) -> Select[Shed]:
    """A shed is known to its people; evaluators, administrators and integrators may name any."""
    if actor.role in (Role.EVALUATOR, Role.ADMINISTRATOR, Role.INTEGRATOR):
        return select(Shed)
    return own_sheds(actor)


def own_sheds(actor: Actor) -> Select[Shed]:
    """The sheds in which the caller may do something."""
    return select(Shed).where(Shed.id.in_(_own_shed_ids(actor)))


def ambassadors(actor: Actor) -> Select[Ambassador]:
    if actor.is_system:
        return select(Ambassador)
    if actor.role is Role.COORDINATOR:
        return select(Ambassador).where(Ambassador.partner_id == actor.partner_id)
    return select(Ambassador).where(Ambassador.id == actor.ambassador_id, Ambassador.left_on.is_(None))


def shedders(actor: Actor) -> Select[Shedder]:
    return select(Shedder).where(_may_know(actor))


def _may_know(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.MENTOR:
        mentees = select(MentorshipFact.shedder_id).where(
            MentorshipFact.mentor_id == actor.mentor_id, MentorshipFact.state.in_(GUIDED)
        )
        return Shedder.id.in_(mentees)
    belongs = select(Membership.shedder_id).where(Membership.shed_id.in_(_own_shed_ids(actor)))
    return Shedder.id.in_(belongs)


def consents(actor: Actor) -> Select[Consent]:
    return select(Consent).where(Consent.shedder_id.in_(_known_ids(actor)))


def _known_ids(actor: Actor) -> Select[Any]:
    return select(Shedder.id).where(_may_know(actor))


def activities(actor: Actor) -> Select[Activity]:
    return select(Activity).where(Activity.shed_id.in_(_own_shed_ids(actor)))


def sessions(actor: Actor) -> Select[Session]:
    return select(Session).where(Session.shed_id.in_(_own_shed_ids(actor)))


def timeline_entries(actor: Actor, entry: type[object]) -> ColumnElement[bool]:
    """An ambassador sees of referrals only his own; the rest of a man's timeline he shares."""
    if actor.role is not Role.AMBASSADOR:
        return true()
    about_care = or_(
        entry.what.like("referral.%"),  # type: ignore[attr-defined]
        entry.what.like("appointment.%"),  # type: ignore[attr-defined]
    )
    own = entry.ambassador_id == actor.ambassador_id  # type: ignore[attr-defined]
    return or_(~about_care, own)
