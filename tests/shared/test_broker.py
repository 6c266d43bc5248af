"""RabbitMQ: the relay's cursor moves only when all is confirmed, and what the broker loses the feed gives."""

import json
import threading
import time

import amqp as pyamqp
import pytest

from shared.messaging import amqp, outbox
from shared.messaging.receivers import QueueReader
from shared.messaging.relay import Publisher, Relay
from tests.backends import POSTGRESQL_RABBITMQ
from tests.broker import delete_queues
from tests.shared.test_consumer import cursor, parked_rows
from tests.shared.test_outbox import tell

pytestmark = pytest.mark.only_on(POSTGRESQL_RABBITMQ)


@pytest.fixture
def broker(world):
    url = world.programme.registry.settings.broker_url
    world.backend.close_broker()
    delete_queues(url, world.backend.namespace)
    return url


def reader_of(world, url, connection):
    worker = next(w for w in world.programme.workers() if w.service.name == "referrals")
    return QueueReader(worker.service, worker.consumers, connection)


def relayed(world):
    with world.programme.registry.database.read() as session:
        return outbox.feed_state(session).relayed_position


def publish(world, url):
    Relay(world.programme.registry).stamp()
    publisher = Publisher(world.programme.registry, url)
    try:
        return publisher.publish_all()
    finally:
        publisher.close()


def test_what_is_published_arrives_as_cloudevents_in_order(world, broker):
    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        tell(world, count=450)
        assert publish(world, broker) == 450
        taken = 0
        while count := reader.take(1.0):
            taken += count

    assert taken == 450
    assert relayed(world) == 450


def test_a_message_names_its_kind_and_itself(world, broker):
    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        tell(world)
        publish(world, broker)
        reader._gather(2.0)
        (message,) = reader._buffer

    assert message.properties["content_type"] == "application/cloudevents+json"
    assert message.properties["delivery_mode"] == 2
    assert message.properties["message_id"] == json.loads(message.body)["id"]
    assert message.delivery_info["routing_key"] == "org.sbs.shed.closed.v1"


def test_a_batch_that_the_broker_refuses_is_published_again(world, broker):
    """A full queue refuses: the cursor stays where it was, and nothing is taken for delivered."""
    name = f"{world.backend.namespace}.full"
    with amqp.connect(broker) as connection, connection.connection.channel() as channel:
        exchange = amqp.exchange_of(world.backend.namespace, "registry")
        exchange(connection.default_channel).declare()
        arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare(name, arguments=arguments, auto_delete=False)
        channel.queue_bind(name, exchange.name, "#")
        try:
            tell(world, count=5)
            with pytest.raises(amqp.Unconfirmed):
                publish(world, broker)
            assert relayed(world) == 0
        finally:
            channel.queue_delete(name)
    assert publish(world, broker) == 5
    assert relayed(world) == 5


def test_a_deleted_queue_costs_nothing_for_the_feed_fills_what_it_held(world, broker, programme_deliverer):
    with amqp.connect(broker) as connection:
        reader_of(world, broker, connection)
    tell(world, count=30)
    publish(world, broker)
    delete_queues(broker, world.backend.namespace)

    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        tell(world)
        publish(world, broker)
        reader.take(2.0)

    assert programme_deliverer() == 31


@pytest.fixture
def programme_deliverer(world):
    """How far referrals has applied the registry's feed."""
    return lambda: cursor(world)


def test_a_consumer_that_dies_before_it_acknowledges_gets_the_batch_again_and_applies_it_once(
    world, broker, programme_deliverer
):
    with amqp.connect(broker) as connection:
        reader_of(world, broker, connection)
    tell(world, count=3)
    publish(world, broker)
    with amqp.connect(broker) as connection:
        dying = reader_of(world, broker, connection)
        dying._gather(2.0)
        for consumer in dying._consumers.values():
            consumer.receive([json.loads(message.body) for message in dying._buffer])
        # The connection closes here: nothing was acknowledged.
    with amqp.connect(broker) as connection:
        assert reader_of(world, broker, connection).take(2.0) == 3

    assert programme_deliverer() == 3


