"""What is of today in a demonstration: the example ends in 2022, so its people would find nothing to do.

A few men who are made up come on top of it, each referred, guided or waiting for a mentor. All of it
goes the way that people go: over the API, in this process, by each with his own token, on the day on which
it is to have happened. Each thing is looked for before it is made, so that adding them again adds nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from deploy.demonstration.days import Days, NotAdded
from deploy.demonstration.guided import agree_to_mentoring, guide
from deploy.demonstration.people import GUIDED, MEN, REFERRED, WAITING
from deploy.demonstration.referred import agree_to_be_referred, refer
from deploy.demonstration.sheds import hold_sessions, register
from deploy.programme import Programme
from shared.actor import Actor

WHO_IS_NEEDED = frozenset({"administrator", "ambassador", "coordinator", "care_worker", "mentor"})

__all__ = ["MEN", "NotAdded", "add_what_is_of_today"]


def add_what_is_of_today(programme: Programme, people: Mapping[str, Actor]) -> int:
    """Add the men of today around the people of a demonstration; say how many there are. Raises `NotAdded`.

    Nothing is added where it is no demonstration, or where one of its people is missing.
    """
    if not programme.registry.settings.is_demonstration or not people.keys() >= WHO_IS_NEEDED:
        return 0
    with _opened_again(programme, people) as days:
        register(days, [*REFERRED, *GUIDED, *WAITING])
        agree_to_be_referred(days, REFERRED)
        agree_to_mentoring(days, GUIDED, WAITING)
        days.deliver()
        refer(days, REFERRED)
        guide(days, GUIDED)
        hold_sessions(days)
        days.deliver()
    return len(MEN)


@contextmanager
def _opened_again(programme: Programme, people: Mapping[str, Actor]) -> Iterator[Days]:
    """The same programme, opened once more: the one that is open keeps its clock."""
    again = Programme(programme.environ | {"SBS_REQUESTS_PER_MINUTE": "0"})
    try:
        yield Days(again, dict(people), programme.registry.clock.now())
    finally:
        again.dispose()
