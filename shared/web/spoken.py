"""The languages that a man may speak, and the countries of the programme, as a form offers them."""

from collections.abc import Iterable

from shared.web.language import country_name, language_name

OFTEN = (
    "nl",
    "fr",
    "en",
    "ar",
    "ber",
    "bg",
    "es",
    "fa",
    "ku",
    "pap",
    "pl",
    "pt",
    "ro",
    "so",
    "ti",
    "tr",
    "uk",
)
"""Those that are spoken most in the sheds. What a man has besides is offered too: see `languages`."""


def languages(besides: Iterable[str | None] = ()) -> list[tuple[str, str]]:
    """Codes and their names in the visitor's language, in the order of the names."""
    codes = {*OFTEN, *(code for code in besides if code)}
    return sorted(((code, language_name(code)) for code in codes), key=lambda one: one[1].casefold())


def countries() -> list[tuple[str, str]]:
    """The countries in which there are sheds."""
    return [(code, country_name(code)) for code in ("NL", "BE", "FR", "GB")]
