"""What was typed into a form, as the body that the API is sent."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import get_month_names
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from shared.languages import LANGUAGES
from shared.text import holds_bsn
from shared.web import opening_hours, removed_numbers
from shared.web.forms import PARTS, Ask, field_at, kind_of


def filled(schema: Schema, asks: Iterable[Ask], typed: MultiDict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The body that a form makes. What is left empty is left out: the schema says whether it may be."""
    values: dict[str, Any] = {}
    for ask in asks:
        kind = kind_of(field_at(schema, ask.name))
        if ask.hidden and kind in ("day", "moment"):
            kind = "line"  # it is filled in whole, and not by its parts
        value = _READ.get(kind, _line)(typed, ask.name, zone)
        if ask.country and isinstance(value, str):
            value = international(value, ask.country)
        if value is not None and value != []:
            _put(values, ask.name.split("."), value)
    return values


def emptied(schema: Schema, asks: Iterable[Ask]) -> dict[str, Any]:
    """What a change takes away when all that a form asks is left empty: what may be nothing.

    What is needed, and may not, is sent empty, so that the API says so: it was not left as it is.
    """
    asked = {ask.name: field_at(schema, ask.name) for ask in asks if "." not in ask.name}
    nothing: dict[str, Any] = {ask.name: "" for ask in asks if ask.needed and ask.name in asked}
    nothing |= {name: None for name, one in asked.items() if one.allow_none}
    return nothing | {name: [] for name, one in asked.items() if isinstance(one, fields.List)}


def international(text: str, country: str) -> str:
    """A telephone number as the API asks for it, whether its country code was typed or left out, as one does.

    What is no number of that country is left as it was typed, for the API to refuse it; and so is what may be
    a BSN: three in five of those would be a number there, and one dials them with a 0 before them.
    """
    if holds_bsn(text) and not text.startswith("0"):
        return text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return text
    known = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if known else text


def _line(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    return removed_numbers.kept(typed.get(name, "")).replace("\r\n", "\n").strip() or None


def _password(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    return typed.get(name) or None


def _many(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> list[str]:
    return [value for value in typed.getlist(name) if value]


def _commas(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> list[str]:
    """Words with commas between them, each once."""
    return list(dict.fromkeys(word.strip() for word in typed.get(name, "").split(",") if word.strip()))


def _week(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> list[Any]:
    return opening_hours.from_typed(typed, name)


def _whole(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> int | str | None:
    text = typed.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else text or None


def _yes(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> bool | str | None:
    text = typed.get(name, "").strip()
    return {"true": True, "false": False}.get(text, text or None)


def _day(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    day, month, year = (typed.get(f"{name}-{part}", "").strip() for part in PARTS)
    month = _months().get(month.casefold().rstrip("."), month)
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}" if day or month or year else None


@cache
def _months() -> Mapping[str, str]:
    """The number of a month by its name, whole or short, in each language of the pages."""
    return {
        name.casefold().rstrip("."): str(number)
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }


def _moment(typed: MultiDict[str, str], name: str, zone: ZoneInfo) -> str | None:
    """A day and an hour as the programme's clocks show it; what is none is left for the schema to refuse."""
    on, at = _day(typed, name, zone), _hour(typed.get(f"{name}-time", "").strip())
    if on is None and not at:
        return None
    try:
        return datetime.fromisoformat(f"{on}T{at.zfill(5)}").replace(tzinfo=zone).isoformat()
    except ValueError:
        return f"{on} {at}"


def _hour(text: str) -> str:
    """An hour as it is written here or there: 14:00, 14.00, 14u00, 14h; of another nothing is guessed."""
    found = re.fullmatch(r"(\d{1,2})[.:uh](\d{2})|(\d{1,2}) ?[uh]", text, re.IGNORECASE | re.ASCII)
    return f"{found[1] or found[3]}:{found[2] or '00'}" if found else text


_READ: Mapping[str, Callable[[MultiDict[str, str], str, ZoneInfo], Any]] = {
    "many": _many,
    "commas": _commas,
    "week": _week,
    "password": _password,
    "whole": _whole,
    "yes": _yes,
    "day": _day,
    "moment": _moment,
}


def _put(values: Any, steps: Sequence[str], value: Any) -> None:
    """Put a value where its path leads in a body, making what is on the way."""
    step, rest = steps[0], steps[1:]
    if isinstance(values, list):
        while len(values) <= int(step):
            values.append({})
        _put(values[int(step)], rest, value)
    elif not rest:
        values[step] = value
    else:
        _put(values.setdefault(step, [] if rest[0].isdigit() else {}), rest, value)
