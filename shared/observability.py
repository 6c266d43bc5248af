"""Logs as JSON lines on standard error: what happened, never to whom."""

import logging
import os
import sys

import structlog


def configure_logging() -> None:
    """Structured logs from `SBS_LOG_LEVEL` (info) up; times in UTC."""
    level = logging.getLevelNamesMapping().get(os.environ.get("SBS_LOG_LEVEL", "INFO").upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
