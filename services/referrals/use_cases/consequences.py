"""What follows in referrals from what happened elsewhere, or from time passing (docs/rules.md, 1 and 5)."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from services.referrals.domain.codes import WithdrawReason
from services.referrals.domain.lifecycles import AWAITING_ANSWER, OPEN, REFERRAL, ReferralAction
from services.referrals.models import (
    KNOWN,
    KnownAmbassador,
    KnownAmbassadorShed,
    KnownShed,
    Referral,
)
from services.referrals.settings import Work
from services.referrals.use_cases.steps import take_step, told_of

EXPIRE_AT_ONCE = 100


def end_for_withdrawn_consent(
    work: Work, shedder_id: UUID, organisation_id: UUID, withdrawn_on: date
) -> None:
    """Withdraw his open referrals to that recipient, and hide from it what was disclosed in all of them."""
    if KNOWN.consents(work.session, shedder_id, "referral", organisation_id, work.today):
        return
    touched = _locked(
        select(Referral).where(
            Referral.shedder_id == shedder_id,
            Referral.organisation_id == organisation_id,
            Referral.consent_withdrawn_on.is_(None),
        )
    )
    for referral in work.session.scalars(touched).all():
        referral.consent_withdrawn_on = withdrawn_on
        if referral.state in OPEN:
            step = REFERRAL.transition(referral.state, ReferralAction.WITHDRAW)
            take_step(work, referral, step, reason=WithdrawReason.CONSENT_WITHDRAWN)


def inherit_from_shed(work: Work, shed_id: UUID) -> None:
    """A shed closed: the coordinator of its partner takes over the referrals that are open there."""
    _inherit(work, select(Referral).where(Referral.shed_id == shed_id))


def inherit_from_ambassador(work: Work, ambassador_id: UUID, shed_id: UUID | None = None) -> None:
    """An ambassador has gone, or serves a shed no more: the coordinator takes over his open referrals."""
    his = select(Referral).where(Referral.owner_id == ambassador_id)
    _inherit(work, his if shed_id is None else his.where(Referral.shed_id == shed_id))


def inherit_if_ownerless(work: Work, referral: Referral) -> None:
    """A referral comes alive again: if who sent it has gone meanwhile, the coordinator answers for it."""
    if referral.owner_id is None:
        return
    shed = work.session.get_one(KnownShed, referral.shed_id)
    serves = work.session.get(KnownAmbassadorShed, (referral.owner_id, referral.shed_id))
    known = work.session.get(KnownAmbassador, referral.owner_id)
    if shed.closed_on is not None or serves is None or known is None or known.left_on is not None:
        _take_over(work, referral)


def expire_overdue(work: Work) -> int:
    """Expire referrals whose answer is overdue by the configured days; say how many."""
    last_due_day = work.today - timedelta(days=work.settings.expire_after_days + 1)
    overdue = (
        select(Referral)
        .where(
            Referral.state.in_(AWAITING_ANSWER),
            Referral.clock_stopped_on.is_(None),
            Referral.answer_due_on <= last_due_day,
        )
        .order_by(Referral.answer_due_on, Referral.id)
        .limit(EXPIRE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    referrals = work.session.scalars(overdue).all()
    for referral in referrals:
        take_step(work, referral, REFERRAL.transition(referral.state, ReferralAction.EXPIRE))
    return len(referrals)


def _inherit(work: Work, owned: Select[Referral]) -> None:
    statement = _locked(owned.where(Referral.state.in_(OPEN), Referral.owner_id.is_not(None)))
    for referral in work.session.scalars(statement).all():
        _take_over(work, referral)


def _take_over(work: Work, referral: Referral) -> None:
    referral.owner_id = None
    work.session.flush()
    work.record("referral.inherited", referral.id, told_of(referral, work.today))


def _locked(statement: Select[Referral]) -> Select[Referral]:
    return statement.order_by(Referral.id).with_for_update()
