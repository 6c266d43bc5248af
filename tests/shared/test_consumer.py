"""Consumers: each event once, in order, whatever is delivered twice, late or never; what fails is kept."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from marshmallow import fields
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from shared.identifiers import new_id
from shared.messaging import outbox, parked
from shared.messaging.consumer import Consumer
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.feed import Batch, FeedUnavailable
from shared.messaging.handlers import Handler, Told
from shared.messaging.parked import ParkedEvent


class Closed(Told):
    shed_id = fields.UUID(required=True)
    closed_on = fields.Date(required=True)


@dataclass
class Telling:
    """A made-up producer: its feed, and what the consumer under test did with it."""

    world: Any
    epoch: str = field(default_factory=lambda: str(new_id()))
    events: list[dict[str, Any]] = field(default_factory=list)
    failing: set[UUID] = field(default_factory=set)
    sick: bool = False
    asked: int = 0

    def __post_init__(self) -> None:
        # An effect that would show every event applied twice: a row per event, in a table of its own.
        with self.world.work("referrals") as work:
            work.session.execute(text("create table if not exists effect (nth integer, subject varchar(40))"))
            work.session.execute(text("delete from effect"))

    def tell(self, subject: UUID | None = None, **changes: Any) -> dict[str, Any]:
        position = len(self.events) + 1
        subject = subject or new_id()
        event = {
            "id": str(new_id()),
            "source": "/registry",
            "type": "org.sbs.shed.closed.v1",
            "subject": str(subject),
            "time": "2026-03-02T09:00:00+00:00",
            "position": position,
            "epoch": self.epoch,
            "data": {"shed_id": str(subject), "closed_on": "2026-01-01"},
        } | changes
        self.events.append(event)
        return event

    def read(self, after: int, limit: int, wait: float = 0) -> Batch:
        self.asked += 1
        if self.sick:
            raise FeedUnavailable("away")
        return Batch(self.epoch, [event for event in self.events if event["position"] > after][:limit])

    def handle(self, work: Any, event: Any, told: dict[str, Any]) -> None:
        work.session.execute(
            text("insert into effect values (:nth, :subject)"),
            {"nth": event.position, "subject": str(event.subject)},
        )
        if event.subject in self.failing:
            raise RuntimeError("this one cannot be applied")

    def applied(self) -> list[int]:
        with self.world.programme.referrals.database.read() as session:
            return list(session.execute(text("select nth from effect")).scalars())


@pytest.fixture
def telling(world):
    made = Telling(world)
    yield made
    with world.work("referrals") as work:
        work.session.execute(text("drop table effect"))


@pytest.fixture
def consumer(world, telling):
    handlers = [Handler("shed.closed", Closed, telling.handle)]
    return Consumer(world.programme.referrals, "registry", handlers, telling)


def cursor(world) -> int:
    with world.programme.referrals.database.read() as session:
        row = session.get(ConsumerCursor, "registry")
        return row.position if row else 0


def parked_rows(world) -> list[ParkedEvent]:
    with world.programme.referrals.database.read() as session:
        return list(session.scalars(select(ParkedEvent).order_by(ParkedEvent.position)))


def test_events_are_applied_in_order_and_once_whatever_the_order_of_delivery(consumer, telling, world):
    events = [telling.tell() for _ in range(5)]

    consumer.receive([events[2], events[0], events[1]])
    consumer.receive(events)
    consumer.receive(reversed(events))

    assert telling.applied() == [1, 2, 3, 4, 5]
    assert cursor(world) == 5


def test_nothing_of_an_old_epoch_is_applied_once_another_process_follows_a_new_one(consumer, telling, world):
    """Else the first events of the new one would be taken for had."""
    old = [telling.tell() for _ in range(3)]
    consumer.catch_up()
    telling.tell()
    late = telling.tell()
    read = telling.read

    def while_another_process_follows(after: int, limit: int, wait: float = 0) -> Batch:
        batch = read(after, limit, wait)
        consumer._follow(str(new_id()))
        return batch

    telling.read = while_another_process_follows

    with pytest.raises(FeedUnavailable):
        consumer.receive([late])

    assert telling.applied() == [one["position"] for one in old]
    assert cursor(world) == 0


def test_what_was_never_delivered_is_filled_from_the_feed(consumer, telling):
    telling.tell()
    consumer.catch_up()
    events = [*telling.events, *(telling.tell() for _ in range(249))]

    consumer.receive([events[249]])

    assert telling.applied() == list(range(1, 251))


def test_events_that_nobody_here_handles_are_passed_over(consumer, telling, world):
    telling.tell(type="org.sbs.shed.painted.v7")
    telling.tell()

    consumer.catch_up()

    assert telling.applied() == [2]
    assert cursor(world) == 2
    assert parked_rows(world) == []


def test_one_that_fails_is_kept_and_those_of_its_subject_wait_while_others_pass(consumer, telling, world):
    bad, good = new_id(), new_id()
    telling.failing.add(bad)
    for subject in (good, bad, good, bad, good):
        telling.tell(subject)

    consumer.catch_up()

    assert telling.applied() == [1, 3, 5]
    assert [row.position for row in parked_rows(world)] == [2, 4]
    assert parked_rows(world)[0].reason == "RuntimeError"
    assert parked_rows(world)[0].attempts == 1
    assert "waits behind" in parked_rows(world)[1].reason


def test_what_was_kept_is_applied_in_order_once_it_can_be(consumer, telling, world):
    bad = new_id()
    telling.failing.add(bad)
    for _ in range(3):
        telling.tell(bad)
    consumer.catch_up()
    telling.failing.clear()

    assert consumer.retry_parked() == 0, "its time has not come yet"
    world.clock.advance(seconds=5)
    while consumer.retry_parked():
        pass

    assert telling.applied() == [1, 2, 3]
    assert parked_rows(world) == []


def test_one_that_fails_again_and_again_is_tried_for_as_long_as_it_takes(consumer, telling, world):
    bad = new_id()
    telling.failing.add(bad)
    telling.tell(bad)
    consumer.catch_up()

    for _ in range(30):
        world.clock.advance(hours=2)
        assert consumer.retry_parked() == 1

    (row,) = parked_rows(world)
    assert row.next_attempt_at is not None
    telling.failing.clear()
    world.clock.advance(hours=2)
    consumer.retry_parked()
    assert telling.applied() == [1]
    assert parked_rows(world) == []


def test_one_that_rests_is_tried_once_an_operator_says_so(consumer, telling, world):
    telling.tell(data={})
    consumer.catch_up()
    world.clock.advance(hours=2)
    assert consumer.retry_parked() == 0

    with world.work("referrals") as work:
        assert parked.retry_now(work.session, work.now) == 1

    assert consumer.retry_parked() == 1


def test_what_is_of_an_unknown_version_holds_up_no_later_event_of_its_subject(consumer, telling, world):
    """A breaking change is told as a new type beside the old one."""
    subject = new_id()
    telling.tell(subject, type="org.sbs.shed.closed.v2")
    telling.tell(subject)

    consumer.catch_up()

    assert telling.applied() == [2]


def test_what_is_malformed_holds_up_later_events_of_its_subject(consumer, telling, world):
    subject = new_id()
    telling.tell(subject, data={})
    telling.tell(subject)
    telling.tell()

    consumer.catch_up()

    assert telling.applied() == [3]
    assert [row.reason == parked.BEHIND for row in parked_rows(world)] == [False, True]


@pytest.mark.parametrize("source", ["/regi\x00stry", "/\ud800", "\x00"], ids=ascii)
def test_what_a_database_cannot_keep_is_parked_all_the_same(consumer, telling, world, source):
    bad = {**telling.tell(), "source": source}

    consumer.receive([bad])

    (row,) = parked_rows(world)
    assert "x00" in row.reason + row.document or "ud800" in row.reason + row.document
    consumer.catch_up()
    assert telling.applied() == [1]


def test_a_position_that_the_feed_does_not_reach_is_put_aside(consumer, telling, world):
    telling.tell()
    forged = {**telling.events[0], "position": 9_000_000}
    consumer.catch_up()

    consumer.receive([forged, telling.tell()])

    assert telling.applied() == [1, 2]
    (row,) = parked_rows(world)
    assert "does not reach" in row.reason


def test_an_epoch_that_begins_anew_parks_nothing_twice(consumer, telling, world):
    telling.failing.add(bad := new_id())
    telling.tell(bad)
    telling.tell(bad)
    consumer.catch_up()
    telling.epoch = str(new_id())
    for event in telling.events:
        event["epoch"] = telling.epoch

    consumer.catch_up()

    assert len(parked_rows(world)) == 2


def test_pauses_double_with_jitter_and_end_at_an_hour():
    for attempts in range(1, 20):
        pause = parked.pause_after(attempts).total_seconds()
        middle = min(2.0 ** (attempts - 1), 3600)

        assert middle * 0.5 <= pause <= middle * 1.5


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"shed_id": "not an id", "closed_on": "2026-01-01"}},
        {"data": {}},
        {"data": "text"},
        {"subject": None},
        {"time": "yesterday"},
        {"type": "nonsense"},
        {"type": "org.sbs.shed.closed.v2"},
    ],
    ids=str,
)
def test_what_is_malformed_or_of_an_unknown_version_rests_at_once_and_stops_nobody(
    consumer, telling, world, changes
):
    telling.tell().update(changes)
    telling.tell()

    consumer.catch_up()

    assert telling.applied() == [2]
    (row,) = parked_rows(world)
    assert row.next_attempt_at is None
    assert row.reason


@pytest.mark.parametrize("junk", ["not json", 7, None, [], {}, {"position": -1}, {"position": "1"}])
def test_a_message_that_is_no_event_at_all_is_kept_and_stops_nobody(consumer, telling, world, junk):
    event = telling.tell()

    consumer.receive([junk, event])

    assert telling.applied() == [1]
    assert len(parked_rows(world)) == 1


def test_a_message_that_says_it_comes_from_another_is_not_applied(consumer, telling, world):
    forged = telling.tell() | {"source": "/mentoring"}
    telling.events.clear()

    consumer.receive([forged])

    assert telling.applied() == []
    assert "mentoring" in parked_rows(world)[0].reason


def test_a_sick_environment_parks_nothing_and_is_tried_again_whole(consumer, telling, world):
    events = [telling.tell() for _ in range(3)]

    def sick(work: Any, event: Any, told: Any) -> None:
        raise OperationalError("select", {}, Exception("the database is away"))

    broken = Consumer(world.programme.referrals, "registry", [Handler("shed.closed", Closed, sick)], telling)
    with pytest.raises(OperationalError):
        broken.receive(events)
    assert parked_rows(world) == []
    assert cursor(world) == 0

    consumer.receive(events)
    assert telling.applied() == [1, 2, 3]


def test_a_gap_that_the_feed_cannot_fill_now_is_not_skipped(consumer, telling, world):
    telling.tell()
    consumer.catch_up()
    events = [*telling.events, telling.tell(), telling.tell()]
    telling.sick = True

    with pytest.raises(FeedUnavailable):
        consumer.receive([events[2]])
    assert telling.applied() == [1]

    telling.sick = False
    consumer.receive([events[2]])
    assert telling.applied() == [1, 2, 3]


def test_a_producer_that_was_restored_is_noticed_and_read_from_its_beginning(consumer, telling, world):
    for _ in range(5):
        telling.tell()
    consumer.catch_up()
    telling.epoch, telling.events = str(new_id()), []
    for _ in range(2):
        telling.tell()

    consumer.receive([telling.events[1]])

    assert telling.applied() == [1, 2, 3, 4, 5, 1, 2]
    assert cursor(world) == 2


def test_fields_that_a_consumer_does_not_know_are_no_business_of_it(consumer, telling):
    telling.tell()["data"]["colour"] = "blue"

    consumer.catch_up()

    assert telling.applied() == [1]


def test_effects_and_cursor_are_one_transaction(consumer, telling, world):
    """A handler that fails after its effect leaves no trace of it."""
    bad = new_id()
    telling.failing.add(bad)
    telling.tell(bad)

    consumer.catch_up()

    assert telling.applied() == []
    assert cursor(world) == 1


def test_the_epoch_of_a_feed_changes_when_it_is_begun_anew(world):
    with world.work("registry") as work:
        before = outbox.feed_state(work.session).epoch
        outbox.begin_epoch(work.session)
        assert outbox.feed_state(work.session).epoch != before


def test_a_document_is_kept_as_it_can_be_read_again(consumer, telling, world):
    bad = new_id()
    telling.failing.add(bad)
    event = telling.tell(bad)
    consumer.catch_up()

    kept = json.loads(parked_rows(world)[0].document)

    assert {name: kept[name] for name in ("id", "type", "subject", "data", "position")} == {
        name: event[name] for name in ("id", "type", "subject", "data", "position")
    }
