"""Each service's published events over HTTP: the feed that consumers fill gaps from and integrators read."""

import json
import threading
from typing import Any
from urllib.parse import urlencode

from flask import Response
from marshmallow import fields, validate

from shared.actor import Actor, Role
from shared.errors import FieldError, Forbidden, InvalidInput
from shared.http.fields import Whole
from shared.http.routes import Route
from shared.http.schemas import Answer, Input
from shared.messaging import outbox
from shared.messaging.feed import LONGEST_WAIT, wait_for_events
from shared.permissions import policy
from shared.unit_of_work import Service

READ_EVENTS = policy("read events", relation="of the whole programme", scope="events:read", personal=False)
READ_EVENT_TYPES = policy(
    "read what events there are", Role.ADMINISTRATOR, scope="events:read", personal=False
)

# A waiting reader holds a thread; the last few threads are never given to those who only wait.
_WAITING = threading.BoundedSemaphore(6)


class FeedQuery(Input):
    after = Whole(0, 2**53, load_default=0, metadata={"description": "The last position you have."})
    limit = Whole(1, outbox.BATCH, load_default=100)
    wait = Whole(
        0, int(LONGEST_WAIT), load_default=0, metadata={"description": "Seconds to wait for the next."}
    )
    type = fields.String(
        validate=validate.Length(1, 1000),
        metadata={
            "description": "Only events of these types, parted by commas: `consent.given` for its present "
            "version, or in full, `org.sbs.consent.given.v1`. `/event-types` lists them.",
            "example": "consent.given,consent.withdrawn",
        },
    )


class FeedAnswer(Answer):
    epoch = fields.UUID(required=True, metadata={"description": "Changes when the feed was restored."})
    position = fields.Integer(required=True, metadata={"description": "Ask after this one next."})
    items = fields.List(fields.Dict(), required=True, metadata={"description": "CloudEvents 1.0 documents."})


def read_events(service: Service[Any], actor: Actor, *, query: dict[str, Any]) -> Response:
    """Read the events that this service published, oldest first."""
    if actor.organisation_id is not None or actor.partner_id is not None:
        raise Forbidden("The feed tells of every organisation and partner; this client speaks for one.")
    may_wait = query["wait"] > 0 and _WAITING.acquire(blocking=False)
    try:
        wait = float(query["wait"]) if may_wait else 0.0
        types = _types(service, query["type"]) if "type" in query else None
        page = wait_for_events(service, query["after"], query["limit"], wait, types)
    finally:
        if may_wait:
            _WAITING.release()
    document = f'{{"epoch":"{page.epoch}","position":{page.position},"items":[{",".join(page.documents)}]}}'
    answer = Response(document, 200, {"Cache-Control": "no-store"}, content_type="application/json")
    if len(page.documents) == query["limit"]:
        asked = {"after": page.position, "limit": query["limit"]} | {
            name: query[name] for name in ("type",) if name in query
        }
        place = f"/{service.name}/events?{urlencode(asked)}"
        answer.headers["Link"] = f'<{place}>; rel="next"'
    return answer


def _types(service: Service[Any], asked: str) -> list[str]:
    """The types that a filter names. Raises `InvalidInput` for one that this service does not publish."""
    known = {kind.type: kind.type for kind in service.catalogue.types}
    known |= {kind.name: kind.type for kind in service.catalogue.types}
    names = [name.strip() for name in asked.split(",")]
    strange = [name for name in names if name not in known]
    if strange:
        reason = f"This service publishes no such event: {', '.join(strange)[:200]}. See /event-types."
        raise InvalidInput([FieldError(("type",), reason, "query")])
    return [known[name] for name in names]


class EventTypeAnswer(Answer):
    type = fields.String(required=True)
    schema = fields.Dict(required=True, metadata={"description": "JSON Schema of `data`."})


def read_event_types(service: Service[Any], _actor: Actor) -> Response:
    """Read which events this service publishes, with the JSON Schema of each one's data."""
    from shared.messaging.event_schemas import json_schemas  # noqa: PLC0415 (apispec is slow to import)

    items = [{"type": kind, "schema": schema} for kind, schema in json_schemas(service.catalogue).items()]
    return Response(json.dumps({"items": items}), 200, content_type="application/json")


ROUTES = [
    Route("GET", "/events", read_events, READ_EVENTS, FeedAnswer, query=FeedQuery, own_transactions=True),
    Route(
        "GET",
        "/event-types",
        read_event_types,
        READ_EVENT_TYPES,
        EventTypeAnswer,
        paged=True,
        own_transactions=True,
    ),
]
