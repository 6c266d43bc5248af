"""Documents are made by steps worked out beforehand: for every schema they are what marshmallow's `dump` gives."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from uuid import UUID

import pytest
from marshmallow import Schema, fields, post_dump

from shared.dumping import dumper
from shared.http.schemas import Answer
from tests.contracts.every_route import ROUTES
from tests.contracts.write import CATALOGUES

ANSWERS = {route.answer for _, route in ROUTES if route.answer}
EVENTS = {kind.schema for catalogue in CATALOGUES.values() for kind in catalogue.types}
# The first kind in this order that a field is of. A value is written as text where it is not of JSON.
SAMPLES = {
    fields.UUID: UUID("0198a6e2-0000-7000-8000-000000000007"),
    fields.AwareDateTime: datetime(2026, 3, 2, 9, 30, 0, 120, UTC),
    fields.Date: date(2026, 3, 2),
    fields.Time: time(10, 5),
    fields.Boolean: False,
    fields.Integer: 7,
    fields.Float: 0.25,
    fields.Dict: {"b": 1, "a": [None, "é"]},
    fields.String: "Zoë “Ω”",
}


def example(field: fields.Field, make: type) -> object:
    if isinstance(field, fields.Nested):
        one = make(**dict(told(field.schema, make)))
        return [one, one] if field.many or field.schema.many else one
    if isinstance(field, fields.Dict) and field.value_field:
        return {"b": example(field.value_field, make), "a": example(field.value_field, make)}
    if isinstance(field, fields.List):
        return [example(field.inner, make), None]
    if isinstance(field, fields.Enum):
        return list(field.enum)[-1]
    return next((value for kind, value in SAMPLES.items() if isinstance(field, kind)), "as it is")


def told(schema: Schema, make: type) -> Iterator[tuple[str, object]]:
    """A value for every attribute that a schema reads."""
    for name, field in schema.dump_fields.items():
        if not isinstance(field, fields.Function):
            yield field.attribute or name, example(field, make)


def full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


@pytest.mark.parametrize("kind", sorted(ANSWERS | EVENTS, key=full_name), ids=full_name)
@pytest.mark.parametrize("make", [SimpleNamespace, dict])
def test_a_document_is_what_dump_gives(kind, make, monkeypatch):
    monkeypatch.setattr(fields.Function, "_serialize", lambda *_args, **_kwargs: ["worked out"])
    schema = kind()
    write = schema.document if isinstance(schema, Answer) else dumper(schema)
    values = dict(told(schema, make))

    lacking = [dict(list(values.items())[::2]), {}] if make is SimpleNamespace or kind in EVENTS else []
    for some in (values, dict.fromkeys(values), *lacking):
        thing = make(**some)
        assert json.dumps(write(thing)) == json.dumps(schema.dump(thing))


def test_a_name_that_a_mapping_lacks_is_looked_for_in_its_attributes():
    class Titled(dict):
        title = "of the mapping"

    schema = Schema.from_dict({"title": fields.String(), "keys": fields.Raw(data_key="names")})()

    assert dumper(schema)(Titled(keys=[1])) == schema.dump(Titled(keys=[1]))
    assert dumper(schema)(Titled(title="its own"))["title"] == "its own"


def test_kinds_of_field_that_are_written_in_their_own_way_are_left_to_marshmallow():
    class Shouted(fields.String):
        def _serialize(self, value, attr, obj, **kwargs):
            return str(value).upper()

    schema = Schema.from_dict(
        {
            "word": Shouted(),
            "words": fields.List(Shouted()),
            "else": fields.String(dump_default="otherwise"),
            "deep": fields.String(attribute="one.two"),
            "day": fields.Date(format="%d-%m"),
            "raw": fields.String(),
        }
    )()
    thing = {"word": None, "words": ["a"], "one": {"two": "x"}, "day": date(2026, 3, 2), "raw": b"\xc3\xab"}

    assert dumper(schema)(thing) == schema.dump(thing)


def test_what_is_to_be_done_before_or_after_is_not_passed_over_in_silence():
    class Signed(Schema):
        @post_dump
        def sign(self, values, **_kwargs):
            return values | {"signed": True}

    with pytest.raises(TypeError):
        dumper(Signed())
