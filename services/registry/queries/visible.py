"""What each caller may see: every statement that finds or lists begins with one of these.

A thing that is left out here is not found (404), not counted and not listed, for that caller.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import Session as DatabaseSession

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import (
    Account,
    Activity,
    Ambassador,
    AmbassadorShed,
    Attendance,
    Client,
    Consent,
    EmergencyAccess,
    Erasure,
    LegalHold,
    Membership,
    MentorshipFact,
    Partner,
    Passkey,
    ReferralFact,
    Session,
    Shed,
    Shedder,
    SignIn,
    TimelineEntry,
)
from services.registry.settings import Settings
from shared.actor import Actor, Role
from shared.database.finding import by_emergency

GUIDED = ("proposed", "active", "paused")
"""The states of a mentorship in which a mentor may know his mentee."""

OF_A_PARTNER = (Role.COORDINATOR, Role.INTEGRATOR)
"""Who speaks for a partner; a client that speaks for none has none of its things."""


def _own_shed_ids(actor: Actor) -> Select[Any]:
    """The open sheds of an ambassador who has not left, or all of the partner that one speaks for."""
    if actor.role is Role.AMBASSADOR:
        return (
            select(AmbassadorShed.shed_id)
            .join(Ambassador, Ambassador.id == AmbassadorShed.ambassador_id)
            .join(Shed, Shed.id == AmbassadorShed.shed_id)
            .where(
                AmbassadorShed.ambassador_id == actor.ambassador_id,
                AmbassadorShed.until.is_(None),
                Ambassador.left_on.is_(None),
                Shed.closed_on.is_(None),
            )
        )
    if actor.role in OF_A_PARTNER:
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
    if actor.role in OF_A_PARTNER:
        return select(Ambassador).where(Ambassador.partner_id == actor.partner_id)
    return select(Ambassador).where(Ambassador.id == actor.ambassador_id, Ambassador.left_on.is_(None))


def ambassadors_by_name(actor: Actor) -> Select[Ambassador]:
    """Who makes accounts must know for whom: all of them, those who left too, by name and sheds."""
    return select(Ambassador).where(true() if actor.role is Role.ADMINISTRATOR else false())


def shedders(actor: Actor) -> Select[Shedder]:
    """Those whom the caller stands in a relation to; who was erased is known to nobody."""
    return select(Shedder).where(_may_know(actor), Shedder.erased_on.is_(None))


def own_shedders(actor: Actor) -> Select[Shedder]:
    """Those whom he would see without emergency access: the men of a list or a search, which names none."""
    return shedders(actor.without_emergency())


def knows_man(session: DatabaseSession, actor: Actor, shedder_id: UUID) -> bool:
    return (
        session.scalar(shedders(actor).where(Shedder.id == shedder_id).with_only_columns(Shedder.id))
        is not None
    )


def _may_know(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return true()
    if actor.role is Role.MENTOR:
        mentees = select(MentorshipFact.shedder_id).where(
            MentorshipFact.mentor_id == actor.mentor_id, MentorshipFact.state.in_(GUIDED)
        )
        return Shedder.id.in_(mentees)
    belongs = _members_of(actor)
    if actor.role is Role.AMBASSADOR:
        # Who left the shed is no man of his any more; a coordinator still answers for him.
        belongs = belongs.where(Membership.left_on.is_(None))
    return Shedder.id.in_(belongs) | by_emergency(actor, Shedder.id)


def _members_of(actor: Actor) -> Select[Any]:
    """The men who belong, or belonged, to the caller's sheds."""
    return select(Membership.shedder_id).where(Membership.shed_id.in_(_own_shed_ids(actor)))


def consents(actor: Actor) -> Select[Consent]:
    return select(Consent).where(Consent.shedder_id.in_(_known_ids(actor)))


def _known_ids(actor: Actor) -> Select[Any]:
    return select(Shedder.id).where(_may_know(actor), Shedder.erased_on.is_(None))


