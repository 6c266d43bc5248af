"""Whom a referral waits for: the organisation, whose answer is overdue, or who sent it.

An answer is overdue when the promised day is past and the clock does not stand still.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from services.referrals.domain.lifecycles import AWAITING_ANSWER, DAYS_TO_SEND_ON, LIVE, SENDABLE_ON
from services.referrals.models import Referral
from services.referrals.models.questions import UNANSWERED


def is_overdue(today: date) -> ColumnElement[bool]:
    """That the answer to a referral is overdue."""
    return and_(
        Referral.state.in_(AWAITING_ANSWER),
        Referral.clock_stopped_on.is_(None),
        Referral.answer_due_on < today,
    )


def waits_for_sender() -> ColumnElement[bool]:
    """That the organisation asked something, and nobody has answered yet."""
    return exists().where(UNANSWERED) & Referral.state.in_(LIVE)


def waits_to_be_sent_on(today: date) -> ColumnElement[bool]:
    """That it came to nothing not long ago and no other follows it: he hears of it, and may go elsewhere."""
    later = aliased(Referral)
    is_followed = exists().where(later.follows_id == Referral.id)
    since = today - timedelta(days=DAYS_TO_SEND_ON)
    return and_(Referral.state.in_(SENDABLE_ON), Referral.ended_on >= since, ~is_followed)


def overdue_answers(session: Session, today: date) -> int:
    """How many answers are overdue."""
    return session.scalar(select(func.count()).select_from(Referral).where(is_overdue(today))) or 0
