"""A page that describes a service's API, made from its OpenAPI document; no script, no other origin."""

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from shared.http.conventions import CONVENTIONS

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ api.info.title }}</title>
<style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2b2a}
h1{margin-bottom:0}h2{margin-top:2.5rem;border-bottom:2px solid #0b5d51;text-transform:capitalize}
code{font:0.9rem ui-monospace,monospace}
.verb{display:inline-block;min-width:4.5rem;font-weight:700;color:#0b5d51}
article{margin:1rem 0;padding:.75rem 1rem;border:1px solid #b9c7c4;border-radius:.4rem}
article h3{margin:.25rem 0}article p{margin:.25rem 0}
table{border-collapse:collapse;margin:.5rem 0;width:100%}tr{border-top:1px solid #dbe4e2}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;font-weight:400}th{width:16rem}
b{font-size:.8rem;color:#8a3b12}.who{color:#495a57}
</style></head><body><main>
<h1>{{ api.info.title }}</h1>
<p>Version {{ api.info.version }}. The machine-readable description is
<a href="openapi.json">openapi.json</a> (OpenAPI {{ api.openapi }}).</p>
<section><h2>What all calls keep to</h2>
<table>{% for name, text in conventions.items() %}
<tr><th scope="row">{{ name }}</th><td>{{ text | code }}</td></tr>
{% endfor %}</table></section>
{% for tag, operations in groups %}
<section><h2>{{ tag }}</h2>
{% for verb, path, operation in operations %}
<article id="{{ operation.operationId }}">
<h3><code><span class="verb">{{ verb }}</span> {{ path }}</code></h3>
<p>{{ operation.summary }}</p><p class="who">{{ operation.description }}</p>
{% for name, required, kind, note in fields(operation) %}
{% if loop.first %}<table>{% endif %}
<tr><th scope="row"><code>{{ name }}</code>{% if required %} <b>needed</b>{% endif %}</th>
<td>{{ kind }}{% if note %}<br>{{ note }}{% endif %}</td></tr>
{% if loop.last %}</table>{% endif %}
{% endfor %}
<details><summary>What comes back</summary><table>
{% for status, said in answers(operation) %}
<tr><th scope="row"><code>{{ status }}</code></th><td>{{ said }}</td></tr>
{% endfor %}
{% for name, required, kind, note in shown(operation) %}
<tr><th scope="row"><code>{{ name }}</code></th><td>{{ kind }}{% if note %}<br>{{ note }}{% endif %}</td></tr>
{% endfor %}
</table></details>
</article>
{% endfor %}
</section>
{% endfor %}
</main></body></html>
"""


def render(document: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    groups: dict[str, list[tuple[str, str, Any]]] = {}
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((verb.upper(), path, operation))
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["code"] = _code
    return environment.from_string(_PAGE).render(
        api=document,
        conventions=CONVENTIONS,
        groups=groups.items(),
        fields=lambda operation: list(_fields(operation, document)),
        answers=lambda operation: list(_answers(operation, document)),
        shown=lambda operation: list(_shown(operation, document)),
    )


def _code(text: str) -> Markup:
    """Text with what stands between backticks as code."""
    parts = str(escape(text)).split("`")
    return Markup("".join(f"<code>{part}</code>" if nth % 2 else part for nth, part in enumerate(parts)))  # noqa: S704 (escaped above)


def _answers(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each status with what it means."""
    for status, response in operation["responses"].items():
        name = response.get("$ref", "").rpartition("/")[2]
        yield status, (document["components"]["responses"][name] if name else response)["description"]


def _shown(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str, bool, str, str]]:
    """The fields of a good answer; of a list, those of its things."""
    good = next(response for status, response in operation["responses"].items() if status[0] in "23")
    for content in good.get("content", {}).values():
        body = _resolved(content["schema"], document)
        items = body.get("properties", {}).get("items", {}).get("items")
        yield from _properties(_resolved(items, document) if items else body, document)


def _fields(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str, bool, str, str]]:
    """What goes in, by query and by body: name, whether it is needed, what it may be, what is said of it."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            schema = parameter["schema"]
            note = parameter.get("description", "")
            yield parameter["name"], parameter["required"], _kind(schema, document), note
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _properties(_resolved(content["schema"], document), document)


def _properties(body: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str, bool, str, str]]:
    for name, schema in body.get("properties", {}).items():
        needed = name in body.get("required", ())
        yield name, needed, _kind(schema, document), schema.get("description", "")


def _kind(schema: dict[str, Any], document: dict[str, Any]) -> str:
    """A value's type in a few words: "one of: yes, no", "text", "list of objects (name, text)"."""
    schema = _resolved(schema, document)
    if "enum" in schema:
        return "one of: " + ", ".join(str(value) for value in schema["enum"] if value is not None)
    bounds = [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    said = _type(schema, document)
    return said + (f" ({', '.join(bounds)})" if bounds else "")


_BOUNDS = {"minimum": "at least", "maximum": "at most", "default": "else"}


def _type(schema: dict[str, Any], document: dict[str, Any]) -> str:
    if "items" in schema:
        return f"list of: {_kind(schema['items'], document)}"
    if "properties" in schema:
        return f"object ({', '.join(schema['properties'])})"
    types = schema.get("type", "any value")
    kinds = types if isinstance(types, list) else [types]
    named = schema.get("format", "")
    said = [_SAID.get(named) or _SAID.get(kind) or str(kind) for kind in kinds if kind != "null"]
    return ", ".join(said) + (", or null" if "null" in kinds else "")


_SAID = {"string": "text", "integer": "whole number", "uuid": "identifier", "date": "day (YYYY-MM-DD)"} | {
    "date-time": "date and time with offset",
    "boolean": "true or false",
}


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A schema itself, where another place only refers to it."""
    for alternative in schema.get("anyOf", schema.get("allOf", ())):
        if "$ref" in alternative:
            schema = alternative
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found
