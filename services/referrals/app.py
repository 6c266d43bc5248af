"""Referrals put together: its service object, and its web application."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from services.referrals.api import ROUTES
from services.referrals.messaging.events import CATALOGUE
from services.referrals.queries.overdue import overdue_answers
from services.referrals.settings import Settings
from services.referrals.use_cases.answer_links import waiting_links
from services.referrals.web import PAGES
from shared.clock import SystemClock
from shared.database.engine import Database
from shared.http.application import create_application
from shared.http.edge import WsgiApp, trusting
from shared.http.metrics import with_figures
from shared.tokens import Verifier
from shared.unit_of_work import Service

NAME = "referrals"
MIGRATIONS = Path(__file__).parent / "migrations"


def create_service(settings: Settings) -> Service[Settings]:
    """The service with its database and the machine's clock. Opens no connection yet."""
    database = Database(settings.database_url)
    clock = SystemClock(settings.zone)
    counts = {"overdue_answers": overdue_answers, "waiting_mail": waiting_links}
    return Service(NAME, settings, database, clock, CATALOGUE, counts=counts)


def create_app(service: Service[Settings]) -> Flask:
    """The web application."""
    settings = service.settings
    verifier = Verifier(settings.trusted_keys, audience=NAME, feed_keys=settings.feed_keys)
    return create_application(service, "SBS referrals", ROUTES, verifier, PAGES)


def served(service: Service[Settings]) -> WsgiApp:
    """The application as a server of its own has it, behind the proxies of the settings."""
    return with_figures(trusting(create_app(service), service.settings.proxies), {NAME: service})


def from_environ(environ: Mapping[str, str] = os.environ) -> WsgiApp:
    """For gunicorn: `services.referrals.app:from_environ()`."""
    return served(create_service(Settings.from_environ(environ)))
