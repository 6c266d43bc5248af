"""When a mentor can be matched."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class _Mentor(Protocol):
    """What the rule needs to know of a mentor."""

    @property
    def trained_on(self) -> date | None: ...
    @property
    def vog_on(self) -> date | None: ...
    @property
    def left_on(self) -> date | None: ...
    @property
    def capacity(self) -> int: ...


@dataclass(frozen=True)
class Validity:
    """For how many years a training and a certificate of conduct (VOG) count.

    A VOG is advised to be renewed every three years (domain research, source 90).
    """

    training_years: int
    vog_years: int


def not_matchable(mentor: _Mentor, mentees: int, today: date, validity: Validity) -> list[str]:
    """Why this mentor cannot be matched today; nothing when he can."""
    full = ["is_full"] if mentees >= mentor.capacity else []
    return not_in_order(mentor, today, validity) + full


def not_in_order(mentor: _Mentor, today: date, validity: Validity) -> list[str]:
    """What is wrong with a mentor's standing, whatever room he has; nothing when it is in order."""
    left = ["has_left"] if mentor.left_on is not None else []
    training = _dated("training", mentor.trained_on, validity.training_years, today)
    return left + training + _dated("vog", mentor.vog_on, validity.vog_years, today)


def in_order_until(mentor: _Mentor, validity: Validity) -> date | None:
    """The last day on which his training and his VOG hold; None when one is missing, or he has left."""
    if mentor.left_on is not None or mentor.trained_on is None or mentor.vog_on is None:
        return None
    training = years_later(mentor.trained_on, validity.training_years)
    return min(training, years_later(mentor.vog_on, validity.vog_years))


def _dated(what: str, day: date | None, years: int, today: date) -> list[str]:
    if day is None or day > today:
        return [f"{what}_missing"]
    return [f"{what}_out_of_date"] if years_later(day, years) < today else []


def years_later(day: date, years: int) -> date:
    """The same day some years on; the 28th for the 29th of February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
