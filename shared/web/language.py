"""The languages of the pages: which one this visitor reads, its words, its dates and numbers.

Texts are written in English where they are used; the other languages' stand in `translations/`, as PO files
that are read as they are. A code's word in a language is a text like any other: see `words`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Request, g

LANGUAGES: Mapping[str, str] = {"nl": "Nederlands", "fr": "Français", "en": "English"}
"""The languages that there are, each by its own name."""
SOURCE = "en"
"""The language that the texts are written in."""
TRANSLATIONS = Path(__file__).parent / "translations"
COOKIE_SUFFIX = "-language"
# English as the programme's fourth country writes it.
_LOCALES = {"nl": "nl_NL", "fr": "fr_FR", "en": "en_GB"}


def later(text: str) -> str:
    """A text that is translated where it is shown, not here."""
    return text


@cache
def texts(language: str) -> Mapping[str, str]:
    """What each text is in a language."""
    if language == SOURCE:
        return {}
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def gettext(text: str, **values: Any) -> str:
    """A text in the visitor's language, with `%(name)s` filled in. Unknown ones stay as they are."""
    said = texts(current()).get(text, text)
    return said % values if values else said


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


def locale() -> Locale:
    """How the visitor's country writes things."""
    return Locale.parse(_LOCALES[current()])


def day(value: str | date | None) -> str:
    """A day, as one reads it: "Tue 3 March 2026"."""
    if not value:
        return ""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(when, "EEE d MMMM y", locale=locale()))


def moment(value: str | datetime | None, zone: ZoneInfo) -> str:
    """A day and an hour, in the programme's zone."""
    if not value:
        return ""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_datetime(when, "EEE d MMMM y, HH:mm", tzinfo=zone, locale=locale()))


def hour(value: str | datetime, zone: ZoneInfo) -> str:
    """The hour alone."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_time(when, "HH:mm", tzinfo=zone, locale=locale()))


def number(value: float | None) -> str:
    """A number, with the country's separators; a dash where there is none."""
    return "–" if value is None else str(format_decimal(value, locale=locale()))


def language_name(code: str) -> str:
    """What a language is called in the visitor's."""
    return str(locale().languages.get(code, code))
