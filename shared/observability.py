"""Logs as JSON lines on standard error: what happened, never to whom.

What an exception says of itself may hold what somebody typed, so of a failure a log has the kinds of the
exceptions and the places in the code, and not their words.
"""

import logging
import os
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog


def configure_logging(otherwise: str = "INFO") -> None:
    """Structured logs from `SBS_LOG_LEVEL` up, or from `otherwise`; times in UTC."""
    level = logging.getLevelNamesMapping().get(
        os.environ.get("SBS_LOG_LEVEL", otherwise).upper(), logging.INFO
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def without_words(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put in the place of an exception its kind, those of what it came from, and where each was raised."""
    given = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        entry["failed"] = [
            {
                "error": type(one).__name__,
                "at": [f"{at.filename}:{at.lineno} {at.name}" for at in _frames(one)],
            }
            for one in _causes(error)
        ]
    return entry


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)
