"""The inbox of a care organisation: what needs an answer first, the oldest promise at the top."""

from flask import Response, request

from services.referrals.domain.codes import Side, Stage
from services.referrals.web.reminding import reminder_of
from shared.actor import Role
from shared.web.lists import named
from shared.web.pages import Page, Visit

A_SCREEN = 25


def inbox(visit: Visit) -> Response:
    """The referrals to one's organisation, by how far along they are."""
    asked = request.args.get("stage", "")
    stage = Stage(asked) if asked in set(Stage) else Stage.TO_ANSWER
    cursor = request.args.get("cursor")
    told = visit.ask("/referrals/referrals", stage=stage.value, limit=A_SCREEN, cursor=cursor)
    return visit.show(
        "inbox.html",
        stage=stage.value,
        stages=[one.value for one in Stage],
        referrals=told.document["items"],
        more=told.cursor,
        services=services_of(visit, told.document["items"]),
        reminded={one["id"]: reminder_of(one, Side.ORGANISATION) for one in told.document["items"]},
    )


def services_of(visit: Visit, referrals: list[dict[str, str]]) -> dict[str, str]:
    """The names of the services that some referrals are to, each asked for once."""
    return named(visit, "/referrals/services", (one["service_id"] for one in referrals))


PAGES = [Page("/inbox", inbox, frozenset({Role.CARE_WORKER}))]
