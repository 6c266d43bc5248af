"""Appointments over HTTP."""

from typing import Any

from marshmallow import fields

from services.referrals.api.history import AppointmentHistory
from services.referrals.domain import permissions as may
from services.referrals.domain.codes import AskedBy
from services.referrals.domain.lifecycles import APPOINTMENT, TAKES_BACK, AppointmentAction, AppointmentState
from services.referrals.queries import lists, visible
from services.referrals.use_cases import appointments
from shared.actor import Actor
from shared.http.fields import Code, FreeText, Line, Moment, Whole, YesOrNo, several
from shared.http.history_api import history_route
from shared.http.routes import create, listing, read, search, transition
from shared.http.schemas import Input, LifecycleAnswer, Nothing


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


class TakeBack(Input):
    why = FreeText(required=True, longest=500)


class SearchAppointments(Input):
    referral_ids = several(fields.UUID(), most=50, required=True)
    to_come = YesOrNo(
        load_default=False, metadata={"description": "Only those that are still to take place."}
    )
    limit = Whole(1, 200, load_default=50)


class Appointment(LifecycleAnswer):
    lifecycle = APPOINTMENT
    path = "/referrals/appointments/{id}"

    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    starts_at = fields.AwareDateTime()
    place = fields.String(allow_none=True)
    state = Code(AppointmentState, required=True)

    def shown_to(self, actor: Actor, thing: Any) -> frozenset[str] | None:
        gone = thing.referral.is_consent_withdrawn
        return self.without(may.hidden_of_appointment(may.speaks_as(actor), consent_withdrawn=gone))

    def available(self, thing: Any, actor: Actor) -> list[dict[str, Any]]:
        """Once the referral has ended, what was recorded stands: it is not offered to take it back."""
        offers = super().available(thing, actor)
        if thing.referral.state in TAKES_BACK:
            return offers
        return [one for one in offers if one["action"] != AppointmentAction.TAKE_BACK]


_OF_ONE = "/referrals/<uuid:referral_id>/appointments"
_ONE = "/appointments/<uuid:appointment_id>"
_ACTIONS = (
    (AppointmentAction.RESCHEDULE, appointments.reschedule_appointment, Reschedule),
    (AppointmentAction.ATTEND, appointments.attend_appointment, Nothing),
    (AppointmentAction.MISS, appointments.miss_appointment, Nothing),
    (AppointmentAction.CANCEL, appointments.cancel_appointment, Cancel),
    (AppointmentAction.TAKE_BACK, appointments.take_back_appointment, TakeBack),
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
    search(
        "/appointments/search",
        lists.search_appointments,
        may.SEE_APPOINTMENTS,
        SearchAppointments,
        Appointment,
    ),
    read(_ONE, appointments.read_appointment, may.SEE_APPOINTMENTS, Appointment),
    *(
        transition(f"{_ONE}/{doing.value}", act, APPOINTMENT, doing, body, Appointment)
        for doing, act, body in _ACTIONS
    ),
    history_route(_ONE, APPOINTMENT, visible.appointments, may.SEE_APPOINTMENTS, AppointmentHistory),
]
