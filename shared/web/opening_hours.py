"""When something is open or held: asked as a week of days with their hours, and said in words.

The API keeps RFC 5545 rules. Whoever fills in a form knows days and hours, so each weekly rule is shown in a
week; what no week can say (the first Monday of a month, a second time on a day) is kept as long as its box is
ticked.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from shared.web.language import gettext, locale
from shared.web.language import later as _

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKLY = re.compile(r"FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)")
Opening = Mapping[str, str]


def in_words(opening: Opening) -> str:
    """One rule with its hours, as a person says it: "Tuesday, Thursday" and from when to when."""
    days = _days_of(opening)
    if days:
        on = _begun(", ".join(_called(day) for day in days))
    elif opening["rrule"].upper() == "FREQ=DAILY":
        on = gettext(_("Every day"))
    else:
        on = gettext(_("By the rule %(rule)s"), rule=opening["rrule"])
    return f"{on} {opening['opens_at']}–{opening['closes_at']}"


def day_name(day: str) -> str:
    """A day of the week in the visitor's language, as one writes it at the beginning of a line."""
    return _begun(_called(day))


def _called(day: str) -> str:
    return str(locale().days["format"]["wide"][DAYS.index(day)])


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_typed(name: str, typed: Mapping[str, Any] | MultiDict[str, str]) -> dict[str, Any]:
    """A week as a form shows it: the hours of each day, and what no week can say, ticked."""
    if isinstance(typed, MultiDict):
        hours = {day: _hours_of(typed, name, day) for day in DAYS}
        kept = typed.getlist(f"{name}-more")
        return {"days": _rows(hours), "more": [(text, _as_kept(text)) for text in kept]}
    hours, more = _week_of(typed.get(name) or ())
    return {"days": _rows(hours), "more": [(json.dumps(one), in_words(one)) for one in more]}


def from_typed(typed: MultiDict[str, str], name: str) -> list[Any]:
    """The rules that a week makes: one for all days with the same hours; then what was kept besides."""
    by_hours: dict[tuple[str, str], list[str]] = {}
    for day in DAYS:
        begin, end = map(_hour, _hours_of(typed, name, day))
        if begin or end:
            by_hours.setdefault((begin, end), []).append(day)
    openings: list[Any] = [
        {"rrule": f"FREQ=WEEKLY;BYDAY={','.join(days)}", "opens_at": begin, "closes_at": end}
        for (begin, end), days in by_hours.items()
    ]
    return openings + [_parsed(text) for text in typed.getlist(f"{name}-more")]


def _hours_of(typed: MultiDict[str, str], name: str, day: str) -> tuple[str, str]:
    return typed.get(f"{name}-{day}-from", ""), typed.get(f"{name}-{day}-to", "")


def _days_of(opening: Opening) -> Sequence[str]:
    found = _WEEKLY.fullmatch(opening["rrule"].upper())
    return found[1].split(",") if found else ()


def _week_of(openings: Iterable[Any]) -> tuple[dict[str, tuple[str, str]], list[Opening]]:
    """The hours of each day; and those rules that do not fit, each whole."""
    hours: dict[str, tuple[str, str]] = {}
    more: list[Opening] = []
    for one in openings:
        days = _days_of(one)
        if days and not hours.keys() & set(days):
            hours |= dict.fromkeys(days, (one["opens_at"], one["closes_at"]))
        else:
            more.append(one)
    return hours, more


def _rows(hours: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(day, day_name(day), *hours.get(day, ("", ""))) for day in DAYS]


def _hour(text: str) -> str:
    """What people write for an hour ("9", "9.30") as the API reads it; anything else stays as it is."""
    found = re.fullmatch(r"(\d{1,2})(?:[.:](\d\d))?", text.strip(), re.ASCII)
    return f"{found[1].zfill(2)}:{found[2] or '00'}" if found else text.strip()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # The API says what is wrong with it.


def _as_kept(text: str) -> str:
    """What a box keeps, in words; it comes from a form, where anything can stand."""
    one = _parsed(text)
    try:
        return in_words({name: str(one[name]) for name in ("rrule", "opens_at", "closes_at")})
    except (KeyError, TypeError, IndexError):
        return "–"
