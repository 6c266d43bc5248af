"""A route is a row: method, path, the use case it calls, who may, what goes in and what comes out.

`shared.http.dispatch` carries requests out by it, `shared.http.openapi` describes it. A use case's first
docstring line is the summary, its name the operationId. Path variables, `values` (the body) and `query`
reach the use case by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from marshmallow import Schema

from shared.audit.deed import Action
from shared.http.schemas import Answer, Input, Paged
from shared.lifecycle import Lifecycle, spoken
from shared.permissions import Policy


@dataclass(frozen=True)
class Route:
    """One endpoint. Use the functions below to make one.

    With `own_transactions` its use case is given the service and the caller, and begins what it needs. So is
    one that is public, without a caller: it says in `recording.current()` who it was found to be. What is
    `confidential` holds a secret that is shown once: no answer is stored, so no Idempotency-Key is taken.
    What is `of_sign_in` is done to the sign-in one came by: a key is good for the same one alone.
    Where a standard asks for a `form`, the use case reads it itself and gives the `refusal` of that standard.
    With a `status` of 3xx it sends a browser on, and `refuses` says in words of its own when it does not.
    """

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
    form: type[Input] | None = None
    refusal: type[Answer] | None = None
    own_transactions: bool = False
    confidential: bool = False
    of_sign_in: bool = False
    also_page: bool = False
    place: str | None = None
    does: Action | None = None
    refuses: Mapping[str, str] = field(default_factory=dict, hash=False)
    conflict: str = "The state of the thing does not allow this, or there is one already."

    @property
    def name(self) -> str:
        return self.act.__name__

    @property
    def summary(self) -> str:
        return (self.act.__doc__ or "").strip().split("\n", 1)[0]

    @property
    def sends_on(self) -> bool:
        return 300 <= self.status < 400

    @property
    def success(self) -> int:
        """The status of a success, which is another one where there is nothing to answer."""
        return self.status if self.answer or self.sends_on else 204

    @property
    def reads_only(self) -> bool:
        if self.confidential:
            return False
        return self.method == "GET" or (self.method == "POST" and not self.idempotent and not self.changes)

    @property
    def is_recorded(self) -> bool:
        """Whether carrying it out is put on record: everything but reading what is about nobody."""
        return self.policy.personal or not self.reads_only

    @property
    def deed(self) -> Action:
        """What kind of deed it is."""
        if self.does is not None:
            return self.does
        if self.reads_only:
            return Action.READ
        return Action.CREATE if self.status == 201 else Action.UPDATE

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
    **options: Any,
) -> Route:
    """POST a new thing: 201, and in Location where it is (`place`, else where it was posted to)."""
    idempotent = not options.get("confidential")
    return Route(
        "POST", path, act, policy, answer, body, status=201, idempotent=idempotent, place=place, **options
    )


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
