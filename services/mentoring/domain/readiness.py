"""When a mentor can be matched, and when a man is work-ready (DOMAIN: Lifecycles)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.mentoring.domain.lifecycles import STEP_DONE, StepState


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


def obstacles_to_match(mentor: _Mentor, mentees: int, today: date, validity: Validity) -> list[str]:
    """Why this mentor cannot be matched today; nothing when he can."""
    reasons = []
    if mentor.left_on is not None:
        reasons.append("has_left")
    reasons += _dated("training", mentor.trained_on, validity.training_years, today)
    reasons += _dated("vog", mentor.vog_on, validity.vog_years, today)
    if mentees >= mentor.capacity:
        reasons.append("is_full")
    return reasons


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


class _Step(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def state(self) -> StepState: ...


def missing_steps(steps: Iterable[_Step]) -> list[str]:
    """The required steps that are neither completed nor waived."""
    return [step.code for step in steps if step.required and step.state not in STEP_DONE]
