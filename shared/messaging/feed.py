"""Reading another service's feed: in this process, or over HTTP."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from shared.messaging import outbox
from shared.messaging.events import FeedUnavailable
from shared.unit_of_work import Service

# Less than a graceful stop lasts, so that nobody who waits is cut off by one.
LONGEST_WAIT = 5.0

__all__ = ["LONGEST_WAIT", "Batch", "Feed", "FeedUnavailable", "HttpFeed", "LocalFeed", "wait_for_events"]


@dataclass(frozen=True)
class Batch:
    """What a feed answered: documents in order of position, of one epoch."""

    epoch: str
    documents: Sequence[Mapping[str, Any]]


class Feed(Protocol):
    """A producer's events after a position, oldest first; waits up to `wait` seconds for the next."""

    def read(self, after: int, limit: int, wait: float = 0) -> Batch: ...


@dataclass
class LocalFeed:
    """The feed of a service that runs in this process: the same reading its own endpoint does."""

    service: Service[Any]

    def read(self, after: int, limit: int, wait: float = 0) -> Batch:
        page = wait_for_events(self.service, after, limit, wait)
        return Batch(str(page.epoch), [json.loads(document) for document in page.documents])


def wait_for_events(
    service: Service[Any], after: int, limit: int, wait: float, types: Sequence[str] | None = None
) -> outbox.FeedPage:
    """The feed after a position; when there is nothing yet, wait for the doorbell once and look again."""
    rung = service.doorbell.count
    page = _read(service, after, limit, types)
    if page.documents or wait <= 0:
        return page
    service.doorbell.wait(rung, min(wait, LONGEST_WAIT))
    return _read(service, after, limit, types)


def _read(service: Service[Any], after: int, limit: int, types: Sequence[str] | None) -> outbox.FeedPage:
    with service.database.read() as session:
        return outbox.read_feed(session, after, limit, types)


@dataclass
class HttpFeed:
    """The feed of a service that runs elsewhere: `GET /<service>/events`, with a token of its own."""

    url: str
    token: Callable[[], str]
    timeout: float = 10.0

    def read(self, after: int, limit: int, wait: float = 0) -> Batch:
        try:
            answer = requests.get(
                self.url,
                params={"after": str(after), "limit": str(limit), "wait": str(int(wait))},
                auth=self._show_token,
                timeout=self.timeout + wait,
            )
            answer.raise_for_status()
            page = answer.json()
            return Batch(page["epoch"], page["items"])
        except (requests.RequestException, ValueError, KeyError) as error:
            raise FeedUnavailable(f"{self.url}: {type(error).__name__}") from error

    def _show_token(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """As a header alone, what is in a file like ~/.netrc for this host would be sent in its place."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        return request
