"""The templates: those of all pages, those of GOV.UK's components, and a service's own."""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Undefined, pass_context
from jinja2.utils import missing, urlize
from markupsafe import Markup

from shared.actor import Actor
from shared.unit_of_work import Service
from shared.web import language, opening_hours, removed_numbers, words
from shared.web.kept_forms import key_of
from shared.web.navigation import places
from shared.web.standing_in import AbsentNames, OpenCovers
from shared.web.whose import mark

ASSETS = Path(__file__).parent / "assets"


class _Missing(Undefined):
    """A name that nothing was given for is a mistake of ours; a field that the API left out is nothing."""

    def __new__(cls, *hint: str, obj: Any = missing, **rest: Any) -> Any:
        return (StrictUndefined if obj is missing else Undefined)(*hint, obj=obj, **rest)  # type: ignore[misc,arg-type]


class Templates:
    """The templates of one service's pages."""

    def __init__(self, service: Service[Any]) -> None:
        self._service = service
        self.forget()
        zone = service.settings.zone
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    PackageLoader(f"services.{service.name}.web"),
                    PackageLoader("shared.web"),
                ]
            ),
            autoescape=True,
            undefined=_Missing,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=removed_numbers.shown,
        )
        self._environment.install_gettext_callables(  # type: ignore[attr-defined]
            language.gettext, _one_or_many, newstyle=True
        )
        self._environment.filters |= {
            "day": _of_the_visitor(language.day),
            "as_date": date.fromisoformat,
            "moment": _of_the_visitor(lambda value: language.moment(value, zone)),
            "hour": _of_the_visitor(lambda value: language.hour(value, zone)),
            "number": _of_the_visitor(language.number),
            "language": _of_the_visitor(language.language_name),
            "word": _of_the_visitor(words.word),
            "opening": _of_the_visitor(opening_hours.in_words),
            "country": _of_the_visitor(language.country_name),
            "linked": _linked,
        }

    def forget(self) -> None:
        """Remember nothing of what the registry said, or that it said nothing: it is asked anew."""
        self._absent, self._covers = AbsentNames(), OpenCovers()

    def render(self, template: str, actor: Actor | None, **context: Any) -> str:
        """A page as HTML."""
        said, clock = words.SAID.get(request.args.get("said", "")), self._service.clock
        common: dict[str, Any] = {
            "actor": actor,
            "standing_in_for": self._absent.of(actor, clock.now()),
            "may_stand_in": self._covers.of(actor, clock.now(), clock.today()),
            "service": self._service.name,
            "is_demonstration": self._service.settings.is_demonstration,
            "lang": language.current(),
            "colon": language.colon(),
            "languages": language.LANGUAGES,
            "asset_mark": asset_mark,
            "places": places(actor.role) if actor else (),
            "here": request.path,
            "here_as_asked": context.get("here", as_asked()),
            "said": language.gettext(said) if said else None,
            "today": clock.today(),
            "new_key": lambda: str(uuid4()),
            "key_of": key_of,
            "whose": mark(actor) if actor else "",
            "errors": [],
            "carried": [],
        }
        return self._environment.get_template(template).render(common | context)


def as_asked() -> str:
    """This page as it was asked for: what is chosen on it stays, what it said after a press does not."""
    chosen = urlencode([one for one in request.args.items(multi=True) if one[0] != "said"])
    return f"{request.path}?{chosen}" if chosen and request.method == "GET" else request.path


def _linked(text: str) -> Markup:
    """A text of ours with its web addresses as links."""
    return Markup(urlize(text).replace("<a href", '<a class="govuk-link" href'))  # noqa: S704 (urlize escapes)


def _of_the_visitor(says: Callable[..., str]) -> Callable[..., str]:
    """A filter whose words depend on who looks.

    Of a constant Jinja keeps what a filter gave when the template was first read: everybody would get it in
    the language of the first visitor. It works out anew what is given the context.
    """

    @pass_context
    def said(_context: Any, *given: Any) -> str:
        return says(*given)

    return said


def _one_or_many(one: str, many: str, count: int) -> str:
    return language.gettext(one if count == 1 else many)


@cache
def asset_mark(name: str) -> str:
    """What changes in an asset's address when it changes, so that it may be kept for long."""
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
