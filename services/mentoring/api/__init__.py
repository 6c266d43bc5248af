"""Mentoring over HTTP: routes and schemas, a module per resource."""

from services.mentoring.api import imports, jobs, mentors, mentorships, pathways, steps

ROUTES = [
    *mentors.ROUTES,
    *mentorships.ROUTES,
    *pathways.ROUTES,
    *steps.ROUTES,
    *jobs.ROUTES,
    *imports.ROUTES,
]
