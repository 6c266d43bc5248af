"""Who may stand in for whom, whose cover a caller may name, and which covers he sees.

The rule who may stand in is one statement. Naming, listing, taking up and every later request go by it, so
that whoever leaves, changes or is closed stands in no more from that moment.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select

from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Ambassador, Cover, MentorFact
from shared.actor import COVERED, SPEAKS_FOR, Actor, Role


def stand_ins(absent: Account, today: date) -> Select[Account]:
    """Those who may act for somebody: another person of his role, active, who could do his work.

    For an ambassador one of his partner who has not left, for a care worker one of his organisation, for a
    mentor another one, of his partner or of none, whose training and VOG are in order as far as we know.
    """
    if absent.role not in COVERED or getattr(absent, SPEAKS_FOR[absent.role]) is None:
        return select(Account).where(false())
    return select(Account).where(
        Account.role == absent.role,
        Account.state == AccountState.ACTIVE,
        Account.id != absent.id,
        _could_do_his_work(absent, today),
    )


def _could_do_his_work(absent: Account, today: date) -> ColumnElement[bool]:
    if absent.role is Role.CARE_WORKER:
        return Account.organisation_id == absent.organisation_id
    if absent.role is Role.AMBASSADOR:
        return Account.ambassador_id.in_(fellow_ambassadors(absent.ambassador_id))
    return Account.mentor_id.in_(fellow_mentors(absent.mentor_id, today))


def fellow_ambassadors(ambassador_id: UUID | None) -> Select[UUID]:
    """The others of his partner who have not left."""
    himself = Ambassador.id == ambassador_id
    own = select(Ambassador.partner_id).where(himself)
    return select(Ambassador.id).where(Ambassador.partner_id.in_(own), Ambassador.left_on.is_(None), ~himself)


def fellow_mentors(mentor_id: UUID | None, today: date) -> Select[UUID]:
    """The others of his partner or of none, whose training and VOG are in order."""
    of = select(MentorFact.partner_id).where(MentorFact.mentor_id == mentor_id).scalar_subquery()
    return select(MentorFact.mentor_id).where(
        MentorFact.in_order_until >= today,
        MentorFact.mentor_id != mentor_id,
        or_(MentorFact.partner_id.is_(None), MentorFact.partner_id == of),
    )


def covered(actor: Actor) -> Select[Account]:
    """For whom the caller may name a stand-in: himself; a coordinator for his ambassadors and mentors."""
    return select(Account).where(_answers_for(actor), Account.state == AccountState.ACTIVE)


def _answers_for(actor: Actor) -> ColumnElement[bool]:
    if actor.role in COVERED:
        return (Account.id == actor.id) & (Account.role == actor.role)
    if actor.role is not Role.COORDINATOR:
        return false()
    ambassadors = select(Ambassador.id).where(Ambassador.partner_id == actor.partner_id)
    # A mentor of no partner may guide men of several: he names his stand-in himself.
    mentors = select(MentorFact.mentor_id).where(MentorFact.partner_id == actor.partner_id)
    return or_(
        (Account.role == Role.AMBASSADOR) & Account.ambassador_id.in_(ambassadors),
        (Account.role == Role.MENTOR) & Account.mentor_id.in_(mentors),
    )


def covers(actor: Actor) -> Select[Cover]:
    """One's own, as absent or as stand-in; a coordinator those of the people he may name one for."""
    answers_for = select(Account.id).where(_answers_for(actor))
    own = Cover.stand_in_account_id == actor.id
    return select(Cover).where(or_(Cover.absent_account_id.in_(answers_for), own))
