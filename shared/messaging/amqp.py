"""RabbitMQ through kombu: what is declared, and publishing with the confirms of a batch in flight at once.

kombu's own `confirm_publish` is not used: after a time-out it takes another message's ack for its own,
and reported a message as published that the broker had refused (measured; docs/decisions/0004).
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import amqp
import structlog
from kombu.connection import Connection
from kombu.entity import Exchange, Queue

from shared.messaging.events import CONTENT_TYPE

DEAD = "dead"
HEARTBEAT = 10
PREFETCH = 200
# Counts every message that was in the window of a consumer that died, so it must be generous.
DELIVERY_LIMIT = 100
BROKER_ERRORS = (amqp.exceptions.AMQPError, OSError, ConnectionError, TimeoutError)


log = structlog.get_logger()


class Unconfirmed(Exception):
    """The broker refused, or did not confirm, messages of a batch. Publish it again."""


def connect(url: str) -> Connection:
    """A connection that notices a dead broker: heartbeat, and time limits on connecting and on writing."""
    connection = Connection(
        url,
        heartbeat=HEARTBEAT,
        connect_timeout=3,
        transport_options={"read_timeout": 15, "write_timeout": 15},
    )
    connection.connect()
    return connection


def exchange_of(namespace: str, service: str) -> Exchange:
    """The durable topic exchange to which a service publishes: `sbs.events.registry`."""
    return Exchange(f"{namespace}.events.{service}", type="topic", durable=True)


def queue_of(namespace: str, service: str, producers: Sequence[str]) -> list[Queue]:
    """The one queue of a consuming service, bound to everything its producers tell.

    Bound to everything: a type left out would look like a gap. A single active consumer keeps order.
    """
    arguments = {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": f"{namespace}.{DEAD}",
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": DELIVERY_LIMIT,
    }
    return [
        Queue(
            f"{namespace}.{service}",
            exchange_of(namespace, producer),
            routing_key="#",
            durable=True,
            queue_arguments=arguments,
        )
        for producer in producers
    ]


def dead_of(namespace: str) -> Queue:
    """The queue to which the broker puts what it could not deliver, so that an operator sees it."""
    name = f"{namespace}.{DEAD}"
    return Queue(
        name,
        Exchange(name, type="fanout", durable=True),
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )


def declare(connection: Connection, namespace: str, queues: Sequence[Queue]) -> None:
    """Make what is missing of these queues, their exchanges and the queue of the dead, and bind them.

    What is there is left as it is: where the operator made it, a service's own user may make nothing.
    """
    dead = dead_of(namespace)
    declare_exchange(connection, dead.exchange)
    if _make_if_missing(connection, dead, "queue_declare"):
        _bind(connection, dead)
    for queue in queues:
        declare_exchange(connection, queue.exchange)
        _make_if_missing(connection, queue, "queue_declare")
        _bind(connection, queue)


def declare_exchange(connection: Connection, exchange: Exchange) -> None:
    """Make an exchange if it is missing."""
    _make_if_missing(connection, exchange, "declare")


def _make_if_missing(connection: Connection, thing: Exchange | Queue, declare: str) -> bool:
    """Look for a thing, for which nobody needs a permission, before making it, for which one does."""
    try:
        with connection.channel() as channel:
            getattr(thing(channel), declare)(passive=True)
    except amqp.NotFound:
        with connection.channel() as channel:
            getattr(thing(channel), declare)()
        return True
    return False


def _bind(connection: Connection, queue: Queue) -> None:
    with connection.channel() as channel:
        queue(channel).queue_bind()


class ConfirmingChannel:
    """Publishes many messages and then waits until the broker has confirmed every one of them.

    After any exception the connection is of no more use: close it and publish the batch again.
    """

    def __init__(self, connection: amqp.Connection) -> None:
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._sent = 0
        self._open: OrderedDict[int, str] = OrderedDict()
        self._refused: list[str] = []
        self._channel.events["basic_ack"].add(self._acknowledged)
        self._channel.events["basic_nack"].add(self._nacked)
        self._channel.events["basic_return"].add(self._returned)

    def publish(self, document: str, exchange: str, routing_key: str, message_id: str) -> None:
        """Send one persistent message; `wait` tells whether it arrived."""
        self._sent += 1
        self._open[self._sent] = message_id
        message = amqp.Message(
            document,
            delivery_mode=2,
            message_id=message_id,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
        )
        self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key, mandatory=True)

    def wait(self, timeout: float = 10.0) -> None:
        """Return when all are confirmed. Raises `Unconfirmed` or `TimeoutError`.

        A message that no queue is bound for comes back and is confirmed: it stays in the feed, where
        every consumer looks when it starts, so it is not lost.
        """
        end = time.monotonic() + timeout
        while self._open:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("The broker did not confirm in time.")
            self._channel.connection.drain_events(timeout=left)
        if self._refused:
            count, self._refused = len(self._refused), []
            raise Unconfirmed(f"{count} messages were refused by the broker.")

    def _settle(self, tag: int, multiple: bool) -> list[str]:
        tags = [open_tag for open_tag in self._open if open_tag <= tag] if multiple else [tag]
        return [self._open.pop(one) for one in tags if one in self._open]

    def _acknowledged(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _nacked(self, tag: int, multiple: bool) -> None:
        self._refused += self._settle(tag, multiple)

    def _returned(self, *returned: Any) -> None:
        log.info("message.unroutable", type=str(returned[2])[:120])
