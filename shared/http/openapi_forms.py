"""What the description says of the bodies that are not JSON: an uploaded file, and a standard's form."""

from typing import Any

from shared.http.routes import Route

UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {"type": "string", "contentMediaType": "text/csv"},
                    "dry_run": {"type": "string", "enum": ["true", "false"]},
                    "skip_bad": {"type": "string", "enum": ["true", "false"]},
                },
            }
        }
    },
}
FORM = "application/x-www-form-urlencoded"


def request_body(route: Route) -> dict[str, Any]:
    """The body that a route takes as an upload or a form; nothing for all others."""
    if route.upload:
        return {"requestBody": UPLOAD}
    if route.form is not None:
        return {"requestBody": {"required": True, "content": {FORM: {"schema": route.form}}}}
    return {}


def refusals(route: Route) -> dict[str, Any]:
    """What a route refuses as its standard says, instead of with problem details."""
    if route.refusal is None:
        return {}
    content = {"application/json": {"schema": route.refusal}}
    challenge = {"description": "How a client proves who it is.", "schema": {"type": "string"}}
    return {
        "400": {"description": "The request is not right; `error` says what.", "content": content},
        "401": {
            "description": "It is not known who asks.",
            "content": content,
            "headers": {"WWW-Authenticate": challenge},
        },
    }
