"""One's own referrals, in words: received, accepted, appointment on Tuesday, done.

What waits for oneself stands first: their questions, the longest unanswered first, then what came to nothing
and may be sent on, the longest ago first, and what was not sent yet.
The API has no such order, for by it a list could not be read on from where one was: what waits changes
meanwhile. So those are asked for by themselves, and left out of the others, which are the newest first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from services.referrals.domain.codes import Side, Stage
from services.referrals.domain.lifecycles import UNDER_WAY
from services.referrals.web.inbox import next_appointments, services_of
from services.referrals.web.reminding import reminder_of
from services.referrals.web.sending import SENDERS
from shared.web.lists import men_called, whole_list
from shared.web.pages import Page, Visit

A_SCREEN = 20

Some = list[dict[str, Any]]


def mine(visit: Visit) -> Response:
    """What one sent or drafted, or for a coordinator all of his partner's; in all, or those so far along."""
    asked = request.args.get("stage", "")
    stage = asked if asked in {*Stage, "draft"} else None
    by = {"state": "draft"} if stage == "draft" else {"stage": stage}
    told = visit.ask("/referrals/referrals", **by, limit=A_SCREEN, cursor=request.args.get("cursor"))
    asked_back, to_send_on, drafts = ([], [], []) if stage else _waiting(visit)
    waiting = asked_back + to_send_on + drafts
    first = {one["id"] for one in waiting}
    others = [one for one in told.document["items"] if one["id"] not in first]
    referrals = others if request.args.get("cursor") else waiting + others
    return visit.show(
        "mine.html",
        stage=stage,
        stages=["draft", *(one.value for one in Stage)],
        waiting=[one for one in referrals if one["id"] in first],
        asked_back={one["id"] for one in asked_back},
        to_send_on={one["id"] for one in to_send_on},
        others=others,
        more=told.cursor,
        services=services_of(visit, referrals),
        names=_names(visit, referrals),
        reminded={one["id"]: reminder_of(visit, one, Side.SENDER) for one in referrals},
        appointments=next_appointments(visit, [one["id"] for one in referrals if one["state"] in UNDER_WAY]),
    )


def _waiting(visit: Visit) -> tuple[Some, Some, Some]:
    """Of the visitor's own: those asked about, those that came to nothing, and those not sent yet."""
    asked_back, to_send_on, drafts = (
        whole_list(visit, "/referrals/referrals", own="true", **by)
        for by in ({"asked_back": "true"}, {"to_send_on": "true"}, {"state": "draft"})
    )
    return (
        sorted(asked_back, key=lambda one: (one["asked_back_at"], one["id"])),
        sorted(to_send_on, key=lambda one: (one["ended_on"], one["id"])),
        drafts,
    )


def _names(visit: Visit, referrals: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the men are called: as it was told to the organisation, else as the registry knows them."""
    told = {one["shedder_id"]: one["disclosure"]["name"] for one in referrals if one.get("disclosure")}
    unknown = {one["shedder_id"] for one in referrals} - told.keys()
    return men_called(visit, unknown) | told


PAGES = [Page("/mine", mine, SENDERS)]
