"""What can go wrong, said without HTTP; `shared.http.problems` turns each into one status.

SbsError
├── Unauthenticated          no, or no valid, credential
├── NotFound                 it does not exist, or the caller may not know that it does
├── Forbidden                the caller may see it, and may not do this
├── Conflict                 the thing is not in a state for this
│   ├── TransitionNotAllowed     the lifecycle has no such step from here
│   ├── Duplicate                there is one already
│   └── RequestInFlight          the same Idempotency-Key is being worked on
├── StaleVersion             it was changed since the caller read it
├── VersionMissing           the caller did not say which version he read
└── InvalidInput             a value is wrong; one entry per field
    └── KeyReused                an Idempotency-Key came back with another request
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class SbsError(Exception):
    """The root. `kind` is the stable last part of a problem's type, `title` its summary."""

    kind = "error"
    title = "Something went wrong."

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.members = members


class Unauthenticated(SbsError):
    kind = "unauthenticated"
    title = "A valid bearer token is needed."


class NotFound(SbsError):
    kind = "not-found"
    title = "There is no such thing here, or none that you may see."


class Forbidden(SbsError):
    kind = "forbidden"
    title = "You may not do this."


class Conflict(SbsError):
    kind = "conflict"
    title = "This cannot be done now."


class TransitionNotAllowed(Conflict):
    kind = "transition-not-allowed"
    title = "The state of this does not allow the action."


class Duplicate(Conflict):
    kind = "duplicate"
    title = "There is one already."


class ConsentMissing(Conflict):
    kind = "consent-missing"
    title = "There is no active consent that covers this."


class RequestInFlight(Conflict):
    kind = "request-in-flight"
    title = "A request with this Idempotency-Key is being worked on."


class StaleVersion(SbsError):
    kind = "stale-version"
    title = "This was changed since you read it. Read it again."


class VersionMissing(SbsError):
    kind = "version-missing"
    title = "Say in If-Match which version you read (its ETag)."


@dataclass(frozen=True)
class FieldError:
    """One wrong value: the path to it, innermost last, and the reason in plain words."""

    path: tuple[str | int, ...]
    reason: str
    where: str = "body"


class InvalidInput(SbsError):
    kind = "invalid-input"
    title = "Some values are not right."

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = list(errors)
        super().__init__(self.title)

    @classmethod
    def on(cls, field: str, reason: str, *rest: str | int) -> "InvalidInput":
        """The common case: one field of the body (`rest` goes on into it) and one reason."""
        return cls([FieldError((field, *rest), reason)])

    @classmethod
    def from_messages(cls, messages: Mapping[Any, Any], where: str = "body") -> "InvalidInput":
        """From marshmallow's nested messages."""
        return cls(_flatten(messages, (), where))


class KeyReused(InvalidInput):
    kind = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request."

    def __init__(self) -> None:
        super().__init__([FieldError(("Idempotency-Key",), self.title, where="header")])


def _flatten(messages: Any, path: tuple[str | int, ...], where: str) -> list[FieldError]:
    if isinstance(messages, Mapping):
        found: list[FieldError] = []
        for key, inner in messages.items():
            found += _flatten(inner, path if key == "_schema" else (*path, key), where)
        return found
    reasons = messages if isinstance(messages, list) else [messages]
    return [FieldError(path, str(reason), where) for reason in reasons]
