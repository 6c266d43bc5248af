"""Applying another service's events: each once, in order, whatever is delivered twice, late or never.

One transaction per batch locks the cursor for the producer, skips what was had, applies the rest and
moves the cursor. A gap is filled from the producer's feed first. A batch that fails is applied one by
one; what fails alone is kept as a parked event, and later events of the same subject wait behind it.
When the environment is sick (database, feed) nothing is parked: the batch is tried again, whole.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from marshmallow import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError

from shared import tracing
from shared.actor import system_actor
from shared.erased import erased_among
from shared.messaging import cursors, parked
from shared.messaging.events import Delivered, Event, Malformed, men
from shared.messaging.feed import Feed, FeedUnavailable
from shared.messaging.handlers import Handler
from shared.unit_of_work import Service, UnitOfWork

BATCH = 100
SICK_ENVIRONMENT = (OperationalError, InterfaceError, FeedUnavailable)

log = structlog.get_logger()


class Consumer:
    """Applies one producer's events in one service."""

    def __init__(self, service: Service[Any], producer: str, handlers: Iterable[Handler], feed: Feed) -> None:
        self.service = service
        self.producer = producer
        self.feed = feed
        self._handlers = {handler.name: handler for handler in handlers}
        self._schemas = {handler.name: handler.reads() for handler in self._handlers.values()}

    def receive(self, documents: Sequence[Any]) -> None:
        """Apply a batch, in whatever order and however often it came; gaps are filled from the feed.

        Raises when the environment is sick; the caller tries again later with the same or with more.
        """
        # What cannot be read though it has a position leaves a gap, and the feed says what belongs there.
        self._take([one for one in self._read(documents) if one.event])

    def _take(self, documents: list[Delivered]) -> None:
        delivered = self._without_gaps(documents)
        if not delivered:
            return
        try:
            self._apply_together(delivered)
        except SICK_ENVIRONMENT:
            raise
        except Exception as error:  # noqa: BLE001 (any failure of a handler is dealt with one by one)
            log.warning("batch.failed", producer=self.producer, error=type(error).__name__)
            for one in delivered:
                self._apply_alone(one)

    def catch_up(self, wait: float = 0) -> int:
        """Apply what the feed has after the cursor; say how many documents it had."""
        after, epoch = self._cursor()
        batch = self.feed.read(after, BATCH, wait)
        if epoch != batch.epoch:
            self._follow(batch.epoch)
            return self.catch_up() if epoch is not None else self._received(batch.documents)
        return self._received(batch.documents)

    def _received(self, documents: Sequence[Any]) -> int:
        self._take(self._read(documents))
        return len(documents)

    def retry_parked(self) -> int:
        """Try the parked events whose time has come; say how many were tried."""
        tried = 0
        for identity in self._due():
            tried += 1
            try:
                self._retry(identity)
            except SICK_ENVIRONMENT:
                raise
            except Exception as error:  # noqa: BLE001 (see above)
                with self.service.begin(system_actor()) as work:
                    parked.failed_again(work.session, identity, error, work.now)
        return tried

    def _read(self, documents: Sequence[Any]) -> list[Delivered]:
        """In order of position, each once; what has no position of ours is kept aside at once."""
        by_position: dict[int, Delivered] = {}
        for document in documents:
            try:
                one = Delivered.of(document, self.producer)
            except Malformed as error:
                log.warning("event.malformed", producer=self.producer)
                with self.service.begin(system_actor()) as work:
                    parked.park_malformed(work.session, self.producer, document, str(error), work.now)
            else:
                by_position.setdefault(one.position, one)
        return [by_position[position] for position in sorted(by_position)]

    def _follow(self, epoch: str) -> None:
        """Read a producer's new life from its beginning: it was restored, and its positions began anew.

        Every handler may be given again what it has had, so nothing is doubled by that.
        """
        with self.service.begin(system_actor()) as work:
            cursor = cursors.locked(work.session, self.producer)
            if cursor.epoch is not None and cursor.epoch != epoch:
                log.warning("feed.new_epoch", producer=self.producer, was_at=cursor.position)
                cursor.position = 0
            cursor.epoch = epoch

    def _without_gaps(self, delivered: list[Delivered]) -> list[Delivered]:
        last, epoch = self._cursor()
        if any(one.event and one.event.epoch != epoch for one in delivered):
            # Another life of the feed, or a first meeting: the feed itself says which it is now.
            self.catch_up()
            last, epoch = self._cursor()
            delivered = [one for one in delivered if one.event is None or one.event.epoch == epoch]
        complete: list[Delivered] = []
        for one in delivered:
            if one.position <= last:
                continue
            while one.position > last + 1 and (missing := self._missing(last, one.position - last - 1)):
                complete += missing
                last = complete[-1].position
            if one.position == last + 1:
                complete.append(one)
                last = one.position
            else:
                self._put_aside(one, "The feed does not reach this position.")
        return complete

    def _missing(self, after: int, count: int) -> list[Delivered]:
        """What the feed has next; nothing at its end. (A producer's feed is ahead of what it publishes.)"""
        delivered = self._read(self.feed.read(after, min(count, BATCH)).documents)
        if delivered and delivered[0].position != after + 1:
            raise FeedUnavailable(f"{self.producer} has no event {after + 1}")
        return delivered

    def _put_aside(self, one: Delivered, reason: str) -> None:
        log.warning("event.put_aside", producer=self.producer, at=one.position)
        with self.service.begin(system_actor()) as work:
            parked.park_malformed(work.session, self.producer, one.document, reason, work.now)

    def _apply_together(self, delivered: Sequence[Delivered]) -> None:
        taken = []
        with self.service.begin(system_actor()) as work:
            cursor = cursors.locked(work.session, self.producer)
            waiting = parked.subjects(work.session, self.producer)
            work.erased = erased_among(work.session, men(one.event for one in delivered if one.event))
            for one in delivered:
                if one.position > cursor.position:
                    cursors.must_follow(cursor, one)
                    self._apply(work, one, waiting)
                    cursor.position = one.position
                    taken.append(one)
        for one in taken:
            log.info("event.taken", producer=self.producer, at=one.position, trace_id=one.trace_id)

    def _apply(self, work: UnitOfWork[Any], one: Delivered, waiting: set[Any]) -> None:
        event = one.event
        if event is None:
            parked.park_malformed(work.session, self.producer, one.document, one.fault, work.now)
            return
        handler = self._handler(event)
        if event.subject in waiting:
            parked.park(work.session, event, parked.BEHIND, work.now, next_attempt_at=work.now)
        elif handler is not None and handler.version != event.version:
            reason = f"Version {event.version} of {event.name} is not known here."
            parked.park(work.session, event, reason, work.now)
        elif handler is not None:
            self._handle(work, handler, event)

    def _handle(self, work: UnitOfWork[Any], handler: Handler, event: Event) -> None:
        if not handler.of_the_erased and not work.erased.isdisjoint(men([event])):
            return
        told = {"messaging.operation.name": "apply", "sbs.producer": self.producer}
        kind = tracing.Kind.EVENT
        with tracing.step(self.service.name, event.name, kind, event.traceparent, **told) as step:
            handler.handle(work, event, dict(self._schemas[handler.name].load(event.data)))
            step.failed = False

    def _handler(self, event: Event) -> Handler | None:
        family = event.name.partition(".")[0] + ".*"
        return self._handlers.get(event.name) or self._handlers.get(family)

    def _apply_alone(self, one: Delivered) -> None:
        try:
            self._apply_together([one])
        except SICK_ENVIRONMENT:
            raise
        except Exception as error:  # noqa: BLE001 (kept with its reason, for an operator to see)
            told = {"at": one.position, "error": type(error).__name__, "trace_id": one.trace_id}
            log.warning("event.parked", producer=self.producer, **told)
            self._park(one, error)

    def _park(self, one: Delivered, error: Exception) -> None:
        with self.service.begin(system_actor()) as work:
            cursor = cursors.locked(work.session, self.producer)
            if one.event is None or one.position <= cursor.position:
                return
            cursors.must_follow(cursor, one)
            again = None if isinstance(error, ValidationError) else work.now + parked.pause_after(1)
            reason = parked.reason_of(error)
            parked.park(work.session, one.event, reason, work.now, next_attempt_at=again, attempts=1)
            cursor.position = one.position

    def _due(self) -> list[Any]:
        with self.service.database.read() as session:
            return parked.due(session, self.producer, self.service.clock.now())

    def _retry(self, identity: Any) -> None:
        with self.service.begin(system_actor()) as work:
            row = parked.locked(work.session, identity)
            if row is None:
                return
            event = Event.parse(json.loads(row.document))
            work.erased = erased_among(work.session, men([event]))
            handler = self._handler(event)
            if handler is not None and handler.version == event.version:
                self._handle(work, handler, event)
            elif handler is not None:
                raise Malformed(f"Version {event.version} of {event.name} is not known here.")
            work.session.delete(row)

    def _cursor(self) -> tuple[int, str | None]:
        with self.service.database.read() as session:
            row = session.get(cursors.ConsumerCursor, self.producer)
            return (row.position, row.epoch) if row else (0, None)
