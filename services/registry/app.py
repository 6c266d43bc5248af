"""The registry put together: its service object, and its web application."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from flask import Flask

from services.registry.api import ROUTES
from services.registry.messaging.events import CATALOGUE
from services.registry.settings import Settings
from services.registry.use_cases.exchange import exchange
from services.registry.use_cases.mail import waiting_mail
from services.registry.web import PAGES
from shared.clock import SystemClock
from shared.database.engine import Database
from shared.http.application import create_application
from shared.http.edge import TokenEndpoint, WsgiApp, trusting
from shared.http.metrics import with_figures
from shared.tokens import Verifier
from shared.unit_of_work import Service
from shared.web.navigation import SIGN_IN

NAME = "registry"
MIGRATIONS = Path(__file__).parent / "migrations"


def create_service(settings: Settings) -> Service[Settings]:
    """The service with its database and the machine's clock. Opens no connection yet."""
    database = Database(settings.database_url)
    counts = {"waiting_mail": waiting_mail}
    return Service(NAME, settings, database, SystemClock(settings.zone), CATALOGUE, counts=counts)


def create_app(service: Service[Settings]) -> Flask:
    """The web application."""
    settings = service.settings
    verifier = Verifier(settings.trusted_keys, audience=NAME, feed_keys=settings.feed_keys)
    return create_application(service, "SBS registry", ROUTES, verifier, PAGES, starts_at=SIGN_IN)


def served(service: Service[Settings]) -> WsgiApp:
    """The application as a server of its own has it: a proxy that knows the secret gets tokens here."""
    app: WsgiApp = create_app(service)
    settings = service.settings
    if settings.edge_secret is not None:
        app = TokenEndpoint(app, partial(exchange, service), settings.origin, settings.edge_secret)
    return with_figures(trusting(app, settings.proxies), {NAME: service})


def from_environ(environ: Mapping[str, str] = os.environ) -> WsgiApp:
    """For gunicorn: `services.registry.app:from_environ()`."""
    return served(create_service(Settings.from_environ(environ)))
