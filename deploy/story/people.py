"""The people in the story: how they call the API, and how each step is told and checked."""

import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import requests

PATIENCE = 10.0


class Unexpected(Exception):
    """A step got another answer than the story tells of."""


@dataclass
class Caller:
    """One person at the API: sends his token, remembers versions, tries again what needs a moment."""

    origin: str
    name: str
    token: str
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> Any:
        return self._send("GET", path, None, {}).json()

    def post(self, path: str, body: Any = None, *, etag: str | None = None) -> Any:
        """Post with a key of its own, so that trying again does nothing twice."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if etag:
            headers["If-Match"] = etag
        return self._send("POST", path, body or {}, headers).json()

    def act(self, place: str, action: str, body: Any = None) -> Any:
        """Do something to a thing as it is now: read its version, then post the action with it."""
        return self.post(f"{place}/{action}", body, etag=self.etag(place))

    def change(self, place: str, body: Any, method: str = "PATCH", at: str = "") -> Any:
        return self._send(method, f"{place}{at}", body, {"If-Match": self.etag(place)}).json()

    def etag(self, place: str) -> str:
        return self._send("GET", place, None, {}).headers["ETag"]

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> requests.Response:
        """Send; what another service has not heard of yet is asked again within a few seconds."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.http.request(
                method,
                f"{self.origin}{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.token}", **headers},
                timeout=30,
            )
            if answer.ok:
                return answer
            if not ("a moment ago" in answer.text and time.monotonic() < end):
                raise Unexpected(f"{method} {path} by the {self.name}: {answer.status_code} {answer.text}")
            time.sleep(0.05)


@dataclass
class Story:
    """The people in it, what is known so far, and a counter for its steps."""

    people: dict[str, Caller]
    say: Callable[[str], None]
    known: dict[str, Any] = field(default_factory=dict)
    steps: Any = field(default_factory=lambda: itertools.count(1))

    def step(self, what: str, saw: str) -> None:
        self.say(f"{next(self.steps):>3}  {what}\n       {saw}")


def expect(truth: bool, what: str) -> None:
    """Raises `Unexpected` when something in the story is not as it should be."""
    if not truth:
        raise Unexpected(what)


def until(look: Callable[[], Any], what: str) -> tuple[Any, float]:
    """Look again until something is there; say in how many milliseconds it was."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:
        found = look()
        if found:
            return found, (time.monotonic() - began) * 1000
        time.sleep(0.005)
    raise Unexpected(f"{what} did not arrive within {PATIENCE:.0f} s")


def weeks_ago(weeks: int) -> str:
    """A day some weeks ago, as the API takes it."""
    return (date.today() - timedelta(weeks=weeks)).isoformat()
