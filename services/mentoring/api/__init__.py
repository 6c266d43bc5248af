"""Mentoring over HTTP: routes and schemas, a module per resource."""

from services.mentoring.api import jobs, mentors, mentorships, pathways, steps

ROUTES = [*mentors.ROUTES, *mentorships.ROUTES, *pathways.ROUTES, *steps.ROUTES, *jobs.ROUTES]
