"""What brings events to the consumers: a follower per producer's feed, or one queue on the broker.

Both end in `Consumer.receive` or `Consumer.catch_up`, and both stop between batches.
"""

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from kombu.connection import Connection
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging import amqp
from shared.messaging.consumer import BATCH, Consumer
from shared.messaging.events import NoEvent
from shared.messaging.feed import LONGEST_WAIT, FeedUnavailable
from shared.messaging.parked import LONGEST_DOCUMENT
from shared.unit_of_work import Service

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SILENCE = 5.0
GATHER = 0.005
# An event is ids, codes, dates and counts, so ours are far shorter than this.
LONGEST_MESSAGE = 256 * 1024

log = structlog.get_logger()


def follow(consumer: Consumer, stopping: threading.Event) -> None:
    """Without a broker: read the producer's feed again and again, waiting at its end."""
    pause = FIRST_PAUSE
    while not stopping.is_set():
        try:
            consumer.catch_up(wait=LONGEST_WAIT)
            pause = FIRST_PAUSE
        except (FeedUnavailable, SQLAlchemyError) as error:
            log.warning("follower.waiting", producer=consumer.producer, error=type(error).__name__)
            stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def consume(service: Service[Any], consumers: Sequence[Consumer], stopping: threading.Event) -> None:
    """With a broker: take messages from the service's queue, and look at the feeds when it is silent."""
    pause = FIRST_PAUSE
    while not stopping.is_set():
        try:
            with amqp.connect(service.settings.broker_url) as connection:
                queue = QueueReader(service, consumers, connection)
                pause = FIRST_PAUSE
                queue.run(stopping)
        except (*amqp.BROKER_ERRORS, FeedUnavailable, SQLAlchemyError) as error:
            log.warning("consumer.waiting", service=service.name, error=type(error).__name__)
            # The broker is away; the feeds may not be. They are the truth, so go on with them.
            _catch_up(consumers, stopping)
            stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _catch_up(consumers: Iterable[Consumer], stopping: threading.Event) -> None:
    """Read the feeds to their ends, or as far as it goes until the word to stop: the rest is there later.

    A producer that does not answer holds up nobody: what came by the queue is applied, and so is what
    another producer told.
    """
    for consumer in consumers:
        try:
            while not stopping.is_set() and consumer.catch_up():
                pass
        except (FeedUnavailable, SQLAlchemyError) as error:
            log.warning("feed.waiting", producer=consumer.producer, error=type(error).__name__)


class QueueReader:
    """One connection's reading of a service's queue."""

    def __init__(self, service: Service[Any], consumers: Sequence[Consumer], connection: Connection) -> None:
        self._consumers = {consumer.producer: consumer for consumer in consumers}
        namespace = service.settings.broker_namespace
        queues = amqp.queue_of(namespace, service.name, list(self._consumers))
        amqp.declare(connection, namespace, queues)
        # The raw connection: kombu's own drain_events reconnects in silence, without our consumer.
        self._raw = connection.connection
        self._channel = self._raw.channel()
        self._channel.basic_qos(0, amqp.PREFETCH, False)
        self._buffer: list[Any] = []
        self._channel.basic_consume(queues[0].name, callback=self._buffer.append)

    def run(self, stopping: threading.Event) -> None:
        self.catch_up(stopping)
        heard = time.monotonic()
        while not stopping.is_set():
            if self.take(patience=0.5):
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE:
                self.catch_up(stopping)
                heard = time.monotonic()

    def take(self, patience: float) -> int:
        """Wait for messages, apply what came, and say how many they were."""
        self._gather(patience)
        taken = len(self._buffer)
        if taken:
            self._apply()
        self._raw.heartbeat_tick(rate=2)
        return taken

    def catch_up(self, stopping: threading.Event) -> None:
        """Read the feeds to their ends: what the queue lost, or never had, is there."""
        _catch_up(self._consumers.values(), stopping)

    def _gather(self, patience: float) -> None:
        """Wait for a message, then take what else is at hand, up to a batch."""
        while len(self._buffer) < BATCH:
            try:
                self._raw.drain_events(timeout=patience)
            except TimeoutError:
                return
            if self._buffer:
                patience = GATHER

    def _apply(self) -> None:
        """Apply the batch, and acknowledge it only after its transactions are committed."""
        messages = list(self._buffer)
        self._buffer.clear()
        for producer, documents in _by_producer(messages, list(self._consumers)).items():
            self._consumers[producer].receive(documents)
        self._channel.basic_ack(messages[-1].delivery_tag, multiple=True)


def _by_producer(messages: Sequence[Any], producers: Sequence[str]) -> Mapping[str, list[Any]]:
    """Documents by the exchange they came through; a message that came past them counts as the first's."""
    sorted_out: dict[str, list[Any]] = {}
    for message in messages:
        exchange = str(message.delivery_info.get("exchange", "")).rpartition(".")[2]
        producer = exchange if exchange in producers else producers[0]
        sorted_out.setdefault(producer, []).append(_document(message.body))
    return sorted_out


def _document(body: str | bytes) -> Any:
    """The message's JSON; or what the consumer is to keep aside: no JSON, or longer than any event is.

    What is too long is not even parsed: whoever may write to the exchange could fill the worker's memory.
    """
    if len(body) > LONGEST_MESSAGE:
        return NoEvent(_text(body[:LONGEST_DOCUMENT]), f"It is longer than {LONGEST_MESSAGE} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return NoEvent(_text(body), "It is not JSON.")


def _text(body: str | bytes) -> str:
    return body if isinstance(body, str) else body.decode("utf-8", "backslashreplace")
