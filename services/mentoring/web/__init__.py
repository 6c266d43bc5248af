"""The pages of mentoring, a module per task that a person does."""

from services.mentoring.web import matching, readiness
from shared.web.pages import Page

PAGES: list[Page] = [*matching.PAGES, *readiness.PAGES]
