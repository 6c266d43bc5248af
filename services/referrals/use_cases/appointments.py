"""Appointments of a referral: booking, moving with who and why, and what became of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.referrals.domain import permissions as may
from services.referrals.domain.lifecycles import (
    APPOINTMENT,
    REFERRAL,
    TAKES_BACK,
    UNDER_WAY,
    AppointmentAction,
    ReferralAction,
    ReferralState,
)
from services.referrals.models import Appointment, Referral
from services.referrals.queries import visible
from services.referrals.settings import Work
from services.referrals.use_cases.appointment_steps import take_appointment_step, told_of, when
from services.referrals.use_cases.steps import take_step
from shared.database.finding import find
from shared.errors import InvalidInput, TransitionNotAllowed
from shared.lifecycle import Transition


def book_appointment(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Book an appointment for a referral that was accepted."""
    referral = find(work.session, visible.referrals(work.actor), referral_id, for_change=True)
    work.require(may.BOOK_APPOINTMENT)
    if referral.state not in UNDER_WAY:
        raise TransitionNotAllowed("Accept the referral first.", state=referral.state.value)
    booked = when(work, values["starts_at"])
    if booked["day"] < (referral.requested_on or booked["day"]):
        raise InvalidInput.on("starts_at", "The referral had not been sent yet on this day.")
    appointment = Appointment(
        referral_id=referral.id,
        place=values.get("place"),
        created_at=work.now,
        **booked,
    )
    work.session.add(appointment)
    work.session.flush()
    work.record("appointment.booked", appointment.id, told_of(appointment, referral))
    return appointment


def read_appointment(work: Work, *, appointment_id: UUID) -> Appointment:
    """Read one appointment."""
    appointment = find(work.session, visible.appointments(work.actor), appointment_id)
    work.require(may.SEE_APPOINTMENTS)
    return appointment


def reschedule_appointment(work: Work, *, appointment_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Move an appointment; who asked for it, and why."""
    appointment, step = _to_step(work, appointment_id, AppointmentAction.RESCHEDULE)
    appointment.place = values.get("place", appointment.place)
    return _take_step(work, appointment, step, **_who_asked(values), starts_at=values["starts_at"])


def attend_appointment(work: Work, *, appointment_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Record that he came. An accepted referral is in progress from then on."""
    appointment, step = _to_step(work, appointment_id, AppointmentAction.ATTEND)
    _is_not_to_come(work, appointment, values)
    referral = work.session.get_one(Referral, appointment.referral_id, with_for_update=True)
    if referral.state is ReferralState.ACCEPTED:
        take_step(work, referral, REFERRAL.transition(referral.state, ReferralAction.START))
    return _take_step(work, appointment, step)


def miss_appointment(work: Work, *, appointment_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Record that he did not come."""
    appointment, step = _to_step(work, appointment_id, AppointmentAction.MISS)
    _is_not_to_come(work, appointment, values)
    return _take_step(work, appointment, step)


def cancel_appointment(work: Work, *, appointment_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Cancel an appointment; who asked for it, and why."""
    appointment, step = _to_step(work, appointment_id, AppointmentAction.CANCEL)
    return _take_step(work, appointment, step, **_who_asked(values))


def take_back_appointment(work: Work, *, appointment_id: UUID, values: Mapping[str, Any]) -> Appointment:
    """Take back that he came, or that he did not: it was recorded by mistake; why is kept.

    The appointment is booked again, on its day, and what really happened is recorded anew. A referral that
    was started by it stays in progress. Once the referral has ended, what was recorded stands.
    """
    appointment, step = _to_step(work, appointment_id, AppointmentAction.TAKE_BACK)
    referral = work.session.get_one(Referral, appointment.referral_id, with_for_update=True)
    if referral.state not in TAKES_BACK:
        raise TransitionNotAllowed(
            "The referral has ended: what was recorded of its appointments stands.",
            state=referral.state.value,
        )
    return _take_step(work, appointment, step, why=values["why"])


def _to_step(work: Work, appointment_id: UUID, action: AppointmentAction) -> tuple[Appointment, Transition]:
    appointment = find(work.session, visible.appointments(work.actor), appointment_id, for_change=True)
    return appointment, work.step(APPOINTMENT, appointment, action)


def _take_step(work: Work, appointment: Appointment, step: Transition, **asked: Any) -> Appointment:
    referral = work.session.get_one(Referral, appointment.referral_id)
    return take_appointment_step(work, appointment, referral, step, **asked)


def _who_asked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"asked_by": values["asked_by"], "why": values["why"]}


def _is_not_to_come(work: Work, appointment: Appointment, values: Mapping[str, Any]) -> None:
    dict(values)  # nothing is asked for, but what was sent must be right
    if appointment.day > work.today:
        raise InvalidInput.on("starts_at", "The appointment is still to come.")
