"""What the API says against a value, as a person reads it in his language.

The reasons of our own fields and use cases are sentences already, and translated as they are. Those that
marshmallow makes are said here in our words, with their numbers.
"""

import re
from collections.abc import Sequence

from shared.web.language import gettext
from shared.web.language import later as _

_OF_MARSHMALLOW: Sequence[tuple[str, str]] = (
    (r"Missing data for required field\.|Field may not be null\.", _("Fill this in.")),
    (
        r"Not a valid (string|integer|boolean|UUID|list|datetime|date|time)\.|Invalid (type|input).*",
        _("This is not right."),
    ),
    (r"Not a valid email address\.", _("This is no e-mail address.")),
    (r"Must be one of:.*", _("Choose one of these.")),
    (r"Length must be between 1 and (?P<most>\d+)\.", _("Fill this in, with at most %(most)s characters.")),
    (r"Shorter than minimum length (?P<least>\d+)\.", _("Write at least %(least)s characters.")),
    (r"Longer than maximum length (?P<most>\d+)\.", _("Write at most %(most)s characters.")),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
        _("Write %(least)s to %(most)s characters."),
    ),
    (
        r"Must be greater than or equal to (?P<least>-?\d+) and less than or equal to (?P<most>-?\d+)\.",
        _("Write a number from %(least)s to %(most)s."),
    ),
    (r"Unknown field\.", _("This is not asked.")),
)  # fmt: skip


def reason(said: str) -> str:
    """A reason in the visitor's language."""
    for pattern, text in _OF_MARSHMALLOW:
        found = re.fullmatch(pattern, said)
        if found:
            return gettext(text, **found.groupdict()) if found.groupdict() else gettext(text)
    return gettext(said)
