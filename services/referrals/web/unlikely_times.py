"""An appointment at night, or more than a year away: most often a slip, so it is asked about first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response

from shared.web.addresses import only_shows
from shared.web.form_pages import FormPage, Sending
from shared.web.language import day, gettext
from shared.web.language import later as _
from shared.web.pages import Page, Visit

FIRST, LAST = time(7), time(22)
A_YEAR = timedelta(days=366)
_FIELD = "starts_at"


class _AskingOnce(Sending):
    """Sends a likely time; asks about an unlikely one first, with all that was typed, and then sends it."""

    def sent(self, visit: Visit, variables: Mapping[str, Any], version: str) -> Response:
        if only_shows():  # In another language it is asked again.
            return self.show_again(visit, variables, version, besides={"asked": ""})
        values = self.body(self.asks(visit, None), visit.typed, visit.service.settings.zone)
        # What is wrong with it is said first, by the API.
        is_right = not self.schema.validate(values)
        today = visit.service.clock.today()
        asked = _asked(datetime.fromisoformat(values[_FIELD]), today) if is_right else ""
        if not asked or visit.typed.get("_asked") == values[_FIELD]:
            return super().sent(visit, variables, version)
        besides = {"asked": values[_FIELD]}
        return self.show_again(visit, variables, version, 422, by_field={_FIELD: asked}, besides=besides)


def _asked(starts_at: datetime, today: date) -> str:
    """What is asked about a time; nothing where it is a likely one."""
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


def _of_before(visit: Visit, _thing: Any) -> Mapping[str, Any]:
    """What was asked about already."""
    return {"asked": visit.typed.get("_asked", "")}


def asking_once(form: FormPage) -> list[Page]:
    """The pages of a form that asks `starts_at`, of which the one that sends asks about an unlikely one."""
    form = replace(form, template="when.html", shows=_of_before)
    asking, sending = form.pages
    return [asking, replace(sending, view=_AskingOnce(form))]
