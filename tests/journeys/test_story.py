"""What a newcomer does: starts it, sees the example load, walks the story, stops, and goes on another day."""

import re
import signal

import pytest

from deploy.demonstration import MEN
from tests.journeys.live import LiveCaller, start, wait_until

pytestmark = pytest.mark.slow
LOADING = "Nothing is loaded yet."
TOLD = "Ctrl-C stops everything"
STEPS = 23


def start_and_wait_until_told(system):
    before = system.said().count(TOLD)
    start(system)
    wait_until(lambda: system.said().count(TOLD) > before, lambda: f"It tells nothing: {system.said()}")


def men(system):
    """How many men take part, by the figures as the coordinator reads them."""
    token = (system.folder / "home" / "tokens" / "coordinator").read_text()
    return LiveCaller(system.origin, token).get("/registry/figures").json["men"]["taking_part"]


def test_the_story_is_told_to_its_end_and_the_example_is_loaded_once(system):
    start_and_wait_until_told(system)
    told = system.command("story")

    assert told.returncode == 0, told.stdout + told.stderr
    assert "That was his story." in told.stdout
    assert re.findall(r"^ *(\d+)  ", told.stdout, re.MULTILINE) == [str(n + 1) for n in range(STEPS)]

    counted = men(system)
    assert system.stop() == 0
    start_and_wait_until_told(system)

    assert men(system) == counted
    assert system.said().count(LOADING) == 1
    assert "Traceback" not in system.said()
    assert "event.taken" not in system.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_example_that_was_stopped_half_way_is_loaded_to_its_end(embedded, number):
    embedded.begin()
    wait_until(lambda: "shedders.csv" in embedded.said(), lambda: f"It does not load: {embedded.said()}")
    embedded.send(number)
    embedded.process.wait(60)
    wait_until(lambda: not embedded.left_over(), lambda: f"Still there: {embedded.left_over()}")

    start_and_wait_until_told(embedded)

    assert men(embedded) == 100 + len(MEN)
    assert embedded.said().count(LOADING) == 2
    assert "Traceback" not in embedded.said()
