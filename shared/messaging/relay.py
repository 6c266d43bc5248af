"""The relay: gives committed events their positions and, with a broker, publishes them in that order.

Its cursor moves only when the broker has confirmed the whole batch, so a relay that dies publishes
some events twice and none never. Two relays at once only publish more twice; so that they do not, one of
a service's workers is at it and the others wait (`shared.database.turns`).
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.database.turns import Turn, turn
from shared.messaging import amqp, outbox
from shared.unit_of_work import Service

BATCH = 200
IDLE = 1.0
LONGEST_PAUSE = 30.0
RELAY_LOCK = 7_210
NEVER = threading.Event()

log = structlog.get_logger()


class Relay:
    """One service's relay. `run` goes on until it is told to stop."""

    def __init__(self, service: Service[Any], *, publish: bool = True) -> None:
        self.service = service
        self._broker_url = service.settings.broker_url if publish else None

    def run(self, stopping: threading.Event) -> None:
        pause = IDLE
        while not stopping.is_set():
            try:
                with turn(self.service.database, RELAY_LOCK, stopping) as at_work:
                    for _ in self._passes(stopping, at_work):
                        pause = IDLE
            except (*amqp.BROKER_ERRORS, amqp.Unconfirmed, SQLAlchemyError, psycopg.Error) as error:
                log.warning("relay.waiting", service=self.service.name, error=type(error).__name__)
                self._stamp_meanwhile(stopping, pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _passes(self, stopping: threading.Event, at_work: Turn) -> Iterator[None]:
        """Pass over what was told, again at every ring, with one connection; give control after each pass."""
        if stopping.is_set():
            return
        publisher = Publisher(self.service, self._broker_url) if self._broker_url else None
        try:
            while not stopping.is_set():
                rung = self.service.doorbell.count
                at_work.must_hold()
                self.stamp()
                if publisher is not None:
                    publisher.publish_all(stopping)
                yield
                self.service.doorbell.wait(rung, IDLE)
        finally:
            if publisher is not None:
                publisher.close()

    def stamp(self) -> None:
        """Give every committed event its position, and wake those who follow the feed."""
        if self.service.database.is_sqlite:
            return
        while self._stamp_some():
            self.service.doorbell.ring(announce=False)

    def _stamp_some(self) -> int:
        with self.service.database.read() as session:
            if outbox.unstamped(session) == 0:
                return 0
        with self.service.database.write() as session:
            return outbox.stamp(session)

    def _stamp_meanwhile(self, stopping: threading.Event, pause: float) -> None:
        """The feed works without the broker: until it is tried again, go on stamping at every ring."""
        end = time.monotonic() + pause
        while not stopping.is_set() and (left := end - time.monotonic()) > 0:
            rung = self.service.doorbell.count
            try:
                self.stamp()
            except SQLAlchemyError:
                log.warning("relay.no_database", service=self.service.name)
            self.service.doorbell.wait(rung, min(left, IDLE))


class Publisher:
    """A connection to the broker, and the service's events on their way through it."""

    def __init__(self, service: Service[Any], broker_url: str) -> None:
        self._service = service
        self._connection = amqp.connect(broker_url)
        self._exchange = amqp.exchange_of(service.settings.broker_namespace, service.name)
        amqp.declare_exchange(self._connection, self._exchange)
        self._channel = amqp.ConfirmingChannel(self._connection.connection)

    def publish_all(self, stopping: threading.Event = NEVER) -> int:
        """Publish what the feed has after the relay's cursor, batch by batch, or as far as it goes until the
        word to stop; say how much."""
        published = 0
        while not stopping.is_set() and (count := self._publish_batch()):
            published += count
        self._keep_alive()
        return published

    def _keep_alive(self) -> None:
        """Read the broker's heartbeats and send ours: who publishes nothing reads nothing else."""
        raw = self._connection.connection
        with suppress(TimeoutError):
            raw.drain_events(timeout=0.001)
        raw.heartbeat_tick(rate=2)

    def _publish_batch(self) -> int:
        with self._service.database.read() as session:
            before = outbox.feed_state(session).relayed_position
            page = outbox.read_feed(session, before, BATCH)
        for document in page.documents:
            event = json.loads(document)
            self._channel.publish(document, self._exchange.name, event["type"], event["id"])
        if page.documents:
            self._channel.wait()
            with self._service.database.write() as session:
                outbox.move_relay_cursor(session, before, page.position)
        return len(page.documents)

    def close(self) -> None:
        self._connection.release()
