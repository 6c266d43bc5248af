"""What works beside the registry's web processes: its relay, its consumers, its timers."""

from collections.abc import Mapping

from services.registry.messaging.handlers import FROM_MENTORING, FROM_REFERRALS
from services.registry.settings import Settings
from services.registry.use_cases.covers import lapse_covers
from services.registry.use_cases.emergencies import lapse_emergencies
from services.registry.use_cases.erasures import HELD
from services.registry.use_cases.forgetting import forgetting_proofs_timer
from services.registry.use_cases.mail import writing_and_sending
from shared.actor import system_actor
from shared.audit.sealing import sealing_timer
from shared.cleaning import cleaning_timer
from shared.http.idempotency import forgetting_timer
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feed
from shared.unit_of_work import Service
from shared.web.kept_forms import forgetting_forms_timer
from shared.worker import Timer, Worker

LAPSE_EVERY = 30.0
HANDLERS = {"referrals": FROM_REFERRALS, "mentoring": FROM_MENTORING}


def create_worker(service: Service[Settings], feeds: Mapping[str, Feed]) -> Worker:
    """The worker, given a feed of each producer that it listens to."""
    consumers = [
        Consumer(service, producer, handlers, feeds[producer]) for producer, handlers in HANDLERS.items()
    ]
    timers = [
        Timer("lapse", LAPSE_EVERY, lambda: lapse(service)),
        forgetting_timer(service),
        forgetting_forms_timer(service),
        forgetting_proofs_timer(service),
        writing_and_sending(service),
        sealing_timer(service),
        cleaning_timer(service, HELD),
    ]
    return Worker(service, consumers, timers)


def lapse(service: Service[Settings]) -> None:
    """Let lapse what is over, some at a time, each time in a transaction of its own."""
    lapsed = 1
    while lapsed:
        with service.begin(system_actor()) as work:
            lapsed = lapse_emergencies(work) + lapse_covers(work)
