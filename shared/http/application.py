"""A service as a WSGI application: its routes, its description, its health."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import structlog
from flask import Flask, Response, jsonify, redirect
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as WerkzeugResponse

from shared.http import audit_api, events_api, headers, metrics, parked_api, problems
from shared.http.body import LONGEST_JSON
from shared.http.dispatch import Dispatcher
from shared.http.docs_page import render
from shared.http.openapi import describe
from shared.http.routes import Route
from shared.permissions import PUBLIC, Policy
from shared.tokens import Verifier
from shared.unit_of_work import Service
from shared.web.pages import Page, install

VERSION = "0.1.0"
PUBLIC_PAGES = frozenset({"front", "openapi", "docs", "livez", "readyz", "start", "assets"})
"""The rules that are open to all and of no route: a service's description, its health, its style."""

log = structlog.get_logger()


class UnguardedError(Exception):
    """An endpoint names no policy, so the application does not start."""


class Description:
    """The OpenAPI document of a service, made when it is first asked for."""

    def __init__(self, service: str, title: str, routes: Sequence[Route]) -> None:
        self._service, self._title, self._routes = service, title, routes

    @cached_property
    def document(self) -> dict[str, Any]:
        return describe(self._service, self._title, VERSION, self._routes)


def create_application(
    service: Service[Any],
    title: str,
    routes: Sequence[Route],
    verifier: Verifier,
    pages: Sequence[Page] = (),
    starts_at: str | None = None,
) -> Flask:
    """The application of one service, everything under `/<service>/`; `starts_at` is where `/` leads."""
    app = Flask(service.name, static_folder=None)
    app.url_map.strict_slashes = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    problems.install(app)
    every = [*routes, *events_api.ROUTES, *audit_api.ROUTES, *parked_api.ROUTES]
    headers.install(app, service.settings.origin)
    metrics.install(app)
    _bound(app)
    dispatcher = Dispatcher(service, verifier, every)
    for route in every:
        _require_policy(route)
        app.add_url_rule(
            f"/{service.name}{route.path}",
            route.name,
            dispatcher.view(route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    app.extensions["description"] = Description(service.name, title, every)
    app.extensions["routes"] = every
    _add_descriptions(app, service.name)
    _add_health(app, service)
    _add_pages(app, service, pages, dispatcher, starts_at)
    refuse_unguarded(app)
    return app


def _bound(app: Flask) -> None:
    """What a request may be at most. An upload lifts the first for itself; few parts come in any form.

    A form is read in pieces of 64 KiB, to which what is left of the one before it is added: with a second
    limit of no more than a piece, a file of a few of them was refused.
    """
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_JSON, MAX_FORM_MEMORY_SIZE=96 * 1024, MAX_FORM_PARTS=10)


def _require_policy(route: Route) -> None:
    """Deny by default: nothing starts with an endpoint of which nobody has said who may."""
    policy = route.policy
    if not isinstance(policy, Policy) or not (policy is PUBLIC or policy.roles or policy.scope):
        raise UnguardedError(f"{route.method} {route.path} ({route.name}) names no policy.")


def refuse_unguarded(app: Flask) -> None:
    """Refuse every rule that is neither of a route, which names its policy, nor one of the public pages.

    The pages for people are clients of the routes, and have nothing that these do not give them.
    """
    guarded = {route.name for route in app.extensions["routes"]} | PUBLIC_PAGES
    guarded |= {page.name for page in app.extensions["pages"]}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in guarded:
            raise UnguardedError(f"{rule.rule} ({rule.endpoint}) names no policy.")


def _add_descriptions(app: Flask, name: str) -> None:
    @app.get(f"/{name}", strict_slashes=False)
    def front() -> WerkzeugResponse:
        return redirect(f"/{name}/docs")

    @app.get(f"/{name}/openapi.json")
    def openapi() -> Response:
        return jsonify(app.extensions["description"].document)

    @app.get(f"/{name}/docs")
    def docs() -> Response:
        return headers.page(render(app.extensions["description"].document))


def _add_pages(
    app: Flask,
    service: Service[Any],
    pages: Sequence[Page],
    dispatcher: Dispatcher,
    starts_at: str | None,
) -> None:
    install(app, service, pages, dispatcher.authenticate)
    if starts_at is not None:
        app.add_url_rule("/", "start", lambda: redirect(starts_at, 303))


def _add_health(app: Flask, service: Service[Any]) -> None:
    @app.get(f"/{service.name}/livez")
    def livez() -> Response:
        return jsonify(status="alive")

    @app.get(f"/{service.name}/readyz")
    def readyz() -> Response:
        """Ready when the database answers. The broker is not needed: the outbox waits for it."""
        try:
            with service.database.read() as session:
                session.execute(text("select 1 from feed_state"))
        except SQLAlchemyError as error:
            log.warning("not_ready", service=service.name, error=type(error).__name__)
            return problems.problem(503, "unavailable", "The service cannot reach its database just now.")
        return jsonify(status="ready")
