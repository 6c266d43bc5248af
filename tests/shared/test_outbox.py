"""The outbox: told exactly when committed, positions without gaps, in the order of a thing's changes."""

import json
import threading
from uuid import uuid4

import pytest

from shared.actor import system_actor
from shared.identifiers import new_id
from shared.messaging import outbox
from shared.messaging.feed import wait_for_events
from shared.messaging.relay import Relay
from tests.backends import SQLITE_FEED

CLOSED_ON = "2026-01-01"


def tell(world, count=1, subject=None, fail=False):
    """Record some events in one unit of work of the registry."""
    with world.work("registry") as work:
        for _ in range(count):
            shed_id = subject or new_id()
            work.record("shed.closed", shed_id, {"shed_id": shed_id, "closed_on": world.clock.today()})
        if fail:
            raise RuntimeError("the change failed")


def feed(world, after=0, limit=500, types=None):
    service = world.programme.registry
    Relay(service, publish=False).stamp()
    with service.database.read() as session:
        return outbox.read_feed(session, after, limit, types)


def positions(page):
    return [json.loads(document)["position"] for document in page.documents]


def test_what_is_told_is_a_cloudevent(world):
    shed_id = uuid4()
    tell(world, subject=shed_id)

    (document,) = feed(world).documents
    event = json.loads(document)

    assert event["specversion"] == "1.0"
    assert event["type"] == "org.sbs.shed.closed.v1"
    assert event["source"] == "/registry"
    assert event["subject"] == str(shed_id)
    assert event["data"] == {"shed_id": str(shed_id), "closed_on": world.clock.today().isoformat()}
    assert event["position"] == 1


def test_a_change_that_failed_tells_nothing(world):
    with pytest.raises(RuntimeError):
        tell(world, fail=True)

    assert feed(world).documents == []


def test_positions_have_no_gaps_whatever_was_rolled_back(world):
    for nth in range(6):
        try:
            tell(world, count=2, fail=nth % 2 == 0)
        except RuntimeError:
            continue

    assert positions(feed(world)) == [1, 2, 3, 4, 5, 6]


def test_a_reader_who_follows_positions_misses_nothing_of_many_writers(world):
    """Ids are given before the commit; a reader by id would miss what commits late."""
    writers = [threading.Thread(target=lambda: [tell(world) for _ in range(15)]) for _ in range(6)]
    seen: list[int] = []
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers) or len(seen) < 90:
        seen += positions(feed(world, after=seen[-1] if seen else 0, limit=7))
    for writer in writers:
        writer.join()

    assert seen == list(range(1, 91))


def test_the_feed_can_be_read_by_type_and_its_position_still_moves(world):
    tell(world, count=3)

    page = feed(world, types=["org.sbs.shed.opened.v1"])

    assert page.documents == []
    assert page.position == 3


# On PostgreSQL the relay stamps first; tests/journeys go the whole way there.
@pytest.mark.only_on(SQLITE_FEED)
def test_a_waiting_reader_is_woken_by_the_commit(world):
    service = world.programme.registry
    got = []
    reader = threading.Thread(target=lambda: got.append(wait_for_events(service, 0, 10, 15.0)))
    reader.start()
    tell(world)
    reader.join(5)

    assert not reader.is_alive()
    assert len(got[0].documents) == 1


def test_an_event_must_say_all_that_it_declares_and_no_more(world):
    for data in ({"shed_id": new_id()}, {"shed_id": new_id(), "closed_on": None, "name": "Yusuf"}):
        with pytest.raises(ValueError, match="shed.closed"), world.work("registry") as work:
            work.record("shed.closed", new_id(), data)


def test_an_event_that_is_not_declared_cannot_be_told(world):
    with pytest.raises(KeyError), world.work("registry") as work:
        work.record("shed.painted", new_id(), {})


def test_the_relay_cursor_moves_only_from_where_it_was(world):
    service = world.programme.registry
    with service.begin(system_actor()) as work:
        assert outbox.move_relay_cursor(work.session, 0, 5)
        assert not outbox.move_relay_cursor(work.session, 0, 9)
        assert outbox.feed_state(work.session).relayed_position == 5
