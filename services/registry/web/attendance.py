"""Attendance: the activities of one's sheds, and who was there, ticked for a whole session at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr
from flask import Response, request

from services.registry.api.activities import Attendance, TakeAttendance
from services.registry.web.men import SENDERS, sheds_of
from shared.web.addresses import only_shows
from shared.web.client import Told
from shared.web.form_pages import FormPage, Sending
from shared.web.form_starts import starts_today
from shared.web.forms import Ask
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import men_called, whole_list
from shared.web.pages import Page, Visit

SESSIONS = "/registry/pages/sessions"
FEW_SHEDS = 4
"""So many sheds are shown together; of more than that, one is chosen."""
A_SCREEN = 15


def sessions(visit: Visit) -> Response:
    """What is held today and what was held last, in one's sheds or in one of them."""
    sheds = sheds_of(visit, state="open")
    asked = request.args.get("shed_id", "")
    shed_id = asked if asked in sheds else next(iter(sheds), None) if len(sheds) > FEW_SHEDS else None
    of_shed = {"shed_id": shed_id, "limit": 200}
    activities = visit.ask("/registry/activities", **of_shed).document["items"]
    told = visit.ask("/registry/sessions", shed_id=shed_id, limit=A_SCREEN, cursor=request.args.get("cursor"))
    today = visit.service.clock.today()
    going_on = [one for one in activities if one["ended_on"] is None or one["ended_on"] >= today.isoformat()]
    taken = visit.ask("/registry/sessions", **of_shed, since=today, until=today).document["items"]
    return visit.show(
        "sessions.html",
        sheds=sheds,
        shed_id=shed_id,
        is_one_of_many=len(sheds) > FEW_SHEDS,
        activities=sorted(going_on, key=lambda one: not _is_held(one, today)),
        today_held={one["id"] for one in going_on if _is_held(one, today)},
        today_taken={one["activity_id"]: one["id"] for one in taken},
        names={one["id"]: one["name"] for one in activities},
        sessions=told.document["items"],
        more=told.cursor,
    )


def _is_held(activity: Mapping[str, Any], day: date) -> bool:
    """Whether an activity's schedule names this day of the week or month."""
    start = datetime.combine(day, time())
    return any(start in rrulestr(one["rrule"], dtstart=start, ignoretz=True) for one in activity["schedule"])


def _men_of(visit: Visit, shed_id: str, besides: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Those who come to a shed by name; `besides` are some who were there and may come no more."""
    men = whole_list(visit, "/registry/shedders", shed_id=shed_id)
    twice = {name for name, count in Counter(one["known_as"] for one in men).items() if count > 1}
    found = {one["id"]: _told_apart(one) if one["known_as"] in twice else one["known_as"] for one in men}
    gone = [one for one in besides if one not in found]
    names = men_called(visit, gone)
    return [*found.items(), *((one, names.get(one, gettext(_NOT_HERE))) for one in gone)]


def _told_apart(man: Mapping[str, Any]) -> str:
    """His name with what tells him from another of the same one, as far as it is known."""
    more = [str(man[name]) for name in ("birth_year", "neighbourhood") if man[name]]
    return f"{man['known_as']} ({', '.join(more)})" if more else str(man["known_as"])


_NOT_HERE = _("A man who comes here no more")


def _asks(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    known = [one["shedder_id"] for one in thing.document.get("present", [])]
    men = _men_of(visit, thing.document["shed_id"], known)
    return (
        *((Ask("present", _("Who was there?"), choices=men, needed=True),) if men else ()),
        Ask("anonymous_headcount", _("How many more were there?"), _("Men who gave no name. A number only.")),
        Ask("mode", _("Where was it?"), thing="session", needed=True),
    )


def _asks_anew(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    return (
        Ask("activity_id", "", hidden=True),
        Ask("held_on", _("On which day?"), needed=True),
        *_asks(visit, thing),
    )


def _today(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return {**starts_today("held_on", mode="in_shed")(visit, thing), "activity_id": thing.document["id"]}


def _as_taken(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return {**thing.document, "present": [one["shedder_id"] for one in thing.document["present"]]}


class _Counting(Sending):
    """Sends who was there; but that nobody came is said by a 0, and not by leaving everything empty."""

    def sent(self, visit: Visit, variables: Mapping[str, Any], version: str) -> Response:
        typed = request.form
        if only_shows() or any(typed.getlist("present")) or typed.get("anonymous_headcount", "").strip():
            return super().sent(visit, variables, version)
        wrong = {"anonymous_headcount": gettext(_NOBODY)}
        return self.show_again(visit, variables, version, 422, by_field=wrong)


_NOBODY = _("Tick who was there, or type how many others. If nobody came, type 0.")


def _counted(form: FormPage) -> list[Page]:
    asking, sending = form.pages
    return [asking, replace(sending, view=_Counting(form))]


_SESSION = "/registry/sessions/{session_id}"
FORMS = [
    FormPage(
        "take_attendance", "/activities/{activity_id}/attendance", "/registry/sessions", TakeAttendance,
        _("Take attendance"), _("Keep it"), SENDERS, SESSIONS,
        asks=_asks_anew, starts_with=_today, about="/registry/activities/{activity_id}",
        template="attendance.html",
    ),
    FormPage(
        "retake_attendance", "/sessions/{session_id}", f"{_SESSION}/attendance", Attendance,
        _("Change who was there"), _("Keep it"), SENDERS, SESSIONS,
        asks=_asks, starts_with=_as_taken, about=_SESSION, method="PUT", template="attendance.html",
    ),
]  # fmt: skip

PAGES = [Page("/sessions", sessions, SENDERS), *(page for form in FORMS for page in _counted(form))]
