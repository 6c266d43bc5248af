"""How many requests a caller may make in a minute, counted over all processes of a service.

Counting each request in the database would make a write of every read, and SQLite has one writer. So a
process counts in memory and adds its count to a shared row whenever it has seen a `SHARE`th of the limit;
only then does it learn of the others. A caller who stays below that share costs no statement at all; one
who does not gets at most a share more per process than the limit. A minute is a fixed window.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, delete
from sqlalchemy.orm import Mapped, mapped_column

from shared.database.columns import SharedBase
from shared.database.engine import Database
from shared.database.upsert import add_up
from shared.errors import TooManyRequests

WINDOW = 60
SHARE = 20


class RequestCount(SharedBase):
    """How often a caller asked in one minute, as far as the processes have told."""

    __tablename__ = "request_count"

    caller_id: Mapped[UUID] = mapped_column(primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    requests: Mapped[int]


@dataclass
class _Seen:
    """What one process knows of one caller: what all had told at the last look, and its own since then."""

    told: int = 0
    since: int = 0


@dataclass
class RateLimit:
    """The limit of one service in one process. `most` is requests a minute; 0 is no limit."""

    database: Database
    most: int
    _minute: int = 0
    _callers: dict[UUID, _Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, caller_id: UUID, now: datetime) -> None:
        """Count a request of this caller. Raises `TooManyRequests` beyond the limit."""
        if self.most == 0:
            return
        seconds = int(now.timestamp())
        minute = seconds // WINDOW
        with self._lock:
            if minute != self._minute:
                self._minute, self._callers = minute, {}
            seen = self._callers.setdefault(caller_id, _Seen())
            if seen.told + seen.since >= self.most:
                raise TooManyRequests(retry_after=WINDOW - seconds % WINDOW)
            seen.since += 1
            telling = seen.since if seen.since >= max(1, self.most // SHARE) else 0
            seen.since -= telling
            seen.told += telling
        if telling:
            self._tell(caller_id, minute, telling, seen)

    def _tell(self, caller_id: UUID, minute: int, count: int, seen: _Seen) -> None:
        total = _told(self.database, caller_id, minute, count)
        with self._lock:
            seen.told = max(seen.told, total)


def count_at_once(database: Database, caller_id: UUID, most: int, now: datetime) -> None:
    """Count what is rare and must not be done often (guessing), exactly and over all processes.

    Raises `TooManyRequests` beyond `most` in a minute.
    """
    seconds = int(now.timestamp())
    if _told(database, caller_id, seconds // WINDOW, 1) > most:
        raise TooManyRequests(retry_after=WINDOW - seconds % WINDOW)


def _told(database: Database, caller_id: UUID, minute: int, count: int) -> int:
    """Add to the shared row; give what it holds now."""
    with database.write() as session:
        told = {"caller_id": caller_id, "minute": minute, "requests": count}
        total = add_up(session, RequestCount, told, "requests")
        if total == count:  # the first of this minute: what lies before it is over
            session.execute(delete(RequestCount).where(RequestCount.minute < minute - 1))
    return total
