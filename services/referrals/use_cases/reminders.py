"""Reminding who is to act on a referral: a coordinator presses once, and the registry tells whoever it is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import AWAITING_ANSWER, ReferralState
from services.referrals.models import Referral, Reminder
from services.referrals.queries import visible
from services.referrals.queries.overdue import waits_for_sender
from services.referrals.settings import Work
from services.referrals.use_cases.answer_link_words import Why
from services.referrals.use_cases.answer_links import give_answer_link
from services.referrals.use_cases.steps import told_of
from shared.database.finding import find
from shared.errors import Conflict, Duplicate


def remind_of_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Remind who is to act: the organisation whose answer is overdue, or the ambassador, once a day."""
    referral = find(work.session, visible.referrals(work.actor), referral_id, for_change=True)
    work.require(may.REMIND)
    whom = _who_is_to_act(work, referral)
    if referral.reminded_on == work.today:
        raise Duplicate(
            "A reminder of this was sent today. The next one can be sent tomorrow.",
            reminded_on=work.today.isoformat(),
        )
    work.session.add(
        Reminder(
            referral_id=referral.id,
            reminded_on=work.today,
            reminded_at=work.now,
            reminded_by=work.actor.id,
            whom=whom,
        )
    )
    work.record("referral.reminded", referral.id, told_of(referral, work.today) | {"whom": whom})
    if whom is Side.ORGANISATION:
        give_answer_link(work, referral, Why.REMINDED)
    work.session.flush()
    work.session.refresh(referral, ["reminded_on", "reminded_whom"])
    return referral


def _who_is_to_act(work: Work, referral: Referral) -> Side:
    """Raises `Conflict` where nobody is, or the coordinators themselves."""
    if referral.state in AWAITING_ANSWER and referral.clock.is_overdue(work.today):
        return Side.ORGANISATION
    asked_back = select(Referral.id).where(Referral.id == referral.id, waits_for_sender())
    if referral.state is not ReferralState.DRAFT and work.session.scalar(asked_back) is None:
        raise Conflict("This referral waits for nobody: no answer is overdue, and no question is open.")
    if referral.owner_id is None:
        raise Conflict("This referral has no ambassador: it waits for the coordinators themselves.")
    return Side.SENDER