def test_a_message_that_is_no_event_is_kept_and_the_ones_behind_it_pass(world, broker, programme_deliverer):
    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        with connection.connection.channel() as channel:
            for body in ("{not json", "[]", "null", '{"position": 1}'):
                channel.basic_publish(
                    pyamqp.Message(body),
                    exchange=f"{world.backend.namespace}.events.registry",
                    routing_key="x",
                )
        tell(world, count=2)
        publish(world, broker)
        while reader.take(1.0):
            pass

    assert programme_deliverer() == 2
    assert len(parked_rows(world)) == 3  # The fourth names a position, and the feed has a true event there.


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda event: json.dumps(event | {"more": "x" * 300_000}), "longer than 262144 bytes"),
        (lambda event: json.dumps(event)[:-20], "not JSON"),
        (lambda event: b"\xff\xfe" + json.dumps(event).encode(), "not JSON"),
        (lambda event: "[" * 100_000, "not JSON"),
        (lambda event: json.dumps([event]), "not a JSON object"),
        (lambda event: json.dumps(event | {"source": "/mentoring"}), "comes from mentoring"),
        (lambda event: json.dumps(event | {"position": 10**9}), "does not reach"),
    ],
    ids=["oversized", "half an event", "not text", "nested", "a list", "forged", "beyond the feed"],
)
def test_a_message_that_is_not_what_it_should_be_is_parked_with_the_reason_and_stops_nobody(
    world, broker, programme_deliverer, spoil, reason
):
    """The true event comes by the feed where the message that stood for it was of no use."""
    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        tell(world, count=2)
        Relay(world.programme.registry).stamp()
        with world.programme.registry.database.read() as session:
            (document, _) = outbox.read_feed(session, 0, 2).documents
        with connection.connection.channel() as channel:
            channel.basic_publish(
                pyamqp.Message(spoil(json.loads(document)), content_encoding="utf-8"),
                exchange=f"{world.backend.namespace}.events.registry",
                routing_key="x",
            )
        publish(world, broker)
        while reader.take(1.0):
            pass

    assert programme_deliverer() == 2
    (row,) = parked_rows(world)
    assert reason in row.reason
    assert 0 < len(row.document) <= 64_000
    assert row.next_attempt_at is None


def test_nobody_listening_yet_loses_nothing(world, broker, programme_deliverer):
    tell(world, count=4)
    assert publish(world, broker) == 4

    with amqp.connect(broker) as connection:
        reader = reader_of(world, broker, connection)
        reader.catch_up(threading.Event())

    assert programme_deliverer() == 4


def test_an_idle_relay_keeps_its_connection(world, broker, monkeypatch, caplog):
    """Nobody speaks to it but the broker, whose heartbeats it must hear: two that are missed end it."""
    monkeypatch.setattr(amqp, "HEARTBEAT", 1)
    stopping = threading.Event()
    relay = Relay(world.programme.registry)
    failed = []
    monkeypatch.setattr(relay, "_stamp_meanwhile", lambda *_: failed.append(1))
    thread = threading.Thread(target=relay.run, args=(stopping,))
    thread.start()
    try:
        time.sleep(6)
    finally:
        stopping.set()
        world.programme.registry.doorbell.ring()
        thread.join()

    assert failed == []


def test_the_relay_goes_on_stamping_while_the_broker_is_away(world, monkeypatch):
    relay = Relay(world.programme.registry)
    relay._broker_url = "amqp://guest:guest@127.0.0.1:1//"
    stopping = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stopping,))
    thread.start()
    try:
        for _ in range(4):
            tell(world, count=1)
            world.programme.registry.doorbell.ring()
            end = time.monotonic() + 30
            while unstamped(world) and time.monotonic() < end:
                time.sleep(0.02)
            assert unstamped(world) == 0
    finally:
        stopping.set()
        world.programme.registry.doorbell.ring()
        thread.join()


def unstamped(world):
    with world.programme.registry.database.read() as session:
        return outbox.unstamped(session)
