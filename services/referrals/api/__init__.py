"""Referrals over HTTP: routes and schemas, a module per resource."""

from services.referrals.api import appointments, directory, imports, questions, referrals

ROUTES = [*directory.ROUTES, *referrals.ROUTES, *appointments.ROUTES, *questions.ROUTES, *imports.ROUTES]
