"""The OpenAPI 3.1 description of a service, made from its routes: no route is described twice.

apispec turns the schemas into JSON Schema; what all routes share (problems, headers, the token) is said here.
"""

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from shared.http.conventions import as_text
from shared.http.openapi_browsers import SENT_ON, refusal, told_to_browsers
from shared.http.openapi_forms import refusals, request_body
from shared.http.routes import Route
from shared.permissions import OWN_ACCOUNT, PUBLIC

PROBLEMS = {
    "400": "The body is not JSON, or not UTF-8.",
    "401": "No valid bearer token came with the request.",
    "403": "The caller may see the thing, and may not do this with it.",
    "404": "There is no such thing, or none that the caller may see.",
    "409": "The state of the thing does not allow this, or there is one already.",
    "412": "The thing was changed since the version that If-Match names.",
    "413": "The body is larger than is taken.",
    "415": "The body has another content type than the one described.",
    "422": "A value is wrong; one entry per field says why.",
    "428": "If-Match is missing.",
    "429": "The caller asked more often than the limit of a minute; Retry-After says how long to wait.",
    "503": "The database cannot be reached just now.",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Stable: decide by this."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "query": {"type": "string"},
                    "header": {"type": "string"},
                    "line": {"type": "integer", "description": "Of an uploaded file."},
                    "column": {"type": ["string", "null"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that is to be changed.",
    "schema": {"type": "string", "example": '"1"'},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the stored answer, for 24 hours.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,100}$"},
}
_VARIABLE = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")


def describe(service: str, title: str, version: str, routes: Sequence[Route]) -> dict[str, Any]:
    """The whole document."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title=title,
        version=version,
        openapi_version="3.1.0",
        info={"description": as_text()},
        plugins=[plugin],
        servers=[{"url": "/"}],
        security=[{"bearer": []}],
        tags=[{"name": name} for name in sorted({_tag(route) for route in routes})],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Problem", PROBLEM)
    for status, text in PROBLEMS.items():
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        spec.components.response(f"Problem{status}", {"description": text, "content": content})
    for route in routes:
        spec.path(
            path=_VARIABLE.sub(r"{\3}", f"/{service}{route.path}"),
            operations={route.method.lower(): _operation(route, plugin)},
        )
    document: dict[str, Any] = _portable(spec.to_dict())
    return document


def _portable(part: Any) -> Any:
    """Patterns as every reader of JSON Schema knows them: Python's `\\Z` is `$` there."""
    if isinstance(part, list):
        return [_portable(inner) for inner in part]
    if isinstance(part, dict):
        return {
            name: inner.replace("\\Z", "$")
            if name == "pattern" and isinstance(inner, str)
            else _portable(inner)
            for name, inner in part.items()
        }
    return part


def _operation(route: Route, plugin: MarshmallowPlugin) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": _who(route),
        "tags": [_tag(route)],
        "parameters": _parameters(route, plugin),
        "responses": _responses(route),
    }
    if route.policy is PUBLIC:
        operation["security"] = []
    operation |= request_body(route)
    if route.body is not None:
        operation["requestBody"] = {
            "required": any(field.required for field in route.body().fields.values()),
            "content": {"application/json": {"schema": route.body}},
        }
    return operation


def _who(route: Route) -> str:
    relation = f" ({route.policy.relation})" if route.policy.relation else ""
    return "Open to all." if route.policy is PUBLIC else f"For: {route.policy.who()}{relation}."


def _parameters(route: Route, plugin: MarshmallowPlugin) -> list[Any]:
    parameters: list[Any] = [
        {"name": name, "in": "path", "required": True, "schema": _variable(kind, choices)}
        for kind, choices, name in _VARIABLE.findall(route.path)
    ]
    if route.query is not None:
        assert plugin.converter is not None
        parameters += plugin.converter.schema2parameters(route.query(), location="query")
    if route.changes:
        parameters.append(IF_MATCH)
    if route.idempotent:
        parameters.append(IDEMPOTENCY_KEY)
    return parameters


def _variable(kind: str, choices: str) -> dict[str, Any]:
    """The schema of a path variable: an identifier, or one of a few values."""
    if kind == "any":
        return {"type": "string", "enum": [choice.strip(' "') for choice in choices.split(",")]}
    return {"type": "string", "format": "uuid"}


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {str(route.success): _success(route)}
    refused = _refusals(route)
    responses |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(refused)}
    if "409" in refused:
        responses["409"] = refusal(route.conflict)
    if route.method == "GET" and route.answer is not None and not route.paged:
        responses["304"] = {"description": "The version named in If-None-Match is the present one."}
    return responses | refusals(route) | told_to_browsers(route)


def _refusals(route: Route) -> set[str]:
    """The statuses with which a route may refuse; every one may find the database away."""
    when = {
        ("401", "429"): True,
        ("403",): route.policy is not PUBLIC,
        ("404",): _VARIABLE.search(route.path) is not None,
        ("400", "413", "415", "422"): route.body is not None or route.upload,
        ("413", "422"): route.form is not None,
        ("422",): route.query is not None or route.method == "GET",
        ("409", "412", "428"): route.changes,
        ("404", "409", "422"): route.idempotent,
        ("404", "409"): _finds_by_itself(route),
    }
    return {"503"}.union(*(statuses for statuses, holds in when.items() if holds))


def _finds_by_itself(route: Route) -> bool:
    """Whether it finds what it is about by who asks, or by a secret that was sent, and not by its path."""
    is_own = route.policy.relation == OWN_ACCOUNT
    return is_own or route.confidential or (route.policy is PUBLIC and route.body is not None)


def _success(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return SENT_ON if route.sends_on else {"description": "Done."}
    schema: Any = route.answer
    if route.paged:
        more = {} if route.method == "GET" else {"more": {"type": "boolean"}}
        schema = {
            "type": "object",
            "required": ["items", *more],
            "properties": {"items": {"type": "array", "items": route.answer}, **more},
        }
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if route.also_page:
        content["text/html"] = {"schema": {"type": "string"}}
    success: dict[str, Any] = {"description": "Done.", "content": content}
    headers = _success_headers(route)
    return success | ({"headers": headers} if headers else {})


def _success_headers(route: Route) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if route.paged and route.method == "GET":
        headers["Link"] = _header('The next page, rel="next".')
    elif route.changes or route.status == 201:
        headers["ETag"] = _header("The version of the thing.")
    if route.status == 201:
        headers["Location"] = _header("Where the thing is.")
    return headers


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "required": False, "schema": {"type": "string"}}


def _tag(route: Route) -> str:
    return route.path.strip("/").split("/")[0].replace("-", " ")


def _schema_name(schema: type[Schema] | Schema) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__
