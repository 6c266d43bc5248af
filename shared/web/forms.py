"""Forms that are asked by the API's own schemas: how each field is asked, and what is wrong with it.

A schema says what is right; here stands only how one asks for it. A field is named by its path in the body,
with dots ("disclosure.phone", "outcomes.0.result").
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from shared.http import fields as ours
from shared.web import opening_hours
from shared.web.language import gettext
from shared.web.reasons import reason
from shared.web.words import word

PARTS = ("day", "month", "year")
FEW = 8
"""Choices that are shown all at once; more of them are a list that opens."""


@dataclass(frozen=True)
class Ask:
    """One thing that a form asks. `choices` are for what is one of many things, not of a few codes.

    `thing` is that by which the words of its codes are found. What is `hidden` is filled in, not asked. What
    is `needed` does not say that it may stay empty, though the schema would let it. By `country` a telephone
    number is read that has no country code.
    """

    name: str
    label: str
    hint: str = ""
    rows: int = 4
    choices: Sequence[tuple[str, str]] = ()
    thing: str = ""
    hidden: bool = False
    needed: bool = False
    country: str = ""
    autocomplete: str | None = None


def secrets_of(schema: Schema, asks: Iterable[Ask]) -> frozenset[str]:
    """The names of what is typed unseen, which no page gives back."""
    return frozenset(ask.name for ask in asks if kind_of(field_at(schema, ask.name)) == "password")


@dataclass(frozen=True)
class Field:
    """One field as a template shows it, with what was typed and what is wrong with it."""

    ask: Ask
    kind: str
    required: bool
    choices: Sequence[tuple[str, str]]
    typed: Any
    error: str | None = None

    @property
    def id(self) -> str:
        return self.ask.name.replace(".", "-")

    @property
    def target(self) -> str:
        """Where a link to it leads: the first thing in it that one can type in."""
        first = {"day": "-day", "moment": "-day", "week": f"-{opening_hours.DAYS[0]}-from"}
        return self.id + first.get(self.kind, "")


def shown(
    schema: Schema,
    asks: Iterable[Ask],
    typed: Mapping[str, Any] | MultiDict[str, str],
    errors: Mapping[str, str],
) -> list[Field]:
    """The fields of a form, in the order in which they are asked."""
    return [_field(schema, ask, typed, errors) for ask in asks]


def moment_as_typed(name: str, moment: str, zone: ZoneInfo) -> dict[str, str]:
    """A moment that the API has as one would type it into a field, by the clocks of a zone."""
    local = datetime.fromisoformat(moment).astimezone(zone)
    parts = {part: str(getattr(local, part)) for part in PARTS} | {"time": f"{local:%H:%M}"}
    return {f"{name}-{part}": typed for part, typed in parts.items()}


def errors_of(problem: Mapping[str, Any], asks: Iterable[Ask]) -> tuple[dict[str, str], list[str]]:
    """What is wrong, by field; and what is wrong with none of them."""
    names = [ask.name for ask in asks]
    by_field: dict[str, str] = {}
    others: list[str] = []
    for entry in problem.get("errors", []):
        path = str(entry.get("pointer", "")).strip("/").replace("/", ".")
        near = [name for name in names if name == path or (path and name.startswith(f"{path}."))]
        outer = [name for name in names if path.startswith(f"{name}.")]
        said = reason(str(entry.get("detail", "")))
        if near or outer:
            by_field.setdefault((near or outer)[0], said)
        else:
            others.append(said)
    return by_field, others


def field_at(schema: Schema, name: str) -> fields.Field[Any]:
    """The field of a schema that a path leads to. Raises `KeyError` when there is none."""
    here: Any = schema
    for step in name.split("."):
        if isinstance(here, fields.List):
            here = here.inner
            continue
        inside = here.schema if isinstance(here, fields.Nested) else here
        here = inside.fields[step]
    assert isinstance(here, fields.Field)
    return here


def kind_of(asked: fields.Field[Any]) -> str:
    """How a field is asked for."""
    if asked.metadata.get("format") == "password":
        return "password"
    kinds: tuple[tuple[type, str], ...] = (
        (ours.Code, "one"),
        (ours.FreeText, "text"),
        (ours.Day, "day"),
        (ours.Moment, "moment"),
        (ours.Whole, "whole"),
        (fields.Boolean, "yes"),
        (ours.OpeningHours, "week"),
        (ours.Phone, "telephone"),
        (fields.List, "many"),
    )
    if isinstance(asked, fields.List) and isinstance(asked.inner, ours.Line):
        return "commas"  # what one can choose from, nobody knows
    return next((kind for type_, kind in kinds if isinstance(asked, type_)), "line")


def codes_in_words(
    codes: Iterable[StrEnum], thing: str = "", but: Sequence[StrEnum] = ()
) -> list[tuple[str, str]]:
    """The codes that a person may choose from, in words; `but` those that only the system gives."""
    return [(code.value, word(code.value, thing)) for code in codes if code not in but]


def _field(
    schema: Schema, ask: Ask, typed: Mapping[str, Any] | MultiDict[str, str], errors: Mapping[str, str]
) -> Field:
    asked = field_at(schema, ask.name)
    kind = kind_of(asked)
    choices = ask.choices or _codes(asked, ask.thing)
    if ask.hidden:
        kind = "hidden"
    elif kind in ("one", "line") and choices:
        kind = "one" if len(choices) <= FEW + 1 else "listed"
    typed_here, error = _typed(kind, ask.name, typed), errors.get(ask.name)
    return Field(ask, kind, asked.required or ask.needed, choices, typed_here, error)


def _codes(asked: Any, thing: str) -> list[tuple[str, str]]:
    inner = asked.inner if isinstance(asked, fields.List) else asked
    if isinstance(inner, ours.Code):
        return codes_in_words(inner.enum, thing)
    if isinstance(inner, fields.Boolean):
        return [("true", gettext("Yes")), ("false", gettext("No"))]
    return []


def _typed(kind: str, name: str, typed: Mapping[str, Any] | MultiDict[str, str]) -> Any:
    if kind in ("day", "moment"):
        return _parts(typed.get(name)) | {
            part: typed[f"{name}-{part}"] for part in (*PARTS, "time") if f"{name}-{part}" in typed
        }
    if kind == "week":
        return opening_hours.as_typed(name, typed)
    if kind == "many":
        return typed.getlist(name) if isinstance(typed, MultiDict) else list(typed.get(name) or ())
    # What is secret is typed anew.
    return "" if kind == "password" else _as_line(typed.get(name))


def _as_line(value: Any) -> str:
    """A value as one types it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def _parts(known: str | None) -> dict[str, str]:
    """A day that the API has, as one would type it; nothing of a moment, whose hour is that of a zone."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", known or "", re.ASCII)
    day = (part.lstrip("0") for part in found.groups()) if found else ("", "", "")
    return dict(zip(("year", "month", "day"), day, strict=True)) | {"time": ""}
