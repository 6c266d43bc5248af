"""What works beside the web processes of referrals: its relay, its consumers, its timers."""

from collections.abc import Mapping

from services.referrals.messaging.handlers import FROM_REGISTRY
from services.referrals.settings import Settings
from services.referrals.use_cases.answer_links import forgetting_links_timer, send_answer_link
from services.referrals.use_cases.consequences import expire_overdue
from services.referrals.use_cases.erasures import HELD
from shared.actor import system_actor
from shared.audit.sealing import sealing_timer
from shared.cleaning import cleaning_timer
from shared.http.idempotency import forgetting_timer
from shared.mailing import mailing_timer
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feed
from shared.unit_of_work import Service
from shared.web.kept_forms import forgetting_forms_timer
from shared.worker import Timer, Worker

HANDLERS = {"registry": FROM_REGISTRY}
EXPIRE_EVERY = 30.0


def create_worker(service: Service[Settings], feeds: Mapping[str, Feed]) -> Worker:
    """The worker, given a feed of each producer that it listens to."""
    consumers = [
        Consumer(service, producer, handlers, feeds[producer]) for producer, handlers in HANDLERS.items()
    ]
    timers = [
        Timer("expire", EXPIRE_EVERY, lambda: expire(service)),
        forgetting_timer(service),
        forgetting_forms_timer(service),
        forgetting_links_timer(service),
        mailing_timer(service, send_answer_link),
        sealing_timer(service),
        cleaning_timer(service, HELD),
    ]
    return Worker(service, consumers, timers)


def expire(service: Service[Settings]) -> None:
    """Expire what is overdue, some at a time, each time in a transaction of its own."""
    expired = 1
    while expired:
        with service.begin(system_actor()) as work:
            expired = expire_overdue(work)
