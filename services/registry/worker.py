"""What works beside the registry's web processes: its relay, its consumers, its timers."""

from collections.abc import Mapping

from services.registry.messaging.handlers import FROM_MENTORING, FROM_REFERRALS
from services.registry.settings import Settings
from shared.http.idempotency import forgetting_timer
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feed
from shared.unit_of_work import Service
from shared.worker import Worker

HANDLERS = {"referrals": FROM_REFERRALS, "mentoring": FROM_MENTORING}


def create_worker(service: Service[Settings], feeds: Mapping[str, Feed]) -> Worker:
    """The worker, given a feed of each producer that it listens to."""
    consumers = [
        Consumer(service, producer, handlers, feeds[producer]) for producer, handlers in HANDLERS.items()
    ]
    return Worker(service, consumers, [forgetting_timer(service)])
