"""Work-readiness that was proposed: who waits to be confirmed, and confirming it as the second person."""

from typing import Any

from flask import Response

from services.mentoring.api.pathways import Confirm
from shared.actor import Role
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.lists import named, whole_list
from shared.web.pages import Page, Visit

READINESS = "/mentoring/pages/readiness"
ONE = "/mentoring/pathways/{pathway_id}"
COORDINATOR = frozenset({Role.COORDINATOR})


def readiness(visit: Visit) -> Response:
    """The men whose work-readiness was proposed, the one who waits longest first."""
    pathways = whole_list(visit, "/mentoring/pathways", to_confirm="true")
    pathways.sort(key=lambda one: (one["readiness_proposed_on"], one["id"]))
    return visit.show(
        "readiness.html",
        pathways=[one | {"action": _confirming(one)} for one in pathways],
        names=named(visit, "/registry/shedders", [one["shedder_id"] for one in pathways], "known_as"),
        mentors=named(visit, "/mentoring/mentors", [one["mentor_id"] for one in pathways]),
    )


def _confirming(pathway: dict[str, Any]) -> str | None:
    """By which action this visitor confirms it; None when he may not, for he proposed it himself."""
    offered = [action["action"] for action in pathway["available_actions"]]
    return next((action for action in ("confirm", "reconfirm") if action in offered), None)


def _form(action: str, title: str) -> FormPage:
    return FormPage(
        f"{action}_readiness", f"/readiness/{{pathway_id}}/{action}", f"{ONE}/{action}", Confirm,
        title, _("Confirm it"), COORDINATOR, READINESS,
        asks=(Ask("remark", _("A remark"), rows=2),), about=ONE, template="confirm.html",
        lead=_("You are the second person who says so. Look at every step first."),
    )  # fmt: skip


FORMS = [
    _form("confirm", _("Confirm that he is work-ready")),
    _form("reconfirm", _("Confirm again that he is work-ready")),
]

PAGES = [Page("/readiness", readiness, COORDINATOR), *pages_of(FORMS)]
