"""A page is a client of the API: what it shows and does, it asks with the token of whoever looks at it.

So a page can show nothing and change nothing that its visitor could not by the API, every look is on record,
and no rule stands in a view. A service that runs in this process is asked without a connection.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from flask import current_app, request
from werkzeug.test import Client, EnvironBuilder

APPLICATIONS = "pages.applications"
"""Where an application keeps those that run beside it in this process, by service."""
LONGEST_WAIT = 5


@dataclass(frozen=True)
class Told:
    """What the API answered."""

    status: int
    document: Any
    headers: Mapping[str, str]

    @property
    def version(self) -> str | None:
        """The ETag of the thing, to be sent along when it is changed."""
        return self.headers.get("ETag")

    @property
    def cursor(self) -> str | None:
        """What continues a list after this page of it; None at its end."""
        link = self.headers.get("Link", "")
        return link.partition("cursor=")[2].partition(">")[0].partition("&")[0] or None


class Refusal(Exception):
    """The API refused: its status, and the problem in its words."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.status = told.status
        self.problem: dict[str, Any] = told.document if isinstance(told.document, dict) else {}
        super().__init__(str(self.problem.get("title", told.status)))

    @property
    def kind(self) -> str:
        return str(self.problem.get("type", "")).rpartition(":")[2]

    @property
    def detail(self) -> str:
        return str(self.problem.get("detail") or self.problem.get("title") or "")


def ask(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    values: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Told:
    """Ask a service, the first step of whose `path` is its name, as the visitor. Raises `Refusal`.

    A header that is empty is not sent.
    """
    known = _of_visitor() | dict(headers or {})
    # Some come from a form, where anything can stand: what no header holds is left for the API to refuse.
    said = {name: re.sub(r"[^\x20-\x7e]", "?", value) for name, value in known.items() if value}
    if query:
        path = f"{path}?{urlencode(query)}"
    service = path.split("/")[1]
    applications = current_app.extensions[APPLICATIONS]
    if service in applications:
        told = _here(applications[service], method, path, values, said)
    else:
        told = _elsewhere(service, method, path, values, said)
    if told.status >= 400:
        raise Refusal(told)
    return told


def _of_visitor() -> dict[str, str | None]:
    names = ("Authorization", "traceparent", "User-Agent")
    return {name: request.headers.get(name) for name in names}


def _here(application: Any, method: str, path: str, values: Any, headers: Mapping[str, str]) -> Told:
    builder = EnvironBuilder(
        path,
        method=method,
        base_url=request.host_url,
        headers=list(headers.items()),
        environ_base={"REMOTE_ADDR": request.remote_addr or ""},
        json=values,
    )
    answer = Client(application).open(builder)
    return Told(answer.status_code, _parsed(answer.get_data(as_text=True)), dict(answer.headers))


def _elsewhere(service: str, method: str, path: str, values: Any, headers: Mapping[str, str]) -> Told:
    place = current_app.extensions["service"].settings.feed_url.replace("{service}", service)
    try:
        answer = requests.request(
            method,
            f"{place}{path}",
            headers=dict(headers),
            json=values,
            timeout=LONGEST_WAIT,
            allow_redirects=False,
        )
    except requests.RequestException:
        return Told(503, {"type": "urn:sbs:problem:unavailable"}, {})
    return Told(answer.status_code, _parsed(answer.text), dict(answer.headers))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
