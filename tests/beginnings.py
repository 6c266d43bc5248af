"""What many tests begin with: made once by people's own use cases in each process, then put back.

A test that asks for the fixture `programme` begins with one, and one that asks for `life` with a programme
and a man to whom everything happened.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.backends import Backend
from tests.builders.lives import a_marked_life
from tests.builders.people import a_programme
from tests.kept import Kept
from tests.world import World

BEGINNINGS: dict[str, Callable[[World], Any]] = {
    "life": lambda world: a_marked_life(a_programme(world)),
    "programme": a_programme,
}
"""By the fixture's name; one that has another in it stands before that one."""


@dataclass(frozen=True)
class Beginning:
    """What a builder gave, and the rows that it left."""

    made: Any
    kept: Kept


_made: dict[tuple[str, str], Beginning] = {}


def begin(backend: Backend, fixtures: Collection[str]) -> tuple[World, Any]:
    """The world of a test that asks for these fixtures, and what was made there: nothing, or a beginning."""
    name = next((one for one in BEGINNINGS if one in fixtures), None)
    if name is None:
        backend.empty()
        return World(backend), None
    if (name, backend.kind) not in _made:
        backend.empty()
        world = World(backend)
        _made[name, backend.kind] = Beginning(BEGINNINGS[name](world), Kept.of(world.programme))
    beginning = _made[name, backend.kind]
    backend.empty(beginning.kept)
    world = World(backend)
    return world, beginning.made.in_world(world)
