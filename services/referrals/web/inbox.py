"""The inbox of a care organisation: what needs an answer first, the oldest promise at the top.

Of those under way, whoever comes soonest stands first; a screen of these is as long as one search for
appointments takes.
"""

from collections.abc import Sequence

from flask import Response, request

from services.referrals.domain.codes import Side, Stage
from services.referrals.web.reminding import reminder_of
from shared.actor import Role
from shared.database.paging import LARGEST_LIMIT
from shared.web.lists import named
from shared.web.pages import Page, Visit

A_SCREEN = 25
A_SCREEN_UNDER_WAY = 50


def inbox(visit: Visit) -> Response:
    """The referrals to one's organisation, by how far along they are."""
    asked = request.args.get("stage", "")
    stage = Stage(asked) if asked in set(Stage) else Stage.TO_ANSWER
    cursor = request.args.get("cursor")
    is_under_way = stage is Stage.UNDER_WAY
    limit = A_SCREEN_UNDER_WAY if is_under_way else A_SCREEN
    told = visit.ask("/referrals/referrals", stage=stage.value, limit=limit, cursor=cursor)
    referrals = told.document["items"]
    appointments = next_appointments(visit, [one["id"] for one in referrals]) if is_under_way else {}
    return visit.show(
        "inbox.html",
        stage=stage.value,
        stages=[one.value for one in Stage],
        referrals=referrals,
        appointments=appointments,
        more=told.cursor,
        services=services_of(visit, referrals),
        reminded={one["id"]: reminder_of(visit, one, Side.ORGANISATION) for one in referrals},
    )


def services_of(visit: Visit, referrals: list[dict[str, str]]) -> dict[str, str]:
    """The names of the services that some referrals are to, each asked for once."""
    return named(visit, "/referrals/services", (one["service_id"] for one in referrals))


def next_appointments(visit: Visit, referral_ids: Sequence[str]) -> dict[str, str]:
    """By referral, the day of the first appointment that is to come: asked of all of them at once."""
    if not referral_ids:
        return {}
    asked = {"referral_ids": referral_ids, "to_come": True, "limit": LARGEST_LIMIT}
    items = visit.send("/referrals/appointments/search", asked).document["items"]
    return {one["referral_id"]: one["day"] for one in reversed(items)}


PAGES = [Page("/inbox", inbox, frozenset({Role.CARE_WORKER}))]
