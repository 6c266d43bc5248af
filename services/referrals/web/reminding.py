"""Reminding by pages: one press by what is late, or one for all that an organisation is late with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request

from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import AWAITING_ANSWER, ReferralState
from services.referrals.web.answers import ONE
from shared.actor import Role
from shared.clock import day_of
from shared.http.schemas import Nothing
from shared.web.client import Refusal
from shared.web.form_pages import FormPage
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit

LATE = "/referrals/pages/late"
REFERRALS = "/referrals/referrals"
COORDINATOR = frozenset({Role.COORDINATOR})


def waits_since(visit: Visit, referral: Mapping[str, Any]) -> str:
    """The day since which a question of theirs waits for ours; after acceptance no clock stops for one."""
    zone = visit.service.settings.zone
    asked = day_of(datetime.fromisoformat(referral["asked_back_at"]), zone)
    return str(referral["clock_stopped_on"] or asked.isoformat())


def reminder_of(visit: Visit, referral: Mapping[str, Any], side: Side) -> str | None:
    """The day on which a side was last reminded of what it is to do now; an older reminder is history."""
    state, stopped_on = referral["state"], referral["clock_stopped_on"]
    if side is Side.ORGANISATION:
        waits, since = state in AWAITING_ANSWER and not stopped_on, referral["answer_due_on"]
    elif state == ReferralState.DRAFT:
        waits, since = True, ""
    else:
        waits = bool(referral["asked_back_at"])
        since = waits_since(visit, referral) if waits else ""
    reminded_on: str | None = referral["reminded_on"]
    is_of_this = waits and referral["reminded_whom"] == side.value and (reminded_on or "") >= (since or "")
    return reminded_on if is_of_this else None


def can_be_reminded(visit: Visit, referral: Mapping[str, Any], side: Side) -> bool:
    """Whether a press would remind somebody: once a day, and not the coordinators themselves."""
    somebody = side is Side.ORGANISATION or referral["owner_id"] is not None
    return somebody and referral["reminded_on"] != visit.service.clock.today().isoformat()


def remind_organisation(visit: Visit) -> Response:
    """Remind an organisation of all that it is late with: each by the API, under a key of its own.

    Pressed again, after it was stopped half-way or out of impatience, it goes on with the others.
    """
    key, organisation_id = request.form.get("_key", ""), request.form.get("organisation_id", "")
    for one in whole_list(visit, REFERRALS, overdue="true"):
        if one["organisation_id"] == organisation_id and can_be_reminded(visit, one, Side.ORGANISATION):
            try:
                visit.send(f"{REFERRALS}/{one['id']}/remind", {}, **{"Idempotency-Key": f"{key}.{one['id']}"})
            except Refusal as refusal:
                if refusal.status != 409:  # it was answered meanwhile, or a colleague reminded them
                    raise
    return visit.go(LATE, "remind_all")


_ONE = FormPage(
    "remind", "/referrals/{referral_id}/remind", f"{ONE}/remind", Nothing, _("Send a reminder"),
    _("Send it"), COORDINATOR, LATE, about=ONE,
    lead=_("Who is to act is told by e-mail that something waits, as soon as he wishes. It names nobody."),
)  # fmt: skip

PAGES = [*_ONE.pages, Page("/late/remind", remind_organisation, COORDINATOR, "POST")]
