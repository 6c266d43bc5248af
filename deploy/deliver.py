"""Delivering every event that was told, here and now: for commands that must not wait for the workers."""

import sys

from deploy.programme import Programme
from shared.messaging import outbox
from shared.messaging.relay import Relay


def deliver_all(programme: Programme, *, tell: bool = False) -> int:
    """Give every event its position and let every consumer apply what it has not had; say how many there are.

    Workers may be at it at the same time: each event is applied once all the same.
    """
    workers = programme.workers()
    busy = True
    delivered = 0
    while busy:
        for service in programme.services.values():
            Relay(service, publish=False).stamp()
        busy = False
        for worker in workers:
            for consumer in worker.consumers:
                count = consumer.catch_up()
                busy = busy or count > 0
                delivered += count
        if tell and sys.stdout.isatty():
            print(f"{'events':<20} {delivered:>7,} on their way", end="\r", flush=True)
    return told(programme)


def told(programme: Programme) -> int:
    """How many events the services have told, ever."""
    total = 0
    for service in programme.services.values():
        with service.database.read() as session:
            total += outbox.last_position(session)
    return total
