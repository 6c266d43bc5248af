"""Calling the API as the people of a demonstration, on the days on which things are to have happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from werkzeug.test import Client

from deploy.deliver import deliver_all
from deploy.programme import Programme
from shared.actor import Actor
from shared.clock import StandingClock

LONG_AGO = timedelta(days=400)
SATURDAY = 5


class NotAdded(Exception):
    """Something of today got another answer than it should have."""


@dataclass
class Days:
    """A programme that stands on one day after another, and the people who call it on them."""

    programme: Programme
    people: dict[str, Actor]
    now: datetime
    men: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The men who were registered, by their reference."""
    begun_before: bool = True
    """Whether some of it is there already; else nothing need be looked for."""

    def __post_init__(self) -> None:
        self._client = Client(self.programme.origin())
        self._tokens: dict[str, str] = {}
        self.clock = StandingClock(self.now, self.programme.registry.settings.zone)
        self.today = self.clock.today()
        for service in self.programme.services.values():
            service.clock = self.clock

    def stand_on(self, days_ago: int) -> str:
        """Stand on a day in the past, at an hour of work but never later than now; give that day."""
        day = self.today - timedelta(days=days_ago)
        hour = time(9 + days_ago % 7, days_ago * 17 % 60)
        moment = datetime.combine(day, hour, self.clock.zone).astimezone(self.now.tzinfo)
        self.clock.moment = min(moment, self.now)
        return day.isoformat()

    def to_come(self, days: int) -> str:
        """A day that is still to come."""
        return (self.today + timedelta(days=days)).isoformat()

    def working_day(self, nth: int, hour: int) -> str:
        """An hour of one of the next days on which people work."""
        day = self.today
        while nth > 0:
            day += timedelta(days=1)
            nth -= day.weekday() < SATURDAY
        return datetime.combine(day, time(hour), self.clock.zone).isoformat()

    def get(self, who: str, path: str) -> Any:
        return self._send("GET", who, path, None)

    def post(self, who: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Post as one of the people, on the day that it is; a little time goes by. Raises `NotAdded`."""
        answer = self._send("POST", who, path, body or {})
        self.clock.moment = min(self.clock.moment + timedelta(minutes=5), self.now)
        return answer

    def change(self, who: str, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PATCH", who, path, body)

    def added(self, who: str, path: str) -> list[dict[str, Any]]:
        """What of a list was added before, when adding was stopped half-way."""
        items: list[dict[str, Any]] = self.get(who, path)["items"] if self.begun_before else []
        return items

    def deliver(self) -> None:
        """Let every service hear of what was done so far, as of now."""
        self.clock.moment = self.now
        deliver_all(self.programme)

    def _send(self, method: str, who: str, path: str, body: Mapping[str, Any] | None) -> Any:
        answer = self._client.open(
            path,
            method=method,
            data=None if body is None else json.dumps(body),
            content_type=None if body is None else "application/json",
            headers={"Authorization": f"Bearer {self._token(who)}", "If-Match": "*"},
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
        said = answer.get_data(as_text=True)
        if answer.status_code >= 300:
            raise NotAdded(f"{method} {path} by the {who.replace('_', ' ')}: {answer.status_code} {said}")
        return json.loads(said)

    def _token(self, who: str) -> str:
        """Good on every day that is stood on, and given to nobody."""
        if who not in self._tokens:
            issuer, lasts = self.programme.registry.settings.issuer, LONG_AGO + timedelta(hours=1)
            self._tokens[who] = issuer.issue(self.people[who], self.now - LONG_AGO, lasts)
        return self._tokens[who]
