"""Appointments over HTTP."""

from typing import Any

from marshmallow import fields

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import AskedBy
from services.referrals.domain.lifecycles import APPOINTMENT, AppointmentAction, AppointmentState
from services.referrals.queries import lists
from services.referrals.use_cases import appointments
from shared.actor import Actor, Role
from shared.http.routes import create, listing, read, transition
from shared.http.schemas import Code, FreeText, Input, LifecycleAnswer, Line, Moment, Nothing


class BookAppointment(Input):
    starts_at = Moment(required=True)
    place = Line(longest=400)


class Reschedule(Input):
    starts_at = Moment(required=True)
    asked_by = Code(AskedBy, required=True)
    why = FreeText(required=True, longest=500)
    place = Line(longest=400, allow_none=True)


class Cancel(Input):
    asked_by = Code(AskedBy, required=True)
    why = FreeText(required=True, longest=500)


class Appointment(LifecycleAnswer):
    lifecycle = APPOINTMENT
    path = "/referrals/appointments/{id}"

    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    starts_at = fields.AwareDateTime()
    place = fields.String(allow_none=True)
    state = Code(AppointmentState, required=True)

    def shown_to(self, actor: Actor, _thing: Any) -> frozenset[str] | None:
        """An ambassador sees the day, not the hour and the place."""
        if actor.role is Role.AMBASSADOR:
            return frozenset(self.fields) - {"starts_at", "place"}
        return None


_OF_ONE = "/referrals/<uuid:referral_id>/appointments"
_ONE = "/appointments/<uuid:appointment_id>"
_ACTIONS = (
    (AppointmentAction.RESCHEDULE, appointments.reschedule_appointment, Reschedule),
    (AppointmentAction.ATTEND, appointments.attend_appointment, Nothing),
    (AppointmentAction.MISS, appointments.miss_appointment, Nothing),
    (AppointmentAction.CANCEL, appointments.cancel_appointment, Cancel),
)

ROUTES = [
    listing(_OF_ONE, lists.list_appointments, may.SEE_APPOINTMENTS, Appointment),
    create(
        _OF_ONE,
        appointments.book_appointment,
        may.BOOK_APPOINTMENT,
        BookAppointment,
        Appointment,
        place="/appointments",
    ),
    read(_ONE, appointments.read_appointment, may.SEE_APPOINTMENTS, Appointment),
    *(
        transition(f"{_ONE}/{doing.value}", act, APPOINTMENT, doing, body, Appointment)
        for doing, act, body in _ACTIONS
    ),
]
