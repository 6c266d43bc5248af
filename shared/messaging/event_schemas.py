"""The JSON Schemas of a service's events, made from the same declarations that write them."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.messaging.events import Catalogue


def json_schemas(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """A JSON Schema (2020-12) of `data` per event type, each whole in itself."""
    plugin = MarshmallowPlugin()
    spec = APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    return {
        kind.type: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:sbs:event:{kind.name}.v{kind.version}",
            "title": kind.type,
            **_whole(plugin.converter.schema2jsonschema(kind.schema()), spec.components.schemas),
        }
        for kind in catalogue.types
    }


def _whole(part: Any, components: dict[str, Any]) -> Any:
    """A schema with what it refers to put in its place: apispec keeps nested schemas apart."""
    if isinstance(part, list):
        return [_whole(inner, components) for inner in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _whole(components[part["$ref"].rpartition("/")[2]], components)
    return {name: _whole(inner, components) for name, inner in part.items()}
