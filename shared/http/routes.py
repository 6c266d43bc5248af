"""A route is a row: method, path, the use case it calls, who may, what goes in and what comes out.

`shared.http.dispatch` carries requests out by it, `shared.http.openapi` describes it. A use case's first
docstring line is the summary, its name the operationId. Path variables, `values` (the body) and `query`
reach the use case by name.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from marshmallow import Schema

from shared.http.schemas import Answer, Input, Paged
from shared.lifecycle import Lifecycle, spoken
from shared.permissions import Policy


@dataclass(frozen=True)
class Route:
    """One endpoint. Use the functions below to make one."""

    method: str
    path: str
    act: Callable[..., Any]
    policy: Policy
    answer: type[Answer] | None = None
    body: type[Input] | None = None
    query: type[Input] | None = None
    status: int = 200
    paged: bool = False
    changes: bool = False
    idempotent: bool = False
    upload: bool = False
    own_transactions: bool = False
    place: str | None = None
    conflict: str = "The state of the thing does not allow this, or there is one already."

    @property
    def name(self) -> str:
        return self.act.__name__

    @property
    def summary(self) -> str:
        return (self.act.__doc__ or "").strip().split("\n", 1)[0]

    @property
    def reads_only(self) -> bool:
        return self.method == "GET" or (self.method == "POST" and not self.idempotent and not self.changes)

    def schema(self, which: str) -> Schema | None:
        kind: type[Schema] | None = getattr(self, which)
        return kind() if kind is not None else None


def read(path: str, act: Callable[..., Any], policy: Policy, answer: type[Answer], **options: Any) -> Route:
    """GET one thing, with its ETag."""
    return Route("GET", path, act, policy, answer, **options)


def listing(
    path: str,
    act: Callable[..., Any],
    policy: Policy,
    answer: type[Answer],
    query: type[Paged] = Paged,
) -> Route:
    """GET a page of things. The use case takes `query` and gives a `Page`."""
    return Route("GET", path, act, policy, answer, query=query, paged=True)


def search(
    path: str, act: Callable[..., Any], policy: Policy, body: type[Input], answer: type[Answer]
) -> Route:
    """POST a search whose terms are personal and so must not stand in a URL; changes nothing."""
    return Route("POST", path, act, policy, answer, body, paged=True)


def create(
    path: str,
    act: Callable[..., Any],
    policy: Policy,
    body: type[Input],
    answer: type[Answer],
    place: str | None = None,
) -> Route:
    """POST a new thing: 201, and in Location where it is (`place`, else where it was posted to)."""
    return Route("POST", path, act, policy, answer, body, status=201, idempotent=True, place=place)


def change(
    path: str,
    act: Callable[..., Any],
    policy: Policy,
    body: type[Input],
    answer: type[Answer],
    method: str = "PATCH",
) -> Route:
    """PATCH (or PUT) the fields of a thing, with If-Match."""
    return Route(method, path, act, policy, answer, body, changes=True)


def action(
    path: str, act: Callable[..., Any], policy: Policy, body: type[Input], answer: type[Answer]
) -> Route:
    """POST something done to a thing, with If-Match."""
    return Route("POST", path, act, policy, answer, body, changes=True, idempotent=True)


def transition(
    path: str,
    act: Callable[..., Any],
    lifecycle: Lifecycle,
    doing: StrEnum,
    body: type[Input],
    answer: type[Answer],
    *,
    if_match: bool = True,
) -> Route:
    """POST an action of a lifecycle; who may and when it may not is read from its row."""
    row = lifecycle.by_action[doing.value]
    sources = " or ".join(sorted(spoken(state) for state in row.sources))
    made = action(path, act, lifecycle.policy(doing), body, answer)
    return replace(made, changes=if_match, conflict=f"The {lifecycle.name} is not {sources}.")
