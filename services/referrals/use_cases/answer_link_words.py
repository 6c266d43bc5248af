"""What the e-mail with an answer link says, in each language: of no man, of no need, of nobody's words."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum

from babel.dates import format_date

from shared.languages import later as _
from shared.languages import translated


class Why(Enum):
    """What the organisation is written to for."""

    CAME = "came"
    ANSWERED = "answered"
    REMINDED = "reminded"


SUBJECT = _("Somebody waits for your answer: Step by Step")
FIRST_LINES: Mapping[Why, str] = {
    Why.CAME: _("A referral came to your organisation."),
    Why.ANSWERED: _("Your question about a referral is answered."),
    Why.REMINDED: _("You are reminded of a referral that waits for your answer."),
}
PROMISED = _("An answer is promised by %(day)s.")
LAST_LINES = _(
    "Look at it, and accept it, decline it or ask a question, without an account:\n%(link)s\n\n"
    "The link works once, and until %(until)s. Whoever has it can answer for your organisation, "
    "so do not pass this e-mail on. Do not answer this e-mail: nobody reads it."
)


def text_of(language: str, why: Why, link: str, due_on: date | None, works_until: datetime) -> str:
    """The e-mail with a link."""
    first = [translated(language, FIRST_LINES[why])]
    if due_on is not None:
        first.append(translated(language, PROMISED, day=_day(language, due_on)))
    last = translated(language, LAST_LINES, link=link, until=_day(language, works_until.date()))
    return "\n".join([*first, "", last, ""])


def _day(language: str, day: date) -> str:
    return format_date(day, "d MMMM y", locale=language)
