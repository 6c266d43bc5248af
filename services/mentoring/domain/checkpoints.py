"""When a job is looked at again, and which of these looks nobody has recorded yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from services.mentoring.domain.codes import CHECKPOINT_WEEKS


class _Checkpoint(Protocol):
    @property
    def weeks(self) -> int: ...


@dataclass(frozen=True)
class ToRecord:
    """A checkpoint that nobody recorded, and the day from which one can."""

    weeks: int
    due_on: date


def due_on(started_on: date, weeks: int) -> date:
    """The day of a checkpoint."""
    return started_on + timedelta(weeks=weeks)


def to_record(started_on: date, ended_on: date | None, known: Iterable[_Checkpoint]) -> list[ToRecord]:
    """The checkpoints of a job that are not recorded, the first one first; none of after its end."""
    recorded = {checkpoint.weeks for checkpoint in known}
    asked = [
        ToRecord(weeks, due_on(started_on, weeks)) for weeks in CHECKPOINT_WEEKS if weeks not in recorded
    ]
    return [one for one in asked if ended_on is None or one.due_on <= ended_on]
