"""An appointment at night, or more than a year away: most often a slip, so it is asked about first."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from shared.web.doubts import Doubt
from shared.web.language import day, gettext
from shared.web.language import later as _
from shared.web.pages import Visit

FIRST, LAST = time(7), time(22)
A_YEAR = timedelta(days=366)
_FIELD = "starts_at"


def unlikely_time(visit: Visit, values: Mapping[str, Any]) -> Doubt | None:
    """What is asked about the time of an appointment; nothing where it is a likely one."""
    words = _asked(datetime.fromisoformat(values[_FIELD]), visit.service.clock.today())
    return Doubt(_FIELD, values[_FIELD], words) if words else None


def _asked(starts_at: datetime, today: date) -> str:
    at, said = starts_at.time(), {"time": f"{starts_at:%H:%M}", "day": day(starts_at.date())}
    unlikely = [
        gettext(text) % said
        for text, is_so in (
            (_EARLY, at < FIRST),
            (_LATE, at > LAST),
            (_FAR, starts_at.date() - today > A_YEAR),
        )
        if is_so
    ]
    return " ".join([*unlikely, gettext(_RIGHT)]) if unlikely else ""


_EARLY = _("That is at %(time)s, before 7 in the morning.")
_LATE = _("That is at %(time)s, after 10 in the evening.")
_FAR = _("That is on %(day)s, more than a year from now.")
_RIGHT = _("Is that right? Then press the button once more.")
