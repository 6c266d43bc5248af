"""Making anew what a service keeps of others' events, while it runs, and putting right what differs.

Every event is applied from the first on, by the service's own handlers, to an empty database beside its own:
the way of a new consumer. Then its consumers stand still for a moment, and both are compared row by row.
People work on meanwhile. What else follows from an event (a referral withdrawn, a receipt given) happens in
the database that is thrown away, and nowhere else.
"""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from shared.actor import system_actor
from shared.database.engine import Database
from shared.database.migrate import migrate
from shared.erased import ErasedSubject, ledger
from shared.messaging import cursors
from shared.messaging.consumer import Consumer
from shared.messaging.doorbell import Doorbell
from shared.messaging.feed import Batch, Feed
from shared.messaging.handlers import Handler
from shared.messaging.parked import ParkedEvent
from shared.messaging.projections import Key, Projection, Row
from shared.unit_of_work import Service, UnitOfWork

AT_ONCE = 500
ABOUT = "shedder_id"


class NotRebuilt(Exception):
    """It cannot be made anew just now; the message says why. Nothing was changed."""


@dataclass
class Difference:
    """What a table has otherwise than the events say."""

    table: str
    rows: int = 0
    missing: list[Row] = field(default_factory=list)
    different: list[Row] = field(default_factory=list)
    too_many: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.different or self.too_many)


@dataclass(frozen=True)
class Rebuilding:
    """What is needed to make a service's projections anew."""

    service: Service[Any]
    migrations: Path
    handlers: Mapping[str, Sequence[Handler]]
    feeds: Mapping[str, Feed]
    projections: Sequence[Projection]

    def run(self, *, check: bool = False) -> list[Difference]:
        """Put right what differs, or with `check` only find it. Raises `NotRebuilt` and `FeedUnavailable`."""
        with self._anew() as anew:
            for producer in self.handlers:
                with self.service.database.read() as session:
                    at = session.get(cursors.ConsumerCursor, producer)
                    reach, epoch = (at.position, at.epoch) if at else (0, None)
                self._follow(anew, producer, reach, epoch)
            with self.service.begin(system_actor()) as work:
                for producer in sorted(self.handlers):
                    cursor = cursors.locked(work.session, producer)
                    self._follow(anew, producer, cursor.position, cursor.epoch)
                _refuse_parked(anew)
                return list(self._compared(work, anew, check=check))

    @contextmanager
    def _anew(self) -> Iterator[Service[Any]]:
        """The same service on an empty database, which knows only who was erased."""
        with tempfile.TemporaryDirectory(prefix="sbs-rebuild-") as folder:
            anew = replace(
                self.service, database=Database(f"sqlite:///{folder}/anew.db"), doorbell=Doorbell()
            )
            try:
                migrate(anew.database, self.migrations)
                with self.service.database.read() as session:
                    gone = ledger(session)
                with anew.database.write() as session:
                    session.add_all(ErasedSubject(subject_id=man, erased_on=on) for man, on in gone.items())
                yield anew
            finally:
                anew.database.dispose()

    def _follow(self, anew: Service[Any], producer: str, until: int, epoch: str | None) -> None:
        """Apply a producer's events up to where the service itself has applied them."""
        consumer = Consumer(anew, producer, self.handlers[producer], _UpTo(self.feeds[producer], until))
        while True:
            with anew.database.read() as session:
                at = session.get(cursors.ConsumerCursor, producer)
            if (at.position if at else 0) >= until:
                break
            if consumer.catch_up() == 0:
                raise NotRebuilt(f"The feed of {producer} does not reach {until}: follow it first.")
        if at is not None and until and at.epoch != epoch:
            raise NotRebuilt(f"The feed of {producer} has a new epoch: its worker must follow it first.")

    def _compared(self, work: UnitOfWork[Any], anew: Service[Any], *, check: bool) -> Iterator[Difference]:
        gone = ledger(work.session).keys()
        with anew.database.read() as made:
            for projection in self.projections:
                difference = _difference(projection, work.session, made, gone)
                if not check:
                    _put_right(projection, work.session, difference)
                yield difference


@dataclass(frozen=True)
class _UpTo:
    """A feed that ends at a position, so that nothing is applied that the service has not applied itself."""

    feed: Feed
    until: int

    def read(self, after: int, limit: int, wait: float = 0) -> Batch:
        batch = self.feed.read(after, min(limit, max(self.until - after, 1)), wait)
        return Batch(batch.epoch, [one for one in batch.documents if one["position"] <= self.until])


def _refuse_parked(anew: Service[Any]) -> None:
    """Nobody knows what an event that could not be applied would have made: nothing may go for that."""
    with anew.database.read() as session:
        count = session.scalar(select(func.count()).select_from(ParkedEvent))
        reason = session.scalar(select(ParkedEvent.reason).limit(1))
    if count:
        raise NotRebuilt(f"{count} events cannot be applied; the first: {reason}")


def _difference(projection: Projection, own: Session, made: Session, gone: Collection[UUID]) -> Difference:
    """What the service has otherwise than what was made anew; who was erased is left as he is."""
    found = Difference(projection.name)
    for rows in _pages(projection, made):
        there = _same_keys(projection, own, rows)
        found.rows += len(rows)
        for row in (row for row in rows if row.get(ABOUT) not in gone):
            other = there.get(projection.key_of(row))
            if other is None:
                found.missing.append(row)
            elif not projection.same(row, other):
                found.different.append(row)
    for rows in _pages(projection, own):
        there = _same_keys(projection, made, rows)
        strange = (row for row in rows if projection.key_of(row) not in there)
        found.too_many += [row for row in strange if row.get(ABOUT) not in gone]
    return found


def _pages(projection: Projection, session: Session) -> Iterator[list[Row]]:
    table = projection.model.__table__
    statement = select(table).where(projection.part).execution_options(yield_per=AT_ONCE)
    for page in session.execute(statement).mappings().partitions():
        yield [dict(row) for row in page]


def _same_keys(projection: Projection, session: Session, rows: Sequence[Row]) -> dict[Key, Row]:
    table = projection.model.__table__
    keys = [projection.key_of(row) for row in rows]
    which = tuple_(*(table.c[name] for name in projection.key)).in_(keys)
    found = [dict(row) for row in session.execute(select(table).where(which)).mappings()]
    return {projection.key_of(row): row for row in found}


def _put_right(projection: Projection, session: Session, difference: Difference) -> None:
    table = projection.model.__table__

    def this(row: Row) -> list[ColumnElement[bool]]:
        return [table.c[name] == row[name] for name in projection.key]

    for row in difference.too_many:
        session.execute(delete(table).where(*this(row)))
    for row in difference.missing:
        session.execute(insert(table).values(row))
    for row in difference.different:
        values = {name: row[name] for name in row if name not in (*projection.key, *projection.passing)}
        session.execute(update(table).where(*this(row)).values(values))


def in_words(differences: Sequence[Difference], say: Callable[[str], None], *, check: bool) -> None:
    """A line per table."""
    for one in differences:
        if one:
            told = ", ".join(
                f"{len(rows)} {what}"
                for rows, what in (
                    (one.missing, "missing"),
                    (one.different, "different"),
                    (one.too_many, "too many"),
                )
                if rows
            )
            say(f"{one.table}: {told}{'' if check else '; put right'}.")
        else:
            say(f"{one.table}: {one.rows} rows, all as the events say.")
