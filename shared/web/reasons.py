"""What the API says against a value, as a person reads it in his language.

The reasons of our own fields and use cases are sentences already, and translated as they are. Those that
marshmallow makes, and those that hold something, are said here: a number as it stands, a code or a day in the
visitor's words, by what its place in the sentence is called. A test finds each such sentence its row.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from shared.web.client import Refusal
from shared.web.language import day, gettext
from shared.web.language import later as _
from shared.web.words import word

_WITH_VALUES: Sequence[tuple[str, str]] = (
    (
        r"Missing data for required field\.|Field may not be null\.|Shorter than minimum length 1\.",
        _("Fill this in."),
    ),
    (
        r"Not a valid time\.",
        _("Write the hours of a day as 10:00 and 16:00, both of them."),
    ),
    (r"It must be later than opens_at\.", _("It must end later than it begins.")),
    (r"It must not be lower than minimum_age\.", _("It must not be lower than the age from which it is.")),
    (
        r"Not a valid (aware )?datetime\.",
        _("There is no such day, or no such hour. Write the hour like 9:30 or 14:00."),
    ),
    (
        r"Write it with the country code, like \+31 6 1234 5678\.",
        _("This is no telephone number. Write all of it, as one dials it there or like +31 6 1234 5678."),
    ),
    (
        r"Not a valid (string|integer|boolean|UUID|list|date)\.|Invalid (type|input).*",
        _("This is not right."),
    ),
    (r"Not a valid email address\.", _("This is no e-mail address.")),
    (r"Must be one of:.*", _("Choose one of these.")),
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
    (r"There is no such day; write it as YYYY-MM-DD\.", _("There is no such day.")),
    (r"Write a day as YYYY-MM-DD\.", _("Write day, month and year in numbers.")),
    (r"Unknown field\.|An account in the role .+ does not speak for one\.", _("This is not asked.")),
    (
        r"There is an account with this email already\.",
        _("There is an account with this e-mail address already. Look for it in the list."),
    ),
    (r"Say for whom a .+ speaks\.", _("Fill this in.")),
    (
        r"This account is (invited|active|closed), not (invited|active)\.",
        _("Somebody changed this account while you were looking."),
    ),
    # Of use cases, where a sentence holds a number or codes.
    (
        r"A referral can be reopened within (?P<days>\d+) days of its end\.",
        _("It ended more than %(days)s days ago, so it cannot be taken up again."),
    ),
    (
        r"The job had not lasted (?P<weeks>\d+) weeks on this day\.",
        _("It had not lasted %(weeks)s weeks on this day."),
    ),
    (
        r"The job ended on (?P<day>\S+), before these (?P<weeks>\d+) weeks\.",
        _("The job ended on %(day)s, before it had lasted %(weeks)s weeks."),
    ),
    (
        r"The outcome for (?P<need>\w+) is missing\.",
        _("It is not said yet what came of this need: %(need)s."),
    ),
    (r"These steps are still missing: (?P<steps>.+)\.", _("These steps are still missing: %(steps)s.")),
    (r"This mentor cannot be matched: (?P<why>.+)\.", _("This mentor cannot be matched. %(why)s.")),
    (r"This mentor cannot confirm: (?P<why>.+)\.", _("This mentor cannot confirm it. %(why)s.")),
    (r"A cover lasts (?P<days>\d+) days at most\.", _("It lasts %(days)s days at most.")),
)  # fmt: skip


def _codes_in_words(said: str) -> str:
    """Several codes as the API says them ("is full, vog missing"), each a sentence of its own."""
    return ". ".join(word(code.replace(" ", "_")) for code in said.split(", "))


_IN_WORDS: Mapping[str, Callable[[str], str]] = {
    "day": day,
    "need": lambda code: word(code, "need"),
    "why": _codes_in_words,
}
"""How what a sentence holds is said, by the name of its place; a number and a title are what they are."""


def reason(said: str) -> str:
    """A reason in the visitor's language."""
    for pattern, text in _WITH_VALUES:
        found = re.fullmatch(pattern, said)
        if found:
            held = {name: _IN_WORDS.get(name, str)(value) for name, value in found.groupdict().items()}
            return gettext(text, **held) if held else gettext(text)
    return gettext(said)


def why_not_done(refusal: Refusal) -> str:
    """Why it was not done, where the thing is not any more what it was when the form was shown."""
    if refusal.status != 409:
        return gettext(_CHANGED)
    # Of what there is already, the state is that of the other thing.
    state = None if "existing" in refusal.problem else refusal.problem.get("state")
    return gettext(_NOT_ANY_MORE, state=word(str(state))) if state else reason(refusal.detail)


_NOT_ANY_MORE = _("This cannot be done any more. It is now: %(state)s.")
_CHANGED = _(
    "Somebody changed this while you were looking. See what it is now; what you typed is still here."
)


def is_said_here(said: str) -> bool:
    """Whether a sentence has its row here, and so is not looked up as it stands."""
    return any(re.fullmatch(pattern, said) for pattern, _text in _WITH_VALUES)
