"""The answer's clock: days promised, days it stood still while the organisation waited for us, days taken."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class AnswerClock:
    """When an answer is due, since when the clock stands still (if it does), and how long it has stood."""

    due_on: date
    stopped_on: date | None = None
    stood_still: int = 0

    @classmethod
    def begin(cls, today: date, promised_days: int) -> "AnswerClock":
        return cls(today + timedelta(days=promised_days))

    def begin_again(self, today: date, promised_days: int) -> "AnswerClock":
        """A referral was reopened: a new day is due, and what it stood still before is not forgotten."""
        return AnswerClock(today + timedelta(days=promised_days), None, self.stood_still)

    def stop(self, today: date) -> "AnswerClock":
        """The organisation asked us something. A clock that stands already stays as it is."""
        return self if self.stopped_on else AnswerClock(self.due_on, today, self.stood_still)

    def resume(self, today: date) -> "AnswerClock":
        """We answered: the days that it stood are added to what is left."""
        if self.stopped_on is None:
            return self
        stood = (today - self.stopped_on).days
        return AnswerClock(self.due_on + timedelta(days=stood), None, self.stood_still + stood)

    def is_overdue(self, today: date) -> bool:
        """Whether the promised day is past. While the clock stands still it is not."""
        return self.stopped_on is None and self.due_on < today

    def days_taken(self, requested_on: date, answered_on: date) -> int:
        """Days from request to answer, those on which the clock stood still left out."""
        return max((answered_on - requested_on).days - self.resume(answered_on).stood_still, 0)
