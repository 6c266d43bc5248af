"""The languages that people are spoken to in, on pages and by e-mail, and what each text is in them.

Texts are written in English where they are used; the other languages' stand in `web/translations/`, as PO
files that are read as they are.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES: Mapping[str, str] = {"nl": "Nederlands", "fr": "Français", "en": "English"}
"""The languages that there are, each by its own name."""
SOURCE = "en"
"""The language that the texts are written in."""
TRANSLATIONS = Path(__file__).parent / "web" / "translations"


def later(text: str) -> str:
    """A text that is translated where it is shown, not here."""
    return text


def translated(language: str, text: str, **values: Any) -> str:
    """A text in a language, with `%(name)s` filled in. Unknown ones stay as they are."""
    said = texts(language).get(text, text)
    return said % values if values else said


@cache
def texts(language: str) -> Mapping[str, str]:
    """What each text is in a language."""
    if language == SOURCE:
        return {}
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
