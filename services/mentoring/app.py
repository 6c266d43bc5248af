"""Mentoring put together: its service object, and its web application."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from services.mentoring.api import ROUTES
from services.mentoring.messaging.events import CATALOGUE
from services.mentoring.settings import Settings
from services.mentoring.web import PAGES
from shared.clock import SystemClock
from shared.database.engine import Database
from shared.http.application import create_application
from shared.http.edge import WsgiApp, trusting
from shared.http.metrics import with_figures
from shared.tokens import Verifier
from shared.unit_of_work import Service

NAME = "mentoring"
MIGRATIONS = Path(__file__).parent / "migrations"


def create_service(settings: Settings) -> Service[Settings]:
    """The service with its database and the machine's clock. Opens no connection yet."""
    database = Database(settings.database_url)
    return Service(NAME, settings, database, SystemClock(settings.zone), CATALOGUE)


def create_app(service: Service[Settings]) -> Flask:
    """The web application."""
    settings = service.settings
    verifier = Verifier(settings.trusted_keys, audience=NAME, feed_keys=settings.feed_keys)
    return create_application(service, "SBS mentoring", ROUTES, verifier, PAGES)


def served(service: Service[Settings]) -> WsgiApp:
    """The application as a server of its own has it, behind the proxies of the settings."""
    return with_figures(trusting(create_app(service), service.settings.proxies), {NAME: service})


def from_environ(environ: Mapping[str, str] = os.environ) -> WsgiApp:
    """For gunicorn: `services.mentoring.app:from_environ()`."""
    return served(create_service(Settings.from_environ(environ)))
