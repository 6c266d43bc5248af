"""Forms that are asked by the API's own schemas: how a field looks, how what was typed becomes a body.

A schema says what is right; here stands only how one asks for it. A field is named by its path in the body,
with dots ("disclosure.phone", "outcomes.0.result").
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from shared.http import fields as ours
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
    is `needed` does not say that it may stay empty, though the schema would let it.
    """

    name: str
    label: str
    hint: str = ""
    rows: int = 4
    choices: Sequence[tuple[str, str]] = ()
    thing: str = ""
    hidden: bool = False
    needed: bool = False
    autocomplete: str | None = None


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
        return f"{self.id}-day" if self.kind in ("day", "moment") else self.id


def shown(
    schema: Schema,
    asks: Iterable[Ask],
    typed: Mapping[str, Any] | MultiDict[str, str],
    errors: Mapping[str, str],
) -> list[Field]:
    """The fields of a form, in the order in which they are asked."""
    return [_field(schema, ask, typed, errors) for ask in asks]


def filled(schema: Schema, asks: Iterable[Ask], typed: MultiDict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The body that a form makes. What is left empty is left out: the schema says whether it may be."""
    values: dict[str, Any] = {}
    for ask in asks:
        kind = kind_of(field_at(schema, ask.name))
        if ask.hidden and kind in ("day", "moment"):
            kind = "line"  # it is filled in whole, and not by its parts
        value = _READ.get(kind, _line)(typed, ask.name, zone)
        if value is not None and value != []:
            _put(values, ask.name.split("."), value)
    return values


def emptied(schema: Schema, asks: Iterable[Ask]) -> dict[str, Any]:
    """What a change takes away when all that a form asks is left empty: only what may be nothing."""
    asked = {ask.name: field_at(schema, ask.name) for ask in asks if "." not in ask.name}
    nothing: dict[str, Any] = {name: None for name, one in asked.items() if one.allow_none}
    return nothing | {name: [] for name, one in asked.items() if isinstance(one, fields.List)}


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
        (fields.List, "many"),
    )
    return next((kind for type_, kind in kinds if isinstance(asked, type_)), "line")


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
        return [(code.value, word(code.value, thing)) for code in inner.enum]
    if isinstance(inner, fields.Boolean):
        return [("true", gettext("Yes")), ("false", gettext("No"))]
    return []


def _typed(kind: str, name: str, typed: Mapping[str, Any] | MultiDict[str, str]) -> Any:
    if kind in ("day", "moment"):
        return _parts(typed.get(name)) | {
            part: typed[f"{name}-{part}"] for part in (*PARTS, "time") if f"{name}-{part}" in typed
        }
    if kind == "password":
        return ""  # what is secret is typed anew
    if kind == "many":
        return typed.getlist(name) if isinstance(typed, MultiDict) else list(typed.get(name) or ())
    value = typed.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _parts(known: str | None) -> dict[str, str]:
    """A day that the API has, as one would type it; nothing of a moment, whose hour is that of a zone."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", known or "", re.ASCII)
    day = (part.lstrip("0") for part in found.groups()) if found else ("", "", "")
    return dict(zip(("year", "month", "day"), day, strict=True)) | {"time": ""}


def _line(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    return typed.get(name, "").replace("\r\n", "\n").strip() or None


def _password(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    return typed.get(name) or None


def _many(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> list[str]:
    return [value for value in typed.getlist(name) if value]


def _whole(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> int | str | None:
    text = typed.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else text or None


def _yes(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> bool | str | None:
    text = typed.get(name, "").strip()
    return {"true": True, "false": False}.get(text, text or None)


def _day(typed: MultiDict[str, str], name: str, _zone: ZoneInfo) -> str | None:
    day, month, year = (typed.get(f"{name}-{part}", "").strip() for part in PARTS)
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}" if day or month or year else None


def _moment(typed: MultiDict[str, str], name: str, zone: ZoneInfo) -> str | None:
    """A day and an hour as the programme's clocks show it; what is none is left for the schema to refuse."""
    on, at = _day(typed, name, zone), typed.get(f"{name}-time", "").strip().replace(".", ":")
    if on is None and not at:
        return None
    try:
        return datetime.fromisoformat(f"{on}T{at.zfill(5)}").replace(tzinfo=zone).isoformat()
    except ValueError:
        return f"{on} {at}"


_READ: Mapping[str, Callable[[MultiDict[str, str], str, ZoneInfo], Any]] = {
    "many": _many,
    "password": _password,
    "whole": _whole,
    "yes": _yes,
    "day": _day,
    "moment": _moment,
}


def _put(values: Any, steps: Sequence[str], value: Any) -> None:
    """Put a value where its path leads in a body, making what is on the way."""
    step, rest = steps[0], steps[1:]
    if isinstance(values, list):
        while len(values) <= int(step):
            values.append({})
        _put(values[int(step)], rest, value)
    elif not rest:
        values[step] = value
    else:
        _put(values.setdefault(step, [] if rest[0].isdigit() else {}), rest, value)
