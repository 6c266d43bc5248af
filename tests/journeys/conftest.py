"""Systems that run: one of its own for what stops or kills it, one that the other tests share."""

from uuid import uuid4

import pytest

from tests import backends
from tests.builders.people import a_programme
from tests.journeys.live import LiveWorld, start
from tests.journeys.system import System, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The folder that every system here is started from."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(params=backends.available())
def system(request, tmp_path, installed):
    """A system of its own for this test, that was never started."""
    system = System(request.param, tmp_path, installed)
    yield system
    system.end()


@pytest.fixture
def embedded(tmp_path, installed):
    """The same, without servers: for what is the same on every back end."""
    system = System(backends.SQLITE_FEED, tmp_path, installed)
    yield system
    system.end()


@pytest.fixture(scope="session", params=backends.available())
def running(request, tmp_path_factory, installed):
    """One running system for all tests that do it no harm."""
    system = System(request.param, tmp_path_factory.mktemp("running"), installed)
    try:
        start(system, "--empty")
        world = LiveWorld(system)
        yield world
        world.programme.dispose()
    finally:
        system.end()


@pytest.fixture
def live(running):
    """A small programme of this test's own, in the running system that tests share."""
    running.partner = f"De Mussen {uuid4().hex[:6]}"
    return a_programme(running, running.partner)
