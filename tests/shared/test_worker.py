"""A worker says of itself whether everything in it comes round, and ends when it is told to."""

import threading

import pytest

from shared.worker import Timer, Worker
from tests.backends import SQLITE_FEED
from tests.journeys.live import wait_until

pytestmark = pytest.mark.only_on(SQLITE_FEED)


class Stuck:
    """A consumer whose feed neither answers nor gives up."""

    producer = "referrals"
    feed = None

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()

    def catch_up(self, wait=0):
        self.asked.set()
        self.answer.wait()
        return 0

    def retry_parked(self):
        return 0


def test_what_hangs_shows_and_a_timer_that_rests_does_not(world):
    consumer = Stuck()
    worker = Worker(world.programme.registry, [consumer], [Timer("yearly", 1e6, lambda: None)])
    worker.start()
    consumer.asked.wait()

    assert worker.comes_round(60)
    wait_until(lambda: not worker.comes_round(0.3), lambda: "It hangs, and nobody sees it.")

    consumer.answer.set()
    worker.stop()
    assert not worker.alive
