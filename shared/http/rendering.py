"""What a use case gave, made into the answer of its route."""

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from shared.actor import Actor
from shared.audit.deed import men_of
from shared.database.paging import Page
from shared.http.routes import Route
from shared.http.schemas import Answer, LifecycleAnswer
from shared.unit_of_work import etag


def rendered(route: Route, result: Any, actor: Actor, answer: Answer | None) -> Response:
    """What a use case gave, as this caller is answered: a thing, a page, or nothing."""
    if isinstance(result, Response):
        return result
    if answer is None:
        return Response(status=204)
    if route.paged:
        return _page(result, actor, answer)
    return _one(route, result, represent(result, actor, answer))


def _one(route: Route, thing: Any, document: dict[str, Any]) -> Response:
    response = json_answer(document, route.status)
    if hasattr(thing, "version"):
        response.headers["ETag"] = etag(thing)
        if route.method == "GET" and request.if_none_match.contains(etag(thing).strip('"')):
            return Response(status=304, headers={"ETag": etag(thing)})
    if route.status == 201:
        response.headers["Location"] = f"{_place(route)}/{thing.id}"
    return response


def _place(route: Route) -> str:
    """Where a new thing is: the collection it was posted to, or the one its route names."""
    return request.path if route.place is None else f"/{request.path.split('/')[1]}{route.place}"


def _page(result: Page, actor: Actor, answer: Answer) -> Response:
    document: dict[str, Any] = {"items": [represent(item, actor, answer) for item in result.items]}
    if request.method != "GET":
        # A search's terms may not stand in a link, so it says only whether there is more.
        return json_answer({**document, "more": result.cursor is not None})
    response = json_answer(document)
    if result.cursor is not None:
        query = urlencode({**request.args.to_dict(), "cursor": result.cursor})
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def represent(thing: Any, actor: Actor, answer: Answer) -> dict[str, Any]:
    """A thing as its schema shows it to this caller, with what he may do next."""
    document = answer.document(thing)
    document |= answer.told_to(actor, thing)
    if isinstance(answer, LifecycleAnswer):
        by_emergency = actor.emergency_shedder_id in men_of(thing)
        document["available_actions"] = [] if by_emergency else answer.available(thing, actor)
    shown = answer.shown_to(actor, thing)
    return document if shown is None else {name: document[name] for name in document if name in shown}


def json_answer(document: Any, status: int = 200) -> Response:
    """A document as an answer that nobody keeps."""
    return Response(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status,
        {"Cache-Control": "no-store"},
        content_type="application/json",
    )
