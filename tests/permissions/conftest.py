"""The town is built once for each back end, and again only when another test has emptied it meanwhile."""

import pytest

from tests.permissions.town import Town, a_town
from tests.world import World

_built: dict[str, tuple[int, Town]] = {}


@pytest.fixture
def town(backend) -> Town:
    emptied, found = _built.get(backend.kind, (None, None))
    if found is None or emptied != backend.emptied:
        backend.empty()
        found = a_town(World(backend))
        _built[backend.kind] = (backend.emptied, found)
    World(backend, found.world.clock)  # its clock is the one that the services stand on
    return found
