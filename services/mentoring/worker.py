"""What works beside the web processes of mentoring: its relay, its consumers, its timers."""

from collections.abc import Mapping

from services.mentoring.messaging.handlers import FROM_REFERRALS, FROM_REGISTRY
from services.mentoring.settings import Settings
from services.mentoring.use_cases.erasures import HELD
from services.mentoring.use_cases.readiness import lapse_readiness
from shared.actor import system_actor
from shared.audit.sealing import sealing_timer
from shared.cleaning import cleaning_timer
from shared.http.idempotency import forgetting_timer
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feed
from shared.unit_of_work import Service
from shared.web.kept_forms import forgetting_forms_timer
from shared.worker import Timer, Worker

HANDLERS = {"registry": FROM_REGISTRY, "referrals": FROM_REFERRALS}
LAPSE_EVERY = 30.0


def create_worker(service: Service[Settings], feeds: Mapping[str, Feed]) -> Worker:
    """The worker, given a feed of each producer that it listens to."""
    consumers = [
        Consumer(service, producer, handlers, feeds[producer]) for producer, handlers in HANDLERS.items()
    ]
    timers = [
        Timer("lapse", LAPSE_EVERY, lambda: lapse(service)),
        forgetting_timer(service),
        forgetting_forms_timer(service),
        sealing_timer(service),
        cleaning_timer(service, HELD),
    ]
    return Worker(service, consumers, timers)


def lapse(service: Service[Settings]) -> None:
    """Let lapse what was not confirmed again, some at a time, each time in a transaction of its own."""
    lapsed = 1
    while lapsed:
        with service.begin(system_actor()) as work:
            lapsed = lapse_readiness(work)
