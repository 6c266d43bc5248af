"""Fixtures: the way in that a test is about, and somebody who has signed in."""

import pytest

from tests.edge.nginx import IS_LEFT_OUT, MISSING
from tests.edge.people import a_coordinator_signed_in
from tests.edge.ways import BehindNginx, SingleProcess

WAYS = {"single-process": SingleProcess, "behind-nginx": BehindNginx}
needs_nginx = (pytest.mark.slow, pytest.mark.skipif(IS_LEFT_OUT, reason=MISSING))


@pytest.fixture(scope="session")
def started():
    """The ways that were started in this test process, by their name and back end."""
    ways = {}
    yield ways
    for way in ways.values():
        way.stop()


@pytest.fixture(params=["single-process", pytest.param("behind-nginx", marks=needs_nginx)])
def way(request, world, started):
    """The programme as it is reached, on the test's clock; nothing was seen by its services yet."""
    key = (request.param, world.backend.kind)
    if key not in started:
        started[key] = WAYS[request.param](world.programme)
    started[key].set_clock(world.clock)
    started[key].seen.clear()
    return started[key]


@pytest.fixture
def person(programme, way):
    """A coordinator who has signed in; what he does with it, the services see from here on."""
    person = a_coordinator_signed_in(programme, way)
    way.seen.clear()
    return person
