"""The pages of mentoring, a module per task that a person does."""

from shared.web.pages import Page

PAGES: list[Page] = []
