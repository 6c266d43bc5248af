"""The steps of a pathway by pages: ticking one off with evidence, and the step itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from services.mentoring.api.steps import CompleteStep, Evidence, Why
from services.mentoring.web.asking import name_of
from services.mentoring.web.forming import GUIDES, PATHWAY_PAGE
from shared.http.schemas import Input, Nothing
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import starts_today
from shared.web.forms import Ask
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.pages import Page, Visit

ONE = "/mentoring/steps/{step_id}"
PAGE = f"{PATHWAY_PAGE}/steps/{{step_id}}"
TITLES = (
    _("A CV that is up to date"),
    _("Interviews practised"),
    _("Language good enough for the work"),
    _("Digital skills"),
    _("Papers in order"),
    _("References"),
    _("Work experience"),
    _("Health and housing in hand"),
)
"""The steps that every programme begins with; one that is added has the title that it was given."""


def with_titles(pathway: Mapping[str, Any]) -> Mapping[str, Any]:
    """A pathway with the titles of its steps in the visitor's language, where there are such."""
    return {**pathway, "steps": [{**step, "title": gettext(step["title"])} for step in pathway["steps"]]}


def step(visit: Visit, pathway_id: UUID, step_id: UUID) -> Response:
    """One step: its evidence, and what may be done with it."""
    told = visit.ask(ONE.format(step_id=step_id))
    one = told.document
    return visit.show(
        "step.html",
        step=one,
        title=gettext(one["title"]),
        whom=_whose(visit, one["pathway_id"]),
        version=told.version,
        here_one=PAGE.format(pathway_id=pathway_id, step_id=step_id),
        back=PATHWAY_PAGE.format(pathway_id=pathway_id),
        actions=[action["action"] for action in one["available_actions"]],
    )


def _whose(visit: Visit, pathway_id: str) -> str:
    return name_of(visit, visit.ask(f"/mentoring/pathways/{pathway_id}").document["shedder_id"])


def _of_whom(visit: Visit, thing: Told | None) -> str:
    assert thing is not None
    return f"{gettext(thing.document['title'])} – {_whose(visit, thing.document['pathway_id'])}"


def _step(
    name: str, schema: type[Input], title: str, button: str, *asks: Ask, day: str = "", after: str = PAGE
) -> FormPage:
    return FormPage(
        f"step_{name}", f"/pathways/{{pathway_id}}/steps/{{step_id}}/{name}", f"{ONE}/{name}", schema, title,
        button, GUIDES, after, asks=asks, about=ONE, whom=_of_whom,
        starts_with=starts_today(day) if day else None,
    )  # fmt: skip


_EVIDENCE = _("What shows it?")
_SEEN = _("In a few words, such as: CV of two pages, seen and printed.")

PAGES = [
    Page("/pathways/<uuid:pathway_id>/steps/<uuid:step_id>", step, frozenset(GUIDES)),
    *pages_of(
        [
            _step("start", Nothing, _("Begin this step"), _("It has begun")),
            _step(
                "complete", CompleteStep, _("Tick off this step"), _("It is done"),
                Ask("evidence.what", _EVIDENCE, _SEEN, rows=2), Ask("evidence.dated_on", _("Which day?")),
                day="evidence.dated_on", after=PATHWAY_PAGE,
            ),
            _step(
                "add_evidence", Evidence, _("Add evidence"), _("Add it"),
                Ask("what", _EVIDENCE, _SEEN, rows=2), Ask("dated_on", _("Which day?")), day="dated_on",
            ),
            _step(
                "waive", Why, _("He does not need this step"), _("Leave it out"),
                Ask("why", _("Why not?"), rows=2),
            ),
            _step(
                "reopen", Why, _("Take this step up again"), _("Take it up"), Ask("why", _("Why?"), rows=2)
            ),
        ]
    ),
]  # fmt: skip
