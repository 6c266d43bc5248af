"""What can go wrong, said without HTTP; `shared.http.problems` turns each into one status.

SbsError
├── Unauthenticated          no, or no valid, credential
│   ├── SignInRefused            what was shown to sign in with is not right; never said which part
│   ├── SecondFactorNeeded       it is right, and is not enough
│   └── SignInFailed             what was to prove who somebody is did not
├── NotFound                 it does not exist, or the caller may not know that it does
│   └── LinkGone                 a link that was never given, was used, or is too old
│       └── AnswerLinkGone       the same, of one by which a referral is answered
├── Forbidden                the caller may see it, and may not do this
│   ├── SecondFactorMissing      his role needs a second factor, and he signed in without one
│   └── CrossSite                a page of another site made the browser ask for a change
├── Conflict                 the thing is not in a state for this
│   ├── TransitionNotAllowed     the lifecycle has no such step from here
│   ├── Duplicate                there is one already
│   ├── ConsentMissing           no active consent covers it
│   └── RequestInFlight          the same Idempotency-Key is being worked on
├── StaleVersion             it was changed since the caller read it
├── VersionMissing           the caller did not say which version he read
├── Unavailable              something that this needs does not answer just now
├── TooManyRequests          the caller asked more often than the limit of a minute
├── NotRecorded              it could not be put on record, and so was not done
├── FileRefused              rows of an uploaded file are wrong
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


class SignInRefused(Unauthenticated):
    kind = "sign-in-refused"
    title = "Nobody can sign in with this. Look at what you typed, and try again."


class SecondFactorNeeded(Unauthenticated):
    """The member `second_factors` says what will do: `code`, `passkey` or both."""

    kind = "second-factor-needed"
    title = "The password is right. Your second factor is needed too."


class SignInFailed(Unauthenticated):
    kind = "sign-in-failed"
    title = "You are not signed in."


class NotFound(SbsError):
    kind = "not-found"
    title = "There is no such thing here, or none that you may see."


class LinkGone(NotFound):
    kind = "link-gone"
    title = "This link does not work, or not any more. Ask an administrator for a new one."


class AnswerLinkGone(LinkGone):
    title = "This link does not work, or not any more. Sign in, or ask who sent the referral to remind you."


class Forbidden(SbsError):
    kind = "forbidden"
    title = "You may not do this."


class SecondFactorMissing(Forbidden):
    kind = "second-factor-missing"
    title = "Set up a second factor first: until then only your own account, /registry/me, is open to you."


class CrossSite(Forbidden):
    kind = "cross-site"
    title = "This was asked for by a page of another site, or by no page that says where it is from."


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


class Unavailable(SbsError):
    kind = "unavailable"
    title = "Something that this needs does not answer just now. Nothing was changed; try again."


class NotRecorded(SbsError):
    kind = "not-recorded"
    title = "This could not be put on record just now, so it was not done."


class TooManyRequests(SbsError):
    """The member `retry_after` says in how many seconds the caller may ask again."""

    kind = "too-many-requests"
    title = "You asked too often. Wait a little."


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
    def from_messages(cls, messages: Any, where: str = "body") -> "InvalidInput":
        """From marshmallow's nested messages."""
        return cls(_flatten(messages, (), where))


class FileRefused(SbsError):
    """Rows of a file are wrong. The members say which: `file` and, per fault, line, column and reason."""

    kind = "file-refused"
    title = "Nothing of this file was taken: some of its rows are not right."


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
