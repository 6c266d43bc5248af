"""Delivering every event that was told, here and now: for commands that must not wait for the workers."""

import sys
from collections.abc import Iterable

from sqlalchemy import select

from deploy.programme import Programme
from shared.messaging import outbox
from shared.messaging.consumer import Consumer
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.relay import Relay


def deliver_all(programme: Programme, *, tell: bool = False) -> int:
    """Give every event its position and let every consumer apply what it has not had; say how many there are.

    Workers may be at it at the same time: each event is applied once all the same.
    """
    consumers = [consumer for worker in programme.workers() for consumer in worker.consumers]
    delivered = 0
    while count := _deliver_some(programme, consumers):
        delivered += count
        if tell and sys.stdout.isatty():
            print(f"{'events':<20} {delivered:>7,} on their way", end="\r", flush=True)
    return told(programme)


def _deliver_some(programme: Programme, consumers: Iterable[Consumer]) -> int:
    for service in programme.services.values():
        Relay(service, publish=False).stamp()
    return sum(consumer.catch_up() for consumer in behind(programme, consumers))


def behind(programme: Programme, consumers: Iterable[Consumer]) -> list[Consumer]:
    """Those who have not had everything that their producer told in the present life of its feed."""
    reach, cursors = {}, {}
    for name, service in programme.services.items():
        with service.database.read() as session:
            reach[name] = (outbox.last_position(session), str(outbox.feed_state(session).epoch))
            for cursor in session.scalars(select(ConsumerCursor)):
                cursors[name, cursor.producer] = (cursor.position, cursor.epoch)
    return [
        consumer
        for consumer in consumers
        if reach[consumer.producer][0]
        and cursors.get((consumer.service.name, consumer.producer)) != reach[consumer.producer]
    ]


def told(programme: Programme) -> int:
    """How many events the services have told, ever."""
    total = 0
    for service in programme.services.values():
        with service.database.read() as session:
            total += outbox.last_position(session)
    return total
