"""Days promised against days really taken: what a referrer must know first."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.referrals.models import CareService, Referral

LAST_ANSWERS = 50


def with_days_taken(session: Session, services: Sequence[CareService]) -> Sequence[CareService]:
    """Set on each service `days_taken` and `answers_counted`: the median of its last 50 answers."""
    taken = _last_answers(session, [service.id for service in services])
    for service in services:
        days = taken.get(service.id, [])
        service.days_taken = float(median(days)) if days else None  # type: ignore[attr-defined]
        service.answers_counted = len(days)  # type: ignore[attr-defined]
    return services


def _last_answers(session: Session, service_ids: Sequence[Any]) -> dict[Any, list[int]]:
    nth = func.row_number().over(
        partition_by=Referral.service_id, order_by=(Referral.answered_on.desc(), Referral.id.desc())
    )
    answered = (
        select(Referral.service_id, Referral.answer_days, nth.label("nth"))
        .where(Referral.service_id.in_(service_ids), Referral.answer_days.is_not(None))
        .subquery()
    )
    recent = select(answered.c.service_id, answered.c.answer_days).where(answered.c.nth <= LAST_ANSWERS)
    days: dict[Any, list[int]] = {}
    for service_id, taken in session.execute(recent):
        days.setdefault(service_id, []).append(taken)
    return days
