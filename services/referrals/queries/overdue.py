"""Answers that are overdue: the promised day is past, and the clock does not stand still."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from services.referrals.domain.lifecycles import AWAITING_ANSWER
from services.referrals.models import Referral


def is_overdue(today: date) -> ColumnElement[bool]:
    """That the answer to a referral is overdue."""
    return and_(
        Referral.state.in_(AWAITING_ANSWER),
        Referral.clock_stopped_on.is_(None),
        Referral.answer_due_on < today,
    )


def overdue_answers(session: Session, today: date) -> int:
    """How many answers are overdue."""
    return session.scalar(select(func.count()).select_from(Referral).where(is_overdue(today))) or 0
