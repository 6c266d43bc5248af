"""Asking a provider over HTTP: it can neither keep us waiting, nor flood us, nor send us elsewhere."""

import json
import time
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
import structlog
from urllib3.exceptions import HTTPError

from shared.errors import Unavailable

CONNECT_WITHIN, READ_WITHIN, WHOLE_WITHIN = 3.05, 5.0, 10.0
LONGEST_ANSWER = 512 * 1024
log = structlog.get_logger()

AWAY = "The OpenID provider does not answer as it should just now. Try again in a few minutes."


def ask(method: str, url: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of an answer, for which no redirect is followed.

    Raises `Unavailable` when none comes in time, or it is too long, no JSON object, or a server's error.
    """
    until = time.monotonic() + WHOLE_WITHIN
    headers = {"Accept": "application/json"} | sent.pop("headers", {})
    try:
        with requests.request(
            method,
            url,
            headers=headers,
            timeout=(CONNECT_WITHIN, READ_WITHIN),
            allow_redirects=False,
            stream=True,
            **sent,
        ) as answer:
            document = json.loads(_read(answer, until))
            status = answer.status_code
    except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
        away(url, type(error).__name__, error)
    if status >= 500 or not isinstance(document, dict):
        away(url, f"status {status}")
    return status, document


def away(url: str, why: str, cause: Exception | None = None) -> NoReturn:
    """Raise `Unavailable`, and tell the operator which place of the provider failed, and how."""
    parts = urlsplit(url)
    log.warning("openid.away", place=f"{parts.netloc}{parts.path}", why=why)
    raise Unavailable(AWAY) from cause


def _read(answer: requests.Response, until: float) -> bytes:
    """The body, piece by piece as it comes: whoever sends a byte a second must not hold us for hours."""
    body = b""
    while piece := answer.raw.read1(64 * 1024, decode_content=True):
        body += piece
        if len(body) > LONGEST_ANSWER or time.monotonic() > until:
            raise ValueError("too long")
    return body
