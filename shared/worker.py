"""What works beside a service's web processes: relay, receivers and timers, each a thread of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging.consumer import Consumer
from shared.messaging.doorbell import announce, listen
from shared.messaging.feed import FeedUnavailable
from shared.messaging.receivers import consume, follow
from shared.messaging.relay import Relay
from shared.unit_of_work import Service

log = structlog.get_logger()


class Word(threading.Event):
    """The word to stop. Who looks whether it was given shows by that, too, that he comes round."""

    def __init__(self) -> None:
        super().__init__()
        self.looked: dict[str, float] = {}

    def is_set(self) -> bool:
        self.looked[threading.current_thread().name] = time.monotonic()
        return super().is_set()


@dataclass(frozen=True)
class Timer:
    """Something done every so often; doing it twice, or in two processes, must do no harm."""

    name: str
    every: float
    run: Callable[[], None]


class Worker:
    """The background half of one service."""

    def __init__(
        self,
        service: Service[Any],
        consumers: Sequence[Consumer],
        timers: Sequence[Timer],
    ) -> None:
        self.service = service
        self.consumers = consumers
        self._timers = [Timer("retry_parked", 1.0, self._retry_parked), *timers]
        self._stopping = Word()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start every thread. Call it after any fork: threads and connections do not survive one."""
        service, stopping = self.service, self._stopping
        self._spawn("doorbell", lambda: listen(service.database, service.doorbell, stopping))
        if not service.database.is_sqlite:
            self._spawn("announcer", lambda: announce(service.database, service.doorbell, stopping))
        if service.settings.broker_url or not service.database.is_sqlite:
            self._spawn("relay", lambda: Relay(service).run(stopping))
        self._start_receivers()
        for timer in self._timers:
            self._spawn(timer.name, lambda timer=timer: self._repeat(timer))  # type: ignore[misc]

    def _start_receivers(self) -> None:
        if self.service.settings.broker_url is not None:
            self._spawn("consumer", lambda: consume(self.service, self.consumers, self._stopping))
            return
        for consumer in self.consumers:
            self._spawn(
                f"follow-{consumer.producer}",
                lambda consumer=consumer: follow(consumer, self._stopping),  # type: ignore[misc]
            )

    def stop(self, timeout: float = 10.0) -> None:
        """Finish what is in hand and end the threads; what takes longer is undone, and done again later."""
        self._stopping.set()
        for consumer in self.consumers:
            # A local follower may be waiting at the end of a feed: let it look up.
            ring = getattr(getattr(consumer.feed, "service", None), "doorbell", None)
            if ring is not None:
                ring.ring(announce=False)
        self.service.doorbell.ring(announce=False)
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    @property
    def alive(self) -> bool:
        """Whether every thread still runs."""
        return all(thread.is_alive() for thread in self._threads)

    def comes_round(self, longest: float) -> bool:
        """Whether each of what never rests has looked for the word to stop in the last `longest` seconds.

        Timers rest; what they do not get done shows in what they should have done.
        """
        looked, now = self._stopping.looked, time.monotonic()
        resting = {f"{self.service.name}.{timer.name}" for timer in self._timers}
        busy = [thread.name for thread in self._threads if thread.name not in resting]
        return all(now - looked.get(name, now) < longest for name in busy)

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        label = f"{self.service.name}.{name}"
        thread = threading.Thread(target=lambda: self._guard(label, run), name=label, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guard(self, label: str, run: Callable[[], None]) -> None:
        """A thread that fails for a reason nobody foresaw is said so, and begins again."""
        while not self._stopping.is_set():
            try:
                run()
                return
            except Exception:
                log.exception("thread.broken", thread=label)
                self._stopping.wait(1)

    def _repeat(self, timer: Timer) -> None:
        while not self._stopping.wait(timer.every):
            try:
                timer.run()
            except (SQLAlchemyError, FeedUnavailable) as error:
                log.warning("timer.failed", timer=timer.name, error=type(error).__name__)
            except Exception:
                log.exception("timer.broken", timer=timer.name)

    def _retry_parked(self) -> None:
        for consumer in self.consumers:
            consumer.retry_parked()
