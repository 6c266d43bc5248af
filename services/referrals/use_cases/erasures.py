"""Erasing what referrals holds on a man (DOMAIN: Rule 4)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.referrals.domain.codes import WithdrawReason
from services.referrals.domain.lifecycles import OPEN, REFERRAL, ReferralAction
from services.referrals.domain.personal_data import PERSONAL_DATA
from services.referrals.models import Base, Referral
from services.referrals.settings import Work
from services.referrals.use_cases.steps import take_step
from shared import erased
from shared.erasing import Held

HELD = Held(Base.metadata, PERSONAL_DATA)


def erase(work: Work, shedder_id: UUID, erased_on: date) -> None:
    """Withdraw his open referrals, then erase every word about him. Doing it again changes nothing."""
    erased.remember(work.session, shedder_id, erased_on)
    still_open = select(Referral).where(Referral.shedder_id == shedder_id, Referral.state.in_(OPEN))
    for referral in work.session.scalars(still_open.order_by(Referral.id).with_for_update()).all():
        step = REFERRAL.transition(referral.state, ReferralAction.WITHDRAW)
        take_step(work, referral, step, reason=WithdrawReason.PARTICIPANT_ERASED)
    HELD.erase(work.session, shedder_id, erased_on)
