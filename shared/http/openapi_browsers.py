"""What OpenAPI says of the routes where browsers come by themselves: they are sent on, or told in a page."""

from typing import Any

from shared.http.routes import Route

SENT_ON = {
    "description": "Go on there. A cookie is set.",
    "headers": {
        "Location": {"description": "Where to go on.", "required": True, "schema": {"type": "string"}}
    },
}


def told_to_browsers(route: Route) -> dict[str, Any]:
    """The refusals that a route has words of its own for; each a page too, where a browser asks for one."""
    refusals = {status: refusal(description) for status, description in sorted(route.refuses.items())}
    for told in refusals.values():
        told["content"]["text/html"] = {"schema": {"type": "string"}}
    return refusals


def refusal(description: str) -> dict[str, Any]:
    """A refusal in words of its own."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}
