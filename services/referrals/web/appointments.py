"""Appointments by pages: booking, moving, and whether he came. An unlikely time is asked about once."""

from collections.abc import Mapping
from typing import Any

from services.referrals.api.appointments import BookAppointment, Cancel, Reschedule, TakeBack
from services.referrals.web.answers import CARE_WORKER, ONE, PAGE
from services.referrals.web.unlikely_times import unlikely_time
from shared.http.schemas import Nothing
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask, moment_as_typed
from shared.web.language import later as _
from shared.web.pages import Visit

_AT = Ask("starts_at", _("When?"))
_PLACE = Ask("place", _("Where?"))
_WHO = (Ask("asked_by", _("Who asked for it?")), Ask("why", _("Why?"), rows=2))
_APPOINTMENT = "/referrals/appointments/{appointment_id}"


def _to_referral(_visit: Visit, told: Told) -> str:
    return PAGE.format(referral_id=told.document["referral_id"])


def _as_booked(visit: Visit, appointment: Told | None) -> Mapping[str, Any]:
    """Its day, hour and place of now, of which one often changes but one."""
    assert appointment is not None
    now = appointment.document
    # Once consent is withdrawn, nobody is told the hour.
    starts_at = now.get("starts_at")
    when = moment_as_typed("starts_at", starts_at, visit.service.settings.zone) if starts_at else {}
    return when | {"place": now.get("place")}


def _nowhere_when_emptied(values: dict[str, Any]) -> None:
    values.setdefault("place", None)


def _step(name: str, schema: Any, title: str, button: str, *asks: Ask, **options: Any) -> FormPage:
    path = f"/referrals/{{referral_id}}/appointments/{{appointment_id}}/{name}"
    return FormPage(
        name, path, f"{_APPOINTMENT}/{name}", schema, title, button, CARE_WORKER, PAGE,
        asks=asks, about=_APPOINTMENT, goes_to=_to_referral, **options,
    )  # fmt: skip


FORMS = [
    FormPage(
        "book", "/referrals/{referral_id}/appointments/book", f"{ONE}/appointments", BookAppointment,
        _("Book an appointment"), _("Book it"), CARE_WORKER, PAGE, asks=(_AT, _PLACE),
        lead=_("An ambassador sees the day, not the hour and not the place; the coordinator sees them too."),
        about=ONE, doubts=unlikely_time,
    ),
    _step(
        "reschedule", Reschedule, _("Move the appointment"), _("Move it"), _AT, _PLACE, *_WHO,
        starts_with=_as_booked, completes=_nowhere_when_emptied, doubts=unlikely_time,
    ),
    _step("attend", Nothing, _("He came"), _("Note that he came")),
    _step("miss", Nothing, _("He did not come"), _("Note that he did not come")),
    _step("cancel", Cancel, _("Cancel the appointment"), _("Cancel it"), *_WHO),
    _step(
        "take_back", TakeBack, _("It was noted by mistake"), _("Take it back"), Ask("why", _("Why?"), rows=2),
        lead=_("The appointment stands as booked again; then note what really happened."),
    ),
]  # fmt: skip

PAGES = pages_of(FORMS)
