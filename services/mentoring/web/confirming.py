"""Work-readiness that was proposed: who waits to be confirmed by a second person."""

from typing import Any

from flask import Response

from shared.actor import Role
from shared.web.lists import men_called, named, whole_list
from shared.web.pages import Page, Visit


def readiness(visit: Visit) -> Response:
    """The men whose work-readiness was proposed, the one who waits longest first."""
    pathways = whole_list(visit, "/mentoring/pathways", to_confirm="true")
    pathways.sort(key=lambda one: (one["readiness_proposed_on"], one["id"]))
    return visit.show(
        "readiness.html",
        pathways=[one | {"action": _confirming(one)} for one in pathways],
        names=men_called(visit, [one["shedder_id"] for one in pathways]),
        mentors=named(visit, "/mentoring/mentors", [one["mentor_id"] for one in pathways]),
    )


def _confirming(pathway: dict[str, Any]) -> str | None:
    """By which action this visitor confirms it; None when he may not, for he proposed it himself."""
    offered = [action["action"] for action in pathway["available_actions"]]
    return next((action for action in ("confirm", "reconfirm") if action in offered), None)


PAGES = [Page("/readiness", readiness, frozenset({Role.COORDINATOR}))]
