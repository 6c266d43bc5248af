"""Carrying out a request by its route: who is it, one transaction, the use case, the answer."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from flask import Response, request
from marshmallow import Schema
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.database.paging import Page
from shared.errors import Unauthenticated
from shared.http import body, idempotency
from shared.http.routes import Route
from shared.http.schemas import Answer, LifecycleAnswer
from shared.permissions import PUBLIC
from shared.tokens import Verifier
from shared.unit_of_work import Service, UnitOfWork, etag

_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z")
STORED_HEADERS = ("ETag", "Location")

log = structlog.get_logger()


class Dispatcher:
    """Makes a view function of each route of one service."""

    def __init__(self, service: Service[Any], verifier: Verifier) -> None:
        self.service = service
        self._verifier = verifier

    def view(self, route: Route) -> Callable[..., Response]:
        """The Flask view of a route; schemas are made here, once."""
        answer = route.schema("answer")
        taken = {"values": route.schema("body"), "query": route.schema("query")}

        def respond(**variables: Any) -> Response:
            began = time.perf_counter()
            actor = self.authenticate()
            arguments, sent = _arguments(taken)
            response = self._carry_out(route, actor, variables | arguments, sent, answer)
            took = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", route=route.name, status=response.status_code, ms=took, role=actor.role.value)
            return response

        respond.__name__ = route.name
        return respond

    def authenticate(self) -> Actor:
        """Who the bearer token speaks for. Raises `Unauthenticated`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return self._verifier.actor(token.strip(), self.service.clock.now())

    def _carry_out(
        self, route: Route, actor: Actor, arguments: Mapping[str, Any], sent: Any, answer: Schema | None
    ) -> Response:
        if route.own_transactions:
            route.policy.check(actor)
            return _respond(route, route.act(self.service, actor, **arguments), actor, answer)
        key = request.headers.get("Idempotency-Key") if route.idempotent else None
        if key is not None:
            idempotency.check_key(key)
        with self.service.begin(
            actor,
            if_match=request.headers.get("If-Match"),
            traceparent=traceparent(),
            reading=route.reads_only,
        ) as work:
            if key is None:
                return self._call(route, work, arguments, answer)
            print_ = idempotency.fingerprint(request.method, request.path, sent)
            stored = idempotency.find(work.session, actor, key, print_)
            if stored is not None:
                return Response(stored.body, stored.status, stored.headers, content_type="application/json")
            response = self._call(route, work, arguments, answer)
            _store(work.session, actor, key, print_, response, work)
            return response

    def _call(
        self, route: Route, work: UnitOfWork[Any], arguments: Mapping[str, Any], answer: Schema | None
    ) -> Response:
        result = route.act(work, **arguments)
        if route.policy is not PUBLIC and route.policy not in work.checked:
            raise RuntimeError(f"{route.name} answered without asking whether the caller may.")
        if not route.reads_only:
            work.session.flush()
        return _respond(route, result, work.actor, answer)


def _arguments(taken: Mapping[str, Schema | None]) -> tuple[dict[str, Any], Any]:
    arguments: dict[str, Any] = {}
    sent: Any = None
    if taken["values"] is not None:
        arguments["values"], sent = body.json_body(taken["values"])
    if taken["query"] is not None:
        arguments["query"] = body.query(taken["query"])
    elif request.args:
        body.query(_NOTHING)
    return arguments, sent


_NOTHING = Answer(unknown="raise")


def traceparent() -> str:
    """The caller's W3C trace context when it sent a sound one, else a new one."""
    sent = request.headers.get("traceparent", "")
    if _TRACEPARENT.match(sent):
        return sent
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _respond(route: Route, result: Any, actor: Actor, answer: Schema | None) -> Response:
    if isinstance(result, Response):
        return result
    if answer is None:
        return Response(status=204)
    if route.paged:
        return _page(result, actor, answer)
    return _one(route, result, represent(result, actor, answer))


def _one(route: Route, thing: Any, document: dict[str, Any]) -> Response:
    response = _json(document, route.status)
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


def _page(result: Page, actor: Actor, answer: Schema) -> Response:
    document: dict[str, Any] = {"items": [represent(item, actor, answer) for item in result.items]}
    if request.method != "GET":
        # A search's terms may not stand in a link, so it says only whether there is more.
        return _json({**document, "more": result.cursor is not None}, 200)
    response = _json(document, 200)
    if result.cursor is not None:
        parameters = {**request.args.to_dict(), "cursor": result.cursor}
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def represent(thing: Any, actor: Actor, answer: Schema) -> dict[str, Any]:
    """A thing as its schema shows it to this caller, with what he may do next."""
    document: dict[str, Any] = answer.dump(thing)
    if isinstance(answer, LifecycleAnswer):
        document["available_actions"] = [
            {"action": row.action.value, "href": answer.href(thing, row.action), "needs": list(row.needs)}
            for row in answer.lifecycle.available(thing.state, actor)
        ]
    shown = answer.shown_to(actor, thing) if isinstance(answer, Answer) else None
    return document if shown is None else {name: document[name] for name in document if name in shown}


def _json(document: Any, status: int) -> Response:
    return Response(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status,
        {"Cache-Control": "no-store"},
        content_type="application/json",
    )


def _store(
    session: Session, actor: Actor, key: str, print_: str, response: Response, work: UnitOfWork[Any]
) -> None:
    session.add(
        idempotency.StoredAnswer(
            actor_id=actor.id,
            key=key,
            fingerprint=print_,
            status=response.status_code,
            headers={name: response.headers[name] for name in STORED_HEADERS if name in response.headers},
            body=response.get_data(as_text=True),
            stored_at=work.now,
        )
    )
