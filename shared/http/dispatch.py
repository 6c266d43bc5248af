"""Carrying out a request by its route: who is it, one transaction, the use case, the answer."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from flask import Response, request
from marshmallow import Schema

from shared import tracing
from shared.actor import OF_A_SERVICE, Actor, system_actor
from shared.audit.deed import Deed
from shared.errors import Unauthenticated
from shared.http import body, idempotency, recording, replay
from shared.http.idempotency import StoredAnswer
from shared.http.rate_limit import RateLimit
from shared.http.rendering import rendered, represent
from shared.http.routes import Route
from shared.http.schemas import Answer
from shared.permissions import PUBLIC
from shared.tokens import Verifier
from shared.unit_of_work import Service, UnitOfWork

STORED_HEADERS = ("ETag", "Location")
STRANGERS = 20
"""Whoever has not signed in may ask so many times less often than a caller: guessing is what he would do."""

log = structlog.get_logger()


class Dispatcher:
    """Makes a view function of each route of one service."""

    def __init__(self, service: Service[Any], verifier: Verifier, routes: Sequence[Route] = ()) -> None:
        self.service = service
        self._verifier = verifier
        most = service.settings.requests_per_minute
        self._limit = RateLimit(service.database, most)
        self._limit_strangers = RateLimit(service.database, most and max(1, most // STRANGERS))
        self._readers = replay.readers(routes)

    def view(self, route: Route) -> Callable[..., Response]:
        """The Flask view of a route; schemas are made here, once."""
        answer = route.answer() if route.answer else None
        taken = {"values": route.schema("body"), "query": route.schema("query")}

        def respond(**variables: Any) -> Response:
            with self._on_record(route, variables) as deed:
                self._identify(route, deed)
                arguments, sent = _arguments(taken)
                return self._carry_out(route, deed, variables | arguments, sent, answer)

        respond.__name__ = route.name
        return respond

    @contextmanager
    def _on_record(self, route: Route, variables: Mapping[str, Any]) -> Iterator[Deed]:
        """A request as a step of its trace, with a line in the log; what is refused is put on record."""
        began = time.perf_counter()
        sent = request.headers.get("traceparent")
        told = {"http.request.method": route.method, "http.route": f"/{self.service.name}{route.path}"}
        with tracing.step(self.service.name, route.name, tracing.Kind.REQUEST, sent, **told) as step:
            deed = recording.asked(route, variables, step.trace_id)
            try:
                yield deed
            except Exception as error:
                recording.refused(self.service, route, deed, error)
                raise
            finally:
                step.failed = deed.status is None or deed.status >= HTTPStatus.INTERNAL_SERVER_ERROR
                took = round((time.perf_counter() - began) * 1000, 1)
                log.info("request", route=route.name, status=deed.status, ms=took, role=_role(deed))

    def _identify(self, route: Route, deed: Deed) -> None:
        """Who it is, counted; of whom nothing is asked is counted by where he comes from."""
        now = self.service.clock.now()
        if route.policy is PUBLIC:
            self._limit_strangers.count(uuid5(NAMESPACE_URL, deed.remote_address or ""), now)
        else:
            caller = self.authenticate()
            # In an emergency one looks at a man, and changes, exports and gives away nothing of his.
            deed.actor = caller if route.policy.emergency else caller.without_emergency()
            if OF_A_SERVICE not in caller.scopes:
                self._limit.count(caller.id, now)

    def authenticate(self) -> Actor:
        """Who the bearer token speaks for. Raises `Unauthenticated`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return self._verifier.actor(token.strip(), self.service.clock.now())

    def _carry_out(
        self,
        route: Route,
        deed: Deed,
        arguments: Mapping[str, Any],
        sent: Any,
        answer: Answer | None,
    ) -> Response:
        """The answer, once it is on record that it is given."""
        if route.policy is PUBLIC:
            result = route.act(self.service, **arguments)
            response = rendered(route, result, system_actor(), answer)
            recording.finished(deed, route, result, response.status_code)
        elif route.own_transactions:
            assert deed.actor is not None
            route.policy.check(deed.actor)
            result = route.act(self.service, deed.actor, **arguments)
            response = rendered(route, result, deed.actor, answer)
            recording.finished(deed, route, result, response.status_code)
        else:
            response = self._in_one_transaction(route, deed, arguments, sent, answer)
        if deed.record_id is None and route.is_recorded:
            self.service.put_on_record(deed)
        return response

    def _in_one_transaction(
        self,
        route: Route,
        deed: Deed,
        arguments: Mapping[str, Any],
        sent: Any,
        answer: Answer | None,
    ) -> Response:
        assert deed.actor is not None
        actor = deed.actor
        key = request.headers.get("Idempotency-Key") if route.idempotent else None
        if key is not None:
            idempotency.check_key(key)
        with self.service.begin(
            actor,
            if_match=request.headers.get("If-Match"),
            reading=route.reads_only,
            men=deed.men,
        ) as work:
            if key is None:
                return self._call(route, work, deed, arguments, answer)
            print_ = idempotency.fingerprint(
                request.method, request.path, sent, actor.sign_in_id if route.of_sign_in else None
            )
            stored = idempotency.find(work.session, actor, key, print_)
            if stored is not None:
                response = self._again(route, work, stored, answer)
                recording.replayed(work.session, deed, stored)
                work.put_on_record(deed)
                return response
            response = self._call(route, work, deed, arguments, answer)
            _store(work, deed, key, print_, response)
            return response

    def _again(
        self, route: Route, work: UnitOfWork[Any], stored: StoredAnswer, answer: Answer | None
    ) -> Response:
        """The stored answer, without what the caller may not see of the thing any more."""
        made = route.answer if stored.status < HTTPStatus.BAD_REQUEST else None  # else he was erased since
        reader = self._readers.get(made) if made else None
        if reader is None or answer is None:
            route.policy.check(work.actor)
            body = stored.body
        else:
            seen = represent(reader.read(work, stored.body), work.actor, answer)
            body = replay.only_seen(stored.body, seen)
        return Response(body, stored.status, stored.headers, content_type="application/json")

    def _call(
        self,
        route: Route,
        work: UnitOfWork[Any],
        deed: Deed,
        arguments: Mapping[str, Any],
        answer: Answer | None,
    ) -> Response:
        result = route.act(work, **arguments)
        if route.policy not in work.checked:
            raise RuntimeError(f"{route.name} answered without asking whether the caller may.")
        if not route.reads_only:
            work.session.flush()
        response = rendered(route, result, work.actor, answer)
        recording.finished(deed, route, result, response.status_code)
        if not route.reads_only:
            work.put_on_record(deed)
        return response


def _role(deed: Deed) -> str | None:
    return deed.actor.role.value if deed.actor else None


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


def _store(work: UnitOfWork[Any], deed: Deed, key: str, print_: str, response: Response) -> None:
    idempotency.store(
        work.session,
        actor_id=idempotency.keeper(work.actor),
        key=key,
        fingerprint=print_,
        status=response.status_code,
        headers={name: response.headers[name] for name in STORED_HEADERS if name in response.headers},
        body=response.get_data(as_text=True),
        stored_at=work.now,
        record_id=deed.record_id,
    )
