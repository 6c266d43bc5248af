"""An appointment as a file for one's own calendar (RFC 5545): when and where, and nothing of the man."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Response
from werkzeug.exceptions import NotFound

from shared.actor import Role
from shared.web.client import Told
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit

LASTS = timedelta(hours=1)
"""How long it takes in the calendar: nobody says how long an appointment lasts."""
_SUMMARY = _("Appointment of Step by Step")


def calendar(visit: Visit, referral_id: UUID, appointment_id: UUID) -> Response:
    """The file. Whoever may not see the hour has none."""
    told = visit.ask(f"/referrals/appointments/{appointment_id}")
    one = told.document
    if not one.get("starts_at") or one["referral_id"] != str(referral_id):
        raise NotFound
    begins = datetime.fromisoformat(one["starts_at"])
    address = f"{visit.service.settings.origin}/referrals/pages/referrals/{referral_id}"
    place = [f"LOCATION:{_text(one['place'])}"] if one.get("place") else []
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Step by Step//referrals//EN", "BEGIN:VEVENT",
        f"UID:{appointment_id}", *_revision(visit, told), f"DTSTART:{_utc(begins)}",
        f"DTEND:{_utc(begins + LASTS)}", f"SUMMARY:{_text(gettext(_SUMMARY))}", *place, f"URL:{address}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    body = "".join(f"{_folded(line)}\r\n" for line in lines)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"}
    return Response(body, 200, headers, content_type="text/calendar; charset=utf-8")


def _revision(visit: Visit, told: Told) -> list[str]:
    """Which revision of the appointment it is, and of when: without that some calendars ignore a change."""
    steps = whole_list(visit, f"/referrals/appointments/{told.document['id']}/history")
    changed = [_utc(max(datetime.fromisoformat(step["at"]) for step in steps))] if steps else []
    stamp = changed[0] if changed else _utc(visit.service.clock.now())
    version = int((told.version or "").strip('"'))
    # The first revision is 0.
    return [f"SEQUENCE:{version - 1}", f"DTSTAMP:{stamp}", *(f"LAST-MODIFIED:{at}" for at in changed)]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Text with what has a meaning in the file made plain."""
    for sign in "\\;,":
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line of at most 75 octets goes on in the next one, after a space; no character is cut."""
    parts, part = [], ""
    for character in line:
        if len(f"{part}{character}".encode()) > 74:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])


PAGES = [
    Page(
        "/referrals/<uuid:referral_id>/appointments/<uuid:appointment_id>/calendar",
        calendar,
        frozenset({Role.CARE_WORKER}),
    )
]
