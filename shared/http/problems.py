"""Errors as RFC 9457 problem details: one table says which error is which status."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from shared import errors

STATUSES: dict[type[errors.SbsError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.FileRefused: 422,
    errors.InvalidInput: 422,
    errors.VersionMissing: 428,
    errors.TooManyRequests: 429,
    errors.NotRecorded: 503,
    errors.Unavailable: 503,
}
OF_LIBRARIES: dict[type[Exception], tuple[int, str]] = {
    StaleDataError: (412, errors.StaleVersion.kind),
    IntegrityError: (409, errors.Duplicate.kind),
    OperationalError: (503, "unavailable"),
}
"""What becomes of errors that a library raises."""

SOON = (errors.ConsentMissing, errors.RequestInFlight, errors.NotRecorded, errors.Unavailable)
"""What may be asked again in a second."""
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = 2
MOST_TOLD = 100
NOT_UNIQUE = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
"""What PostgreSQL (SQLSTATE) and SQLite say when a value is there already."""

log = structlog.get_logger()


def problem(status: int, kind: str, title: str, detail: str = "", **members: Any) -> Response:
    """A problem document; `type` is stable, `detail` is for people."""
    document = {"type": f"urn:sbs:problem:{kind}", "title": title, "status": status}
    if detail and detail != title:
        document["detail"] = detail
    # In ASCII: what is quoted from a request may hold what UTF-8 cannot.
    return Response(json.dumps(document | members), status, content_type=CONTENT_TYPE)


def status_of(error: errors.SbsError) -> int:
    """The status of an error: that of the nearest class in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def outcome_of(error: Exception) -> tuple[int, str]:
    """The status and the kind of the problem that any error leaves as."""
    if isinstance(error, errors.SbsError):
        return status_of(error), error.kind
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.code or 500)
        return status, _kind(status)
    return next((told for kind, told in OF_LIBRARIES.items() if isinstance(error, kind)), (500, "internal"))


def install(app: Flask) -> None:
    """Let every error of this app leave as a problem, those of routing and parsing included."""
    app.register_error_handler(errors.SbsError, _ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(StaleDataError, lambda _error: _ours(errors.StaleVersion()))
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unforeseen)


def of(error: Exception) -> Response:
    """The problem that an error leaves as where no application is there to handle it."""
    if isinstance(error, errors.SbsError):
        return _ours(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return _unavailable(error) if isinstance(error, OperationalError) else _unforeseen(error)


def _ours(error: errors.SbsError) -> Response:
    members = dict(error.members)
    if isinstance(error, errors.InvalidInput):
        members["errors"] = [_entry(entry) for entry in error.errors[:MOST_TOLD]]
    answer = problem(status_of(error), error.kind, error.title, error.detail, **members)
    if isinstance(error, errors.Unauthenticated):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="sbs"'
    if isinstance(error, SOON):
        answer.headers["Retry-After"] = "1"
    if isinstance(error, errors.TooManyRequests):
        answer.headers["Retry-After"] = str(error.members["retry_after"])
    return answer


def _of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    answer = problem(status, _kind(status), status.phrase, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _integrity(error: IntegrityError) -> Response:
    """Two callers at once add the same: one of them hears of it. Any other broken rule is our own mistake."""
    fault: Any = error.orig
    name = getattr(fault, "sqlstate", None) or getattr(fault, "sqlite_errorname", "")
    return _ours(errors.Duplicate()) if name in NOT_UNIQUE else _unforeseen(error)


def _unavailable(error: OperationalError) -> Response:
    log.error("database.unavailable", error=type(error.orig).__name__)
    answer = problem(503, "unavailable", "The service cannot reach its database just now.")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _unforeseen(error: Exception) -> Response:
    asked = {"method": request.method, "route": request.endpoint} if request else {}
    if request and "deed" in g:
        asked["trace_id"] = g.deed.trace_id
    log.exception("request.failed", error=type(error).__name__, **asked)
    return problem(500, "internal", "Something went wrong on our side. Nothing was changed.")


def _kind(status: HTTPStatus) -> str:
    return status.phrase.lower().replace(" ", "-")


def _entry(error: errors.FieldError) -> dict[str, str]:
    """Where in the body (a JSON pointer, RFC 6901) or which parameter or header, and what is wrong."""
    if error.where == "body":
        steps = [str(step).replace("~", "~0").replace("/", "~1") for step in error.path]
        return {"pointer": "".join(f"/{step}" for step in steps), "detail": error.reason}
    return {error.where: ".".join(str(step) for step in error.path), "detail": error.reason}
