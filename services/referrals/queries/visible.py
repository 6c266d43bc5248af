"""What each caller may see: every statement that finds or lists begins with one of these.

A thing that is left out here is not found (404), not counted and not listed, for that caller.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, select, true
from sqlalchemy.orm import Session, joinedload

from services.referrals.domain.permissions import speaks_as
from services.referrals.models import (
    KNOWN,
    Appointment,
    CareService,
    KnownAmbassador,
    KnownAmbassadorShed,
    KnownMembership,
    KnownShed,
    Location,
    Organisation,
    Question,
    Referral,
)
from shared.actor import Actor, Role
from shared.database.finding import by_emergency, of_caller
from shared.erased import not_erased


def organisations(_actor: Actor) -> Select[Organisation]:
    """The directory is no secret to anyone who may ask for it."""
    return select(Organisation)


@of_caller
def care_services(_actor: Actor) -> Select[CareService]:
    return select(CareService)


def locations(_actor: Actor) -> Select[Location]:
    return select(Location)


@of_caller
def referrals(actor: Actor) -> Select[Referral]:
    """Those whom the caller stands in a relation to; what is about an erased man is known to nobody."""
    return select(Referral).where(_may_see(actor), not_erased(Referral.shedder_id))


@of_caller
def referrals_with_outcomes(actor: Actor) -> Select[Referral]:
    """The same, each read whole in one statement: for reading one, neither to lock it nor to list many."""
    return referrals(actor).options(joinedload(Referral.outcomes))


def _may_see(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.AMBASSADOR:
        served = own_sheds(actor).with_only_columns(KnownShed.shed_id)
        return (Referral.owner_id == actor.ambassador_id) & Referral.shed_id.in_(served)
    if actor.role is Role.COORDINATOR:
        return (Referral.partner_id == actor.partner_id) | by_emergency(actor, Referral.shedder_id)
    if speaks_as(actor) is Role.CARE_WORKER:
        # What was never sent, nobody at the organisation knows of.
        addressed = Referral.organisation_id == actor.organisation_id
        return addressed & Referral.requested_on.is_not(None)
    return false()


def is_own(actor: Actor) -> ColumnElement[bool]:
    """That the caller answers for a referral himself; a coordinator, for what has no ambassador."""
    return Referral.owner_id == (actor.ambassador_id if actor.role is Role.AMBASSADOR else None)


def _has_not_left(actor: Actor) -> ColumnElement[bool]:
    return ~exists().where(
        KnownAmbassador.ambassador_id == actor.ambassador_id, KnownAmbassador.left_on.is_not(None)
    )


def appointments(actor: Actor) -> Select[Appointment]:
    return select(Appointment).where(Appointment.referral_id.in_(_referral_ids(actor)))


def questions(actor: Actor) -> Select[Question]:
    return select(Question).where(Question.referral_id.in_(_referral_ids(actor)))


def _referral_ids(actor: Actor) -> Select[Any]:
    return select(Referral.id).where(_may_see(actor), not_erased(Referral.shedder_id))


def own_sheds(actor: Actor) -> Select[KnownShed]:
    """The sheds from which the caller may refer."""
    if actor.is_system:
        return select(KnownShed)
    if actor.role is Role.COORDINATOR:
        return select(KnownShed).where(KnownShed.partner_id == actor.partner_id)
    serves = select(KnownAmbassadorShed.shed_id).where(
        KnownAmbassadorShed.ambassador_id == actor.ambassador_id
    )
    return select(KnownShed).where(
        KnownShed.shed_id.in_(serves), KnownShed.closed_on.is_(None), _has_not_left(actor)
    )


def own_sheds_of(actor: Actor, shedder_id: Any) -> Select[KnownShed]:
    """Of those sheds, the ones that a man belongs to now, the one he joined last first."""
    return (
        own_sheds(actor)
        .join(KnownMembership, KnownMembership.shed_id == KnownShed.shed_id)
        .where(KnownMembership.shedder_id == shedder_id, KnownMembership.left_on.is_(None))
        .order_by(KnownMembership.joined_on.desc(), KnownShed.shed_id)
    )


def knows_man(session: Session, actor: Actor, shedder_id: UUID) -> bool:
    """A coordinator knows the men who belong, or belonged, to a shed of his partner."""
    return actor.role is Role.COORDINATOR and KNOWN.is_known_to(session, shedder_id, actor.partner_id)
