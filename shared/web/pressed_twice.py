"""What a second press finds: that the change is made already, or that it was made, and changed since."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from shared.web.client import Told


def is_of_before(about: str, told: Told, shown: str) -> bool:
    """Whether it is the answer to a press of before, and the thing was changed since, and then shown.

    `about` is where the thing stands in the API, `shown` the version that the form showed.
    """
    is_it = isinstance(told.document, dict) and about.endswith(f"/{told.document.get('id')}")
    then, since = (tag.strip('"') for tag in (told.version or "", shown))
    return is_it and then.isdecimal() and since.isdecimal() and int(then) < int(since)


def is_so_already(schema: Schema, values: Mapping[str, Any], now: Told) -> bool:
    """Whether nothing is left to change: it was pressed twice, or somebody else was as quick."""
    try:
        wanted = schema.load(values)
        return bool(wanted == schema.load({name: now.document.get(name) for name in values}))
    except ValidationError:
        return False
