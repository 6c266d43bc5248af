"""Which language this visitor reads, its words, its dates and numbers.

A code's word in a language is a text like any other: see `words`.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Request, Response, g

from shared.http.sign_in_cookie import attributes, name_of
from shared.languages import LANGUAGES, SOURCE, later, translated

__all__ = ["LANGUAGES", "later"]

COOKIE_SUFFIX = "-language"
A_YEAR = 365 * 24 * 3600
# English as the programme's fourth country writes it.
_LOCALES = {"nl": "nl_NL", "fr": "fr_FR", "en": "en_GB"}


# Spoken in the sheds, and unknown to the lists of languages that Babel has.
_MORE_LANGUAGES = {"ber": later("Berber")}


def gettext(text: str, **values: Any) -> str:
    """A text in the visitor's language, with `%(name)s` filled in. Unknown ones stay as they are."""
    return translated(current(), text, **values)


def current() -> str:
    """The language of the visit that is going on."""
    return str(g.get("language", SOURCE))


def chosen(request: Request, cookie: str) -> str:
    """The language that a visitor chose, else the first that his browser asks for and we have."""
    kept = request.cookies.get(cookie, "")
    if kept in LANGUAGES:
        return kept
    asked = (tag.partition("-")[0].lower() for tag, _quality in request.accept_languages)
    return next((language for language in asked if language in LANGUAGES), SOURCE)


def keep_language(answer: Response, origin: str, code: str | None) -> None:
    """Let this browser be answered in a language from now on; in none of ours, as it was before."""
    if code in LANGUAGES:
        answer.set_cookie(name_of(origin) + COOKIE_SUFFIX, str(code), max_age=A_YEAR, **attributes(origin))


def locale() -> Locale:
    """How the visitor's country writes things."""
    return Locale.parse(_LOCALES[current()])


def colon() -> str:
    """What stands between a name and what it is of: the French put a space before it."""
    return "\u00a0:" if current() == "fr" else ":"


def day(value: str | date | None) -> str:
    """A day, as one reads it: "Tue 3 March 2026"."""
    if not value:
        return ""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(when, _in_full(when), locale=locale()))


def _in_full(when: date) -> str:
    """The pattern of a day: the French write of the first alone that it is one."""
    nth = "d'er'" if current() == "fr" and when.day == 1 else "d"
    return f"EEE {nth} MMMM y"


def moment(value: str | datetime | None, zone: ZoneInfo) -> str:
    """A day and an hour, in the programme's zone."""
    if not value:
        return ""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    pattern = f"{_in_full(when.astimezone(zone))}, HH:mm"
    return str(format_datetime(when, pattern, tzinfo=zone, locale=locale()))


def hour(value: str | datetime, zone: ZoneInfo) -> str:
    """The hour alone."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_time(when, "HH:mm", tzinfo=zone, locale=locale()))


def number(value: float | None) -> str:
    """A number, with the country's separators; a dash where there is none."""
    return "–" if value is None else str(format_decimal(value, locale=locale()))


def language_name(code: str) -> str:
    """What a language is called in the visitor's."""
    return str(locale().languages.get(code) or gettext(_MORE_LANGUAGES.get(code, code)))


def country_name(code: str) -> str:
    """What a country is called in the visitor's language."""
    return str(locale().territories.get(code) or code)
