"""Referrals over HTTP: routes and schemas, a module per resource."""

from services.referrals.api import (
    answer_links,
    appointments,
    directory,
    imports,
    questions,
    referrals,
    subjects,
)
from services.referrals.domain import permissions as may
from services.referrals.queries import visible
from shared.http.audit_api import log_route

_ROUTES = [
    *directory.ROUTES,
    *referrals.ROUTES,
    *appointments.ROUTES,
    *questions.ROUTES,
    *answer_links.ROUTES,
    *subjects.ROUTES,
    *imports.ROUTES,
]

ROUTES = [*_ROUTES, log_route(_ROUTES, may.SEE_LOG, visible.knows_man)]
