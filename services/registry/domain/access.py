"""The two ways in which somebody sees for a time what is not his own: cover, and emergency access."""

from datetime import date, timedelta
from enum import StrEnum

from shared.actor import COVERED, Role
from shared.errors import InvalidInput
from shared.lifecycle import Lifecycle, Transition, states

LONGEST_COVER = timedelta(days=92)
EMERGENCY_LASTS = timedelta(hours=1)


class CoverState(StrEnum):
    NAMED = "named"
    ENDED = "ended"


class CoverAction(StrEnum):
    END = "end"
    LAPSE = "lapse"


COVER = Lifecycle(
    name="cover",
    initial=CoverState.NAMED,
    transitions=(
        Transition(
            CoverAction.END,
            states(CoverState.NAMED),
            CoverState.ENDED,
            COVERED | {Role.COORDINATOR},
            event="cover.ended",
        ),
        Transition(
            CoverAction.LAPSE,
            states(CoverState.NAMED),
            CoverState.ENDED,
            frozenset({Role.SYSTEM}),
            event="cover.ended",
        ),
    ),
)
"""After its last day nobody stands in by it any more, whether it has lapsed yet or not."""


def check_period(from_day: date, until_day: date, today: date) -> None:
    """A cover begins today or later, and has an end. Raises `InvalidInput`."""
    if from_day < today:
        raise InvalidInput.on("from_day", "Nobody can stand in for days that are over.")
    if until_day < from_day:
        raise InvalidInput.on("until_day", "It ends before it begins.")
    if until_day - from_day >= LONGEST_COVER:
        raise InvalidInput.on("until_day", f"A cover lasts {LONGEST_COVER.days} days at most.")


class EmergencyState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


class EmergencyAction(StrEnum):
    END = "end"
    LAPSE = "lapse"


EMERGENCY_ACCESS = Lifecycle(
    name="emergency access",
    initial=EmergencyState.OPEN,
    transitions=(
        Transition(
            EmergencyAction.END,
            states(EmergencyState.OPEN),
            EmergencyState.ENDED,
            frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
            event="emergency.ended",
        ),
        Transition(
            EmergencyAction.LAPSE,
            states(EmergencyState.OPEN),
            EmergencyState.ENDED,
            frozenset({Role.SYSTEM}),
            event="emergency.ended",
        ),
    ),
)
"""When its hour is over nothing is shown by it any more, whether it has lapsed yet or not."""
