"""What a form begins with: nothing, the day of today, or what the thing is now; and what it is called."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.web.client import Told
from shared.web.pages import Visit

Start = Callable[[Visit, Told | None], Mapping[str, Any]]
"""What a form is filled with at first, of the visit and of the thing that it is about."""


def starts_today(day: str, **more: str) -> Start:
    """A form whose day is today, until somebody says otherwise."""
    return lambda visit, _thing: {day: visit.service.clock.today().isoformat()} | more


def as_it_is(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """A form that begins with what the thing is now."""
    assert thing is not None
    document: Mapping[str, Any] = thing.document
    return document


def called(_visit: Visit, thing: Told | None) -> str:
    """By its name, whom or what a form is about."""
    return str(thing.document["name"]) if thing else ""
