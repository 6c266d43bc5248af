"""Producers and consumers agree: what one may say by its schema, every consumer of it can read."""

import json
from datetime import UTC

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared.messaging.event_schemas import json_schemas
from tests.contracts.write import CATALOGUES, HANDLERS, LIFECYCLES

PUBLISHED = {
    kind.name: json_schemas(catalogue)[kind.type]
    for catalogue in CATALOGUES.values()
    for kind in catalogue.types
}
READ = [
    (service, producer, handler)
    for service, producers in HANDLERS.items()
    for producer, handlers in producers.items()
    for handler in handlers
]
PERSONAL = {
    "name", "first_name", "last_name", "phone", "email", "address", "birth_year", "text", "remark", "sentence",
    "question", "answer", "employer", "note", "disclosure", "value", "languages",
}  # fmt: skip


def said(schema):
    """Values that fit a property of an event's schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "null" in kinds and len(kinds) > 1:
        return st.none() | said(schema | {"type": [kind for kind in kinds if kind != "null"]})
    if kinds == ["array"]:
        return st.lists(said(schema["items"]), max_size=3)
    if kinds == ["object"]:
        return st.fixed_dictionaries({name: said(inner) for name, inner in schema["properties"].items()})
    return SAID[schema.get("format", kinds[0])]


SAID = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(str),
    "date-time": st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    "string": st.text(min_size=1, max_size=20),
    "integer": st.integers(0, 2**31 - 1),
    "number": st.floats(0, 1e6),
    "boolean": st.booleans(),
}


def covered(handler):
    """The published events that a handler takes."""
    family = handler.name.removesuffix("*")
    return [
        name
        for name in PUBLISHED
        if name == handler.name or (family != handler.name and name.startswith(family))
    ]


@pytest.mark.parametrize(
    ("service", "producer", "handler"), READ, ids=lambda value: getattr(value, "name", value)
)
def test_a_consumer_can_read_whatever_the_producer_may_say(service, producer, handler):
    kinds = covered(handler)
    assert kinds, "nobody publishes this"
    reads = handler.reads()
    for kind in kinds:

        @settings(max_examples=10, database=None, suppress_health_check=list(HealthCheck), deadline=None)
        @given(said(PUBLISHED[kind]))
        def read(data):
            reads.load(data | {"a_field_of_tomorrow": 1})

        read()


@pytest.mark.parametrize("kind", PUBLISHED)
def test_a_published_schema_is_valid_and_closed(kind):
    Draft202012Validator.check_schema(PUBLISHED[kind])

    assert PUBLISHED[kind]["additionalProperties"] is False
    assert PUBLISHED[kind]["required"]


@pytest.mark.parametrize("kind", PUBLISHED)
def test_no_event_has_a_field_for_what_is_personal(kind):
    assert not PUBLISHED[kind]["properties"].keys() & PERSONAL


@pytest.mark.parametrize("service", LIFECYCLES)
def test_every_step_of_a_lifecycle_has_an_event(service):
    missing = [
        row.event
        for lifecycle in LIFECYCLES[service]
        for row in lifecycle.transitions
        if row.event not in CATALOGUES[service]
    ]

    assert missing == []


def test_a_real_event_is_as_its_schema_says(world, programme):
    for service in CATALOGUES:
        for document in world.told(service):
            name = document["type"].removeprefix("org.sbs.").rpartition(".v")[0]
            Draft202012Validator(PUBLISHED[name]).validate(document["data"])
            assert json.dumps(document)