def erasures(actor: Actor) -> Select[Erasure]:
    """A coordinator follows those of his partner's men to their end; an administrator all, by id."""
    if actor.is_system or actor.role is Role.ADMINISTRATOR:
        return select(Erasure)
    if actor.role is not Role.COORDINATOR:
        return select(Erasure).where(false())
    return select(Erasure).where(Erasure.shedder_id.in_(_members_of(actor)))


def holds(actor: Actor) -> Select[LegalHold]:
    return select(LegalHold).where(true() if actor.is_system or actor.role is Role.ADMINISTRATOR else false())


def emergency_accesses(actor: Actor) -> Select[EmergencyAccess]:
    """A coordinator his own; an administrator all, by id."""
    if actor.is_system or actor.role is Role.ADMINISTRATOR:
        return select(EmergencyAccess)
    if actor.role is not Role.COORDINATOR:
        return select(EmergencyAccess).where(false())
    return select(EmergencyAccess).where(EmergencyAccess.account_id == actor.id)


def clients(actor: Actor) -> Select[Client]:
    return select(Client).where(true() if actor.is_system or actor.role is Role.ADMINISTRATOR else false())


def accounts(actor: Actor) -> Select[Account]:
    """Those who keep the accounts see them all; anybody else sees his own, and by another way."""
    return select(Account).where(true() if actor.is_system or actor.role is Role.ADMINISTRATOR else false())


def own_account(actor: Actor) -> Select[Account]:
    return select(Account).where(Account.id == actor.id, Account.state == AccountState.ACTIVE)


def own_sign_ins(actor: Actor, now: datetime, settings: Settings) -> Select[SignIn]:
    """Those of the caller's own that still stand."""
    return select(SignIn).where(SignIn.account_id == actor.id, *not_over(now, settings))


def own_passkeys(actor: Actor) -> Select[Passkey]:
    return select(Passkey).where(Passkey.account_id == actor.id)


def not_over(now: datetime, settings: Settings) -> tuple[ColumnElement[bool], ...]:
    """That a sign-in was not ended, is neither idle nor too old, and came by a way that is still open."""
    only_openid = settings.openid is not None and settings.openid.only
    return (
        *([SignIn.method == SignInMethod.OPENID] if only_openid else []),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > now - settings.sign_in_idle,
        SignIn.started_at > now - settings.sign_in_longest,
    )


def activities(actor: Actor) -> Select[Activity]:
    return select(Activity).where(Activity.shed_id.in_(_own_shed_ids(actor)))


def sessions(actor: Actor) -> Select[Session]:
    return select(Session).where(Session.shed_id.in_(_own_shed_ids(actor)))


def sessions_of(actor: Actor, shedder_id: UUID) -> Select[Session]:
    """The sessions that a man came to; in an emergency those of any shed, and not who else was there."""
    came = select(Attendance.session_id).where(Attendance.shedder_id == shedder_id)
    seen = Session.shed_id.in_(_own_shed_ids(actor)) | by_emergency(actor, literal(shedder_id))
    return select(Session).where(Session.id.in_(came), seen)


def timeline_entries(actor: Actor) -> Select[TimelineEntry]:
    """Of care only what went out from his sheds, an ambassador's own only; the rest of it all share."""
    if actor.is_system:
        return select(TimelineEntry)
    about_care = or_(TimelineEntry.what.like("referral.%"), TimelineEntry.what.like("appointment.%"))
    own: ColumnElement[bool] = exists().where(
        ReferralFact.shedder_id == TimelineEntry.shedder_id,
        ReferralFact.shed_id.in_(_own_shed_ids(actor)),
        or_(ReferralFact.referral_id == TimelineEntry.subject_id, _is_of_this_referral()),
    )
    if actor.role is Role.AMBASSADOR:
        own &= TimelineEntry.ambassador_id == actor.ambassador_id
    return select(TimelineEntry).where(or_(~about_care, own, by_emergency(actor, TimelineEntry.shedder_id)))


def _is_of_this_referral() -> ColumnElement[bool]:
    """That an entry names the referral in its details, where a UUID is text (with dashes, or without)."""
    named = func.replace(TimelineEntry.details["referral_id"].as_string(), "-", "")
    return named == func.replace(cast(ReferralFact.referral_id, String), "-", "")
