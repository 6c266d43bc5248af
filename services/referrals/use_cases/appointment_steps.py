"""Taking a step in an appointment's lifecycle: state, history and event together, whatever the step is."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.referrals.domain.codes import AskedBy
from services.referrals.domain.lifecycles import APPOINTMENT, AppointmentAction, AppointmentState
from services.referrals.domain.permissions import speaks_as
from services.referrals.models import Appointment, Referral
from services.referrals.settings import Work
from shared.actor import Role
from shared.clock import day_of
from shared.history import entry
from shared.lifecycle import Transition, spoken

_ASKED_BY = {Role.CARE_WORKER: AskedBy.ORGANISATION, Role.SYSTEM: AskedBy.SHEDDER}


def when(work: Work, starts_at: datetime) -> dict[str, Any]:
    """A moment, and the day that it is for the programme's people."""
    return {"starts_at": starts_at, "day": day_of(starts_at, work.settings.zone)}


def take_appointment_step(
    work: Work,
    appointment: Appointment,
    referral: Referral,
    step: Transition,
    *,
    asked_by: AskedBy | None = None,
    why: str | None = None,
    starts_at: datetime | None = None,
) -> Appointment:
    """Move an appointment on, to another time where `starts_at` says so; keep who asked, and why."""
    details: dict[str, Any] = {"asked_by": asked_by.value} if asked_by else {}
    if starts_at is not None:
        details |= {"from": appointment.starts_at.isoformat(), "to": starts_at.isoformat()}
        for name, value in when(work, starts_at).items():
            setattr(appointment, name, value)
    work.session.add(entry(work, appointment.id, step, appointment.state, remark=why, details=details))
    appointment.state = AppointmentState(step.target)
    work.session.flush()
    told = {"asked_by": asked_by} if asked_by else {}
    work.record(step.event, appointment.id, told_of(appointment, referral) | told)
    return appointment


def cancel_those_to_come(work: Work, referral: Referral) -> None:
    """A referral that has ended keeps nobody waiting."""
    cancel = APPOINTMENT.by_action[AppointmentAction.CANCEL]
    to_come = select(Appointment).where(
        Appointment.referral_id == referral.id, Appointment.state.in_(cancel.sources)
    )
    asked_by = _ASKED_BY.get(speaks_as(work.actor), AskedBy.SENDER)
    for appointment in work.session.scalars(to_come).all():
        why = f"The referral is {spoken(referral.state)}."
        take_appointment_step(work, appointment, referral, cancel, asked_by=asked_by, why=why)


def told_of(appointment: Appointment, referral: Referral) -> dict[str, Any]:
    """What an event tells of an appointment: its day, no hour and no place."""
    return {
        "appointment_id": appointment.id,
        "referral_id": referral.id,
        "shedder_id": referral.shedder_id,
        "ambassador_id": referral.owner_id,
        "state": appointment.state,
        "day": appointment.day,
    }
