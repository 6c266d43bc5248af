"""Taking a step in a referral's lifecycle: state, history and event together, whatever the step is."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.referrals.domain.lifecycles import OPEN, REFERRAL, ReferralAction, ReferralState
from services.referrals.models import Referral
from services.referrals.queries import visible
from services.referrals.settings import Work
from services.referrals.use_cases.appointment_steps import cancel_those_to_come
from shared.clock import noon
from shared.database.finding import find
from shared.history import HistoryEntry, entry
from shared.lifecycle import Transition

ANSWERS = frozenset({ReferralAction.ACCEPT, ReferralAction.WAITLIST, ReferralAction.DECLINE})


def to_step(work: Work, referral_id: UUID, action: ReferralAction) -> tuple[Referral, Transition]:
    """The referral, locked, and the row of the step: may he see it, may he do it, may it be done now."""
    referral = find(work.session, visible.referrals(work.actor), referral_id, for_change=True)
    return referral, work.step(REFERRAL, referral, action)


def take_step(
    work: Work,
    referral: Referral,
    step: Transition,
    *,
    reason: StrEnum | None = None,
    remark: str | None = None,
    told: dict[str, Any] | None = None,
) -> Referral:
    """Move the referral, keep who did it and why, and tell the other services."""
    work.session.add(advance(work, referral, step, reason=reason, remark=remark, told=told))
    if referral.state not in OPEN:
        work.session.flush()
        cancel_those_to_come(work, referral)
    return referral


def advance(
    work: Work,
    referral: Referral,
    step: Transition,
    *,
    reason: StrEnum | None = None,
    remark: str | None = None,
    on: date | None = None,
    told: dict[str, Any] | None = None,
) -> HistoryEntry:
    """The step itself, on a referral in hand: its new state, its history, its event. Asks no database.

    `on` is the day of a step in the past; its hour is not known, so its history says noon.
    """
    day = on or work.today
    source = referral.state
    referral.state = ReferralState(step.target)
    referral.ended_on = None if referral.state in OPEN else day
    referral.coded_reason = reason.value if reason else None
    if step.action is ReferralAction.ACCEPT:
        referral.accepted_on = day
    if step.action in ANSWERS:
        _stop_waiting_for_answer(referral, day)
    work.record(step.event, referral.id, told_of(referral, day) | (told or {}))
    at = noon(on, work.now) if on else work.now
    by_link = {"by_link": True} if work.actor.by_link else None
    return entry(work, referral.id, step, source, reason=reason, remark=remark, details=by_link, at=at)


def _stop_waiting_for_answer(referral: Referral, day: date) -> None:
    """The first answer decides how many days it took."""
    if referral.answered_on is None and referral.requested_on is not None:
        referral.answer_days = referral.clock.days_taken(referral.requested_on, day)
        referral.answered_on = day
    if referral.clock_stopped_on is not None:
        referral.clock = referral.clock.resume(day)


def told_of(referral: Referral, on: date) -> dict[str, Any]:
    """What every event of a referral tells."""
    return {
        "referral_id": referral.id,
        "shedder_id": referral.shedder_id,
        "shed_id": referral.shed_id,
        "ambassador_id": referral.owner_id,
        "organisation_id": referral.organisation_id,
        "service_id": referral.service_id,
        "need_category": referral.need_category,
        "urgency": referral.urgency,
        "state": referral.state,
        "reason": referral.coded_reason,
        "on": on,
        "requested_on": referral.requested_on,
        "answered_on": referral.answered_on,
        "answer_days": referral.answer_days,
        "promised_days": referral.promised_days,
        "follows_id": referral.follows_id,
    }
