"""What all services hold on one man, joined: as JSON, and as a page that he can read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import jinja2
import requests

TIMEOUT = 10.0
Part = Callable[[], Mapping[str, Any]]


class PartMissing(Exception):
    """A service could not say what it holds; the message says why, in words for the man himself."""


def joined(shedder_id: UUID, made_at: datetime, parts: Mapping[str, Part]) -> dict[str, Any]:
    """Everything that the services hold on a man, and what is missing because one could not be asked."""
    services: dict[str, Any] = {}
    missing = []
    for name, part in parts.items():
        try:
            services[name] = part()
        except PartMissing as error:
            missing.append({"service": name, "why": str(error)})
    return {
        "shedder_id": str(shedder_id),
        "made_at": made_at.isoformat(),
        "services": services,
        "missing": missing,
    }


def over_http(origin: str, service: str, shedder_id: UUID, authorization: str) -> Mapping[str, Any]:
    """What a service elsewhere holds, asked for with the caller's own token. Raises `PartMissing`."""
    try:
        answer = requests.get(
            f"{origin}/{service}/subjects/{shedder_id}",
            headers={"Authorization": authorization},
            timeout=TIMEOUT,
        )
        if answer.status_code == 404:
            raise PartMissing("It does not know you, or not yet.")
        answer.raise_for_status()
        held: Mapping[str, Any] = answer.json()["held"]
    except (requests.RequestException, ValueError, KeyError):
        raise PartMissing("It did not answer.") from None
    return held


def as_page(document: Mapping[str, Any]) -> str:
    """The same as one HTML file: plain words, no script, nothing loaded from elsewhere."""
    return _PAGE.render(document)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _told(row: Mapping[str, Any]) -> dict[str, str]:
    """A row's values as text; what was never filled in is left out."""
    return {name: _text(value) for name, value in row.items() if value not in (None, "", [], {})}


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{_spoken(name)}: {_text(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_text(inner) for inner in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


_ENVIRONMENT = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters |= {"spoken": _spoken, "told": _told}
_PAGE = _ENVIRONMENT.from_string("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is held on you</title>
<style>
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
dl { border-left: .25rem solid #767676; padding-left: 1rem }
dt { font-weight: bold }
dd { margin: 0 0 .3rem; white-space: pre-wrap; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>What is held on you</h1>
<p>This was made on {{ made_at }}. Your number in the programme is {{ shedder_id }}.
It has everything that the programme keeps about you. You may ask to have what is wrong put right, and you may
ask to be erased.</p>
{% for gone in missing %}
<p><strong>The part of {{ gone.service }} is missing.</strong> {{ gone.why }}
Ask for this page again later.</p>
{% endfor %}
{% for service, held in services.items() %}
<h2>Kept by {{ service }}</h2>
{% for part in held.values() %}
<h3>{{ part.title }}</h3>
{% for row in part.rows %}
<dl>
{% for name, value in (row | told).items() %}
<dt>{{ name | spoken }}</dt><dd>{{ value }}</dd>
{% endfor %}
</dl>
{% else %}
<p>Nothing.</p>
{% endfor %}
{% endfor %}
{% endfor %}
</body>
</html>
""")
