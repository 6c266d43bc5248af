"""Taking a step in a referral's lifecycle: state, history and event together, whatever the step is."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.referrals.domain.codes import AskedBy
from services.referrals.domain.lifecycles import (
    APPOINTMENT,
    OPEN,
    REFERRAL,
    AppointmentAction,
    AppointmentState,
    ReferralAction,
    ReferralState,
)
from services.referrals.models import Appointment, AppointmentChange, Referral, ReferralTransition
from services.referrals.queries import visible
from services.referrals.settings import Work
from shared.actor import Role
from shared.database.finding import find
from shared.lifecycle import Transition, spoken

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
        _cancel_appointments_to_come(work, referral)
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
) -> ReferralTransition:
    """The step itself, on a referral in hand: its new state, its history, its event. Asks no database.

    `on` is the day of a step in the past; its hour is not known, so its history says noon.
    """
    day = on or work.today
    source = referral.state
    referral.state = ReferralState(step.target)
    referral.ended_on = None if referral.state in OPEN else day
    referral.coded_reason = reason.value if reason else None
    if step.action in ANSWERS:
        _stop_waiting_for_answer(referral, day)
    work.record(step.event, referral.id, told_of(referral, day) | (told or {}))
    return ReferralTransition(
        referral_id=referral.id,
        action=step.action,
        source=source.value,
        target=step.target.value,
        at=work.now if on is None else _at_noon(on, work.now),
        actor_id=work.actor.id,
        actor_role=work.actor.role,
        reason=referral.coded_reason,
        remark=remark,
    )


def _cancel_appointments_to_come(work: Work, referral: Referral) -> None:
    """A referral that has ended keeps nobody waiting."""
    cancel = APPOINTMENT.by_action[AppointmentAction.CANCEL]
    to_come = select(Appointment).where(
        Appointment.referral_id == referral.id, Appointment.state.in_(cancel.sources)
    )
    asked_by = {Role.CARE_WORKER: AskedBy.ORGANISATION, Role.SYSTEM: AskedBy.SHEDDER}
    for appointment in work.session.scalars(to_come).all():
        appointment.state = AppointmentState(cancel.target)
        who = asked_by.get(work.actor.role, AskedBy.SENDER)
        keep_change(work, appointment, who, f"The referral is {spoken(referral.state)}.", None)
        work.session.flush()
        work.record(
            cancel.event, appointment.id, told_of_appointment(appointment, referral) | {"asked_by": who}
        )


def keep_change(
    work: Work, appointment: Appointment, asked_by: AskedBy, why: str, to: datetime | None
) -> None:
    """Keep that an appointment was moved or (with no new time) cancelled: who asked, and why."""
    work.session.add(
        AppointmentChange(
            appointment_id=appointment.id,
            from_starts_at=appointment.starts_at,
            to_starts_at=to,
            asked_by=asked_by,
            why=why,
            at=work.now,
            actor_id=work.actor.id,
        )
    )


def told_of_appointment(appointment: Appointment, referral: Referral) -> dict[str, Any]:
    """What an event tells of an appointment: its day, no hour and no place."""
    return {
        "appointment_id": appointment.id,
        "referral_id": referral.id,
        "shedder_id": referral.shedder_id,
        "ambassador_id": referral.owner_id,
        "state": appointment.state,
        "day": appointment.day,
    }


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


def _at_noon(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=now.tzinfo)
