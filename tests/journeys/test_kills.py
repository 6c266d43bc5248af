"""The system is killed again and again while people work; what was acknowledged is there once, everywhere."""

import random
import signal
import time

import pytest

from tests import recount
from tests.builders.people import a_programme
from tests.journeys.live import LiveWorld, start
from tests.traffic import Person, send_home

pytestmark = pytest.mark.slow
ROUNDS = 4
PEOPLE = 3


@pytest.fixture
def mortal(system):
    """A small programme in a system of its own, which may be killed."""
    start(system, "--empty")
    world = LiveWorld(system)
    yield a_programme(world)
    world.programme.dispose()


def test_kills_lose_nothing_and_double_nothing(system, mortal):
    live = mortal
    people = [Person(live, nth) for nth in range(PEOPLE)]
    for person in people:
        person.start()
    moment = random.Random(20261124)
    for _ in range(ROUNDS):
        time.sleep(moment.uniform(0.3, 1.5))
        system.send(signal.SIGKILL)
        system.process.wait(10)
        start(system, "--empty")
    time.sleep(1.0)
    done = send_home(people)
    live.world.deliver()

    assert len([one for one in done if one.referral]) >= 2 * ROUNDS
    with recount.reading(live) as sessions:
        assert list(recount.amiss(sessions, done)) == []
        assert recount.disagreements(sessions) == []
        assert recount.wrong_figures(live, sessions) == {}
        assert recount.gaps(sessions) == []
    assert live.world.parked() == 0
