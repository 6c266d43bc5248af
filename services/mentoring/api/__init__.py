"""Mentoring over HTTP: routes and schemas, a module per resource."""

from services.mentoring.api import imports, jobs, mentors, mentorships, pathways, steps, subjects
from services.mentoring.domain import permissions as may
from services.mentoring.queries import visible
from shared.http.audit_api import log_route

_ROUTES = [
    *mentors.ROUTES,
    *mentorships.ROUTES,
    *pathways.ROUTES,
    *steps.ROUTES,
    *jobs.ROUTES,
    *subjects.ROUTES,
    *imports.ROUTES,
]

ROUTES = [*_ROUTES, log_route(_ROUTES, may.SEE_LOG, visible.knows_man)]
