"""Making documents of things by a schema, as its `dump` does, with what the schema says worked out once.

`Schema.dump` asks each field anew, for each thing, how it is read and written: most of what a list costs
beside its statement. When not to use it: for a schema that is made for one thing and thrown away.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from marshmallow import Schema, fields, missing
from marshmallow.decorators import POST_DUMP, PRE_DUMP
from marshmallow.utils import ensure_text_type

Write = Callable[[Any], Any]
"""Makes a value, never None, what it is in a document."""


def dumper(schema: Schema) -> Callable[[Any], dict[str, Any]]:
    """A function that makes of a thing, or of a mapping, the document that `schema.dump` makes of it.

    Raises `TypeError` for a schema that has something done before or after.
    """
    if any(schema._hooks[hook] for hook in (PRE_DUMP, POST_DUMP)):
        raise TypeError(f"{type(schema).__name__} has something done before or after it is dumped.")
    steps = [_step(schema, name, field) for name, field in schema.dump_fields.items()]
    return partial(_document, steps)


Step = tuple[str, str | None, Callable[..., Any]]
"""What it is called in the document, the attribute that it is, and how that is written. Without an attribute
the field reads the thing itself."""


def _document(steps: Sequence[Step], thing: Any) -> dict[str, Any]:
    document = {}
    keyed = hasattr(thing, "__getitem__")
    for key, attribute, write in steps:
        if attribute is None:
            value = write(thing)
            if value is not missing:
                document[key] = value
            continue
        value = _item(thing, attribute) if keyed else getattr(thing, attribute, missing)
        if value is not missing:
            document[key] = None if value is None else write(value)
    return document


def _item(thing: Any, name: str) -> Any:
    """A value by its key, else by its attribute: in marshmallow's order."""
    try:
        return thing[name]
    except (KeyError, IndexError, TypeError, AttributeError):
        return getattr(thing, name, missing)


def _step(schema: Schema, name: str, field: fields.Field[Any]) -> Step:
    key = field.data_key if field.data_key is not None else name
    attribute = name if field.attribute is None else field.attribute
    write = _writer(field)
    if write is None or field.dump_default is not missing or "." in attribute:
        return key, None, lambda thing: field.serialize(name, thing, accessor=schema.get_attribute)
    return key, attribute, write


def _writer(field: fields.Field[Any]) -> Write | None:
    """How a field writes its value, where it does so as its base kind does; else None."""
    make = _WRITERS.get(type(field)._serialize)
    return make(field) if make else None


def _as_is(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return value if type(value) is str else ensure_text_type(value)


def _enum(field: Any) -> Write | None:
    inner = _writer(field.field)
    if inner is None or not field.by_value:
        return None
    return lambda member: inner(member.value)


def _moment(field: Any) -> Write | None:
    write: Write | None = field.SERIALIZATION_FUNCS.get(field.format or field.DEFAULT_FORMAT)
    return write


def _list(field: Any) -> Write | None:
    inner = _writer(field.inner)
    if inner is None:
        return None
    return lambda values: [None if value is None else inner(value) for value in values]


def _nested(field: Any) -> Write:
    inner = dumper(field.schema)
    if field.schema.many or field.many:
        return lambda things: [inner(thing) for thing in things]
    return inner


_WRITERS: Mapping[Any, Callable[[Any], Write | None]] = {
    fields.Field._serialize: lambda _field: _as_is,
    fields.String._serialize: lambda _field: _text,
    fields.UUID._serialize: lambda _field: str,
    fields.Enum._serialize: _enum,
    fields.DateTime._serialize: _moment,
    fields.List._serialize: _list,
    fields.Nested._serialize: _nested,
}
"""By the method that writes: a kind of field of our own that only reads in its own way is among them."""
