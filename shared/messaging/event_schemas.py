"""The JSON Schemas of a service's events, made from the same declarations that write them."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.messaging.events import Catalogue


def json_schemas(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """A JSON Schema (2020-12) of `data` per event type."""
    plugin = MarshmallowPlugin()
    APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    return {
        kind.type: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:sbs:event:{kind.name}.v{kind.version}",
            "title": kind.type,
            **plugin.converter.schema2jsonschema(kind.schema()),
        }
        for kind in catalogue.types
    }
