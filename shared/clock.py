"""Time as something that is handed in, so that a test can stand on any day it likes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time (aware, UTC) and the day as the programme's people call it."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...


def noon(day: date, now: datetime) -> datetime:
    """The moment that stands for a past day of which the hour is not known."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=now.tzinfo)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that a moment is for the programme's people: just after midnight it is not UTC's."""
    return moment.astimezone(zone).date()


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock; `zone` decides when a new day begins."""

    zone: ZoneInfo

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return day_of(self.now(), self.zone)


@dataclass
class StandingClock:
    """A clock that stands still until it is moved: for tests."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return day_of(self.moment, self.zone)

    def advance(self, **duration: float) -> None:
        """Move forward, by `timedelta`'s own keywords: `clock.advance(days=3)`."""
        self.moment += timedelta(**duration)
