"""Appointments by pages: booking, moving, and whether he came."""

from typing import Any

from services.referrals.api.appointments import BookAppointment, Cancel, Reschedule
from services.referrals.web.answers import CARE_WORKER, ONE, PAGE
from shared.http.schemas import Nothing
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.pages import Visit

_AT = Ask("starts_at", _("When?"))
_PLACE = Ask("place", _("Where?"))
_WHO = (Ask("asked_by", _("Who asked for it?")), Ask("why", _("Why?"), rows=2))
_APPOINTMENT = "/referrals/appointments/{appointment_id}"


def _to_referral(_visit: Visit, told: Told) -> str:
    return PAGE.format(referral_id=told.document["referral_id"])


def _step(name: str, schema: Any, title: str, button: str, *asks: Ask) -> FormPage:
    path = f"/referrals/{{referral_id}}/appointments/{{appointment_id}}/{name}"
    return FormPage(
        name, path, f"{_APPOINTMENT}/{name}", schema, title, button, CARE_WORKER, PAGE,
        asks=asks, about=_APPOINTMENT, goes_to=_to_referral,
    )  # fmt: skip


PAGES = pages_of(
    [
        FormPage(
            "book", "/referrals/{referral_id}/appointments/book", f"{ONE}/appointments", BookAppointment,
            _("Book an appointment"), _("Book it"), CARE_WORKER, PAGE, asks=(_AT, _PLACE),
            lead=_("Who referred him sees the day, not the hour and not the place."), about=ONE,
        ),
        _step("reschedule", Reschedule, _("Move the appointment"), _("Move it"), _AT, _PLACE, *_WHO),
        _step("attend", Nothing, _("He came"), _("Note that he came")),
        _step("miss", Nothing, _("He did not come"), _("Note that he did not come")),
        _step("cancel", Cancel, _("Cancel the appointment"), _("Cancel it"), *_WHO),
    ]
)  # fmt: skip
