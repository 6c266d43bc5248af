"""The mark where a number was taken out of typed text: each reads it in his language, and one is kept."""

from typing import Any

from shared.languages import LANGUAGES, translated
from shared.text import BSN_MASK
from shared.web.language import gettext
from shared.web.language import later as _

_("[number removed: it may be a BSN]")  # `BSN_MASK`, for whoever translates


def shown(value: Any) -> Any:
    """What a template shows, the mark in it in the reader's language."""
    if isinstance(value, str) and BSN_MASK in value:
        return value.replace(BSN_MASK, gettext(BSN_MASK))
    return value


def kept(text: str) -> str:
    """What was typed, the mark in it as it is kept, in whatever language it was shown."""
    for language in LANGUAGES:
        text = text.replace(translated(language, BSN_MASK), BSN_MASK)
    return text
