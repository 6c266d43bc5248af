"""Starting, stopping and starting again, as somebody at a terminal does it."""

import random
import signal
import socket
import time

import pytest

from tests.builders.people import a_programme
from tests.journeys.live import LiveWorld, start, wait_until

pytestmark = pytest.mark.slow
NOWHERE = "127.0.0.1:1"


def assert_nothing_is_left(system):
    wait_until(lambda: not system.left_over(), lambda: f"Still there: {system.left_over()}")
    assert "Traceback" not in system.said()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", system.port))


def test_it_stops_cleanly_and_goes_on_where_it_stopped(system):
    start(system, "--empty")
    world = LiveWorld(system)
    programme = a_programme(world)
    places = [programme.a_referral("accepted")]

    for number in (signal.SIGINT, signal.SIGTERM):
        assert system.stop(number) == 0
        assert_nothing_is_left(system)
        start(system, "--empty")
        assert {programme.coordinator.get(place).json["state"] for place in places} == {"accepted"}
        places.append(programme.a_referral("accepted"))

    world.deliver()
    assert world.parked() == 0
    world.programme.dispose()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_while_it_starts_leaves_nothing_behind(embedded, number):
    moment = random.Random(number)
    for _ in range(2):
        embedded.begin("--empty")
        wait_until((embedded.folder / "home").exists, embedded.said)
        time.sleep(moment.uniform(0, 2.5))
        # Before there is a server: what the shell and click say of a command that was stopped.
        assert embedded.stop(number) in (0, 1, -number)
        assert_nothing_is_left(embedded)

    start(embedded, "--empty")


def ends_with_a_line(system, *words):
    """It ends by itself, and says why in a line or two."""
    assert system.process.wait(60) == 1
    said = system.said()
    assert [word for word in words if word not in said] == [], said
    assert len(said.strip().splitlines()) <= 2, said


def test_a_port_in_use_is_said_in_a_line(running, embedded):
    embedded.port = running.system.port

    embedded.begin("--empty")

    ends_with_a_line(embedded, "SBS_BIND", str(embedded.port), "in use")
    assert running.system.ready()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SBS_EXPIRE_AFTER_DAYS", "soon"),
        ("SBS_TIMEZONE", "Mars/Olympus"),
        ("SBS_BIND", "127.0.0.1:99999"),
        ("SBS_HOME", "/dev/null"),
        ("SBS_BROKER_URL", "redis://somewhere"),
        ("SBS_DATABASE_URL", "mysql://somewhere/{service}"),
        ("SBS_DATABASE_URL", "sqlite:////nowhere/{service}.db"),
        ("SBS_DATABASE_URL", f"postgresql://nobody@{NOWHERE}/sbs_{{service}}"),
    ],
)
def test_a_wrong_setting_is_named_in_a_line(embedded, variable, value):
    embedded.extra = {variable: value}

    embedded.begin("--empty")

    ends_with_a_line(embedded, variable)


def test_it_serves_and_delivers_by_the_feeds_while_the_broker_is_away(system):
    system.extra = {"SBS_BROKER_URL": f"amqp://guest:guest@{NOWHERE}//"}
    start(system, "--empty")
    world = LiveWorld(system)

    # Making it waits for every event to arrive.
    programme = a_programme(world)
    programme.a_draft()

    world.deliver()
    assert world.parked() == 0
    world.programme.dispose()
