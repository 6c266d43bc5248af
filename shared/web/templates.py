"""The templates: those of all pages, those of GOV.UK's components, and a service's own."""

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Undefined
from jinja2.utils import missing

from shared.actor import Actor
from shared.unit_of_work import Service
from shared.web import language, opening_hours, words
from shared.web.navigation import places

ASSETS = Path(__file__).parent / "assets"


class _Missing(Undefined):
    """A name that nothing was given for is a mistake of ours; a field that the API left out is nothing."""

    def __new__(cls, *hint: str, obj: Any = missing, **rest: Any) -> Any:
        return (StrictUndefined if obj is missing else Undefined)(*hint, obj=obj, **rest)  # type: ignore[misc,arg-type]


class Templates:
    """The templates of one service's pages."""

    def __init__(self, service: Service[Any]) -> None:
        self._service = service
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
        )
        self._environment.install_gettext_callables(  # type: ignore[attr-defined]
            language.gettext, _one_or_many, newstyle=True
        )
        self._environment.filters |= {
            "day": language.day,
            "as_date": date.fromisoformat,
            "moment": lambda value: language.moment(value, zone),
            "hour": lambda value: language.hour(value, zone),
            "number": language.number,
            "language": language.language_name,
            "opening": opening_hours.in_words,
            "country": language.country_name,
            "word": words.word,
        }

    def render(self, template: str, actor: Actor | None, **context: Any) -> str:
        """A page as HTML."""
        said = words.SAID.get(request.args.get("said", ""))
        common: dict[str, Any] = {
            "actor": actor,
            "service": self._service.name,
            "lang": language.current(),
            "languages": language.LANGUAGES,
            "asset_mark": asset_mark,
            "places": places(actor.role) if actor else (),
            "here": request.path,
            "said": language.gettext(said) if said else None,
            "today": self._service.clock.today(),
            "new_key": lambda: str(uuid4()),
            "errors": [],
        }
        return self._environment.get_template(template).render(common | context)


def _one_or_many(one: str, many: str, count: int) -> str:
    return language.gettext(one if count == 1 else many)


@cache
def asset_mark(name: str) -> str:
    """What changes in an asset's address when it changes, so that it may be kept for long."""
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
