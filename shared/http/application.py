"""A service as a WSGI application: its routes, its description, its health."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import structlog
from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.http import events_api, problems
from shared.http.dispatch import Dispatcher
from shared.http.docs_page import render
from shared.http.openapi import describe
from shared.http.routes import Route
from shared.tokens import Verifier
from shared.unit_of_work import Service

VERSION = "0.1.0"

log = structlog.get_logger()


class Description:
    """The OpenAPI document of a service, made when it is first asked for."""

    def __init__(self, service: str, title: str, routes: Sequence[Route]) -> None:
        self._service, self._title, self._routes = service, title, routes

    @cached_property
    def document(self) -> dict[str, Any]:
        return describe(self._service, self._title, VERSION, self._routes)


def create_application(
    service: Service[Any], title: str, routes: Sequence[Route], verifier: Verifier
) -> Flask:
    """The application of one service, everything under `/<service>/`."""
    app = Flask(service.name, static_folder=None)
    app.url_map.strict_slashes = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    problems.install(app)
    every = [*routes, *events_api.ROUTES]
    dispatcher = Dispatcher(service, verifier)
    for route in every:
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
    return app


def _add_descriptions(app: Flask, name: str) -> None:
    @app.get(f"/{name}/openapi.json")
    def openapi() -> Response:
        return jsonify(app.extensions["description"].document)

    @app.get(f"/{name}/docs")
    def docs() -> Response:
        return Response(render(app.extensions["description"].document), content_type="text/html")


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
