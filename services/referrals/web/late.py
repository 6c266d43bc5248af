"""What is late or stuck, and with whom: the coordinator begins his day here."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Response

from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import ReferralState
from services.referrals.web.inbox import services_of
from services.referrals.web.reminding import COORDINATOR, REFERRALS, can_be_reminded, reminder_of, waits_since
from shared.clock import day_of
from shared.web.client import Refusal
from shared.web.lists import named, whole_list
from shared.web.pages import Page, Visit

Some = list[dict[str, Any]]


def late(visit: Visit) -> Response:
    """Answers that are overdue, questions that wait for ours, drafts of an earlier day that nobody sent.

    And how many of those that the coordinator answers for himself came to nothing, and may be sent on.
    """
    groups = _by_organisation(whole_list(visit, REFERRALS, overdue="true"), visit.service.clock.today())
    overdue = [one for _, group in groups for one in group]
    asked_back = [
        one | {"waits_since": waits_since(visit, one)}
        for one in whole_list(visit, REFERRALS, asked_back="true")
    ]
    asked_back.sort(key=lambda one: (one["waits_since"], one["id"]))
    drafts = [
        one for one in whole_list(visit, REFERRALS, state=ReferralState.DRAFT.value) if _is_left(visit, one)
    ]
    drafts.sort(key=lambda one: (one["created_at"], one["id"]))
    every = [*overdue, *asked_back, *drafts]
    organisations = [one["organisation_id"] for one in every]
    return visit.show(
        "late.html",
        overdue=groups,
        asked_back=asked_back,
        drafts=drafts,
        to_send_on=len(whole_list(visit, REFERRALS, own="true", to_send_on="true")),
        to_confirm=_how_many(visit, "/mentoring/pathways", to_confirm="true"),
        to_match=_how_many(visit, "/mentoring/mentorships/waiting"),
        numbers={one["id"]: number for number, one in enumerate(every, 1)},
        **_reminders(visit, overdue, asked_back, drafts),
        organisations=named(visit, "/referrals/organisations", organisations),
        services=services_of(visit, every),
        ambassadors=named(visit, "/registry/ambassadors", [one["owner_id"] for one in every]),
    )


def _is_left(visit: Visit, draft: Mapping[str, Any]) -> bool:
    """Whether it was begun before today: whoever began one today may be writing it."""
    return _day_of(visit, draft["created_at"]) < visit.service.clock.today()


def _day_of(visit: Visit, moment: str) -> date:
    return day_of(datetime.fromisoformat(moment), visit.service.settings.zone)


def _how_many(visit: Visit, path: str, **query: Any) -> int:
    """How many there are in a list of mentoring's; none where it does not answer."""
    try:
        return len(whole_list(visit, path, **query))
    except Refusal as refusal:
        if refusal.status != 503:
            raise
        return 0


def _reminders(visit: Visit, overdue: Some, asked_back: Some, drafts: Some) -> dict[str, Any]:
    """By referral, the day of the last reminder of what it waits for; and which can be reminded of now."""
    waits = [(one, Side.ORGANISATION) for one in overdue]
    waits += [(one, Side.SENDER) for one in asked_back + drafts]
    return {
        "reminded": {one["id"]: reminder_of(visit, one, side) for one, side in waits},
        "to_remind": {one["id"] for one, side in waits if can_be_reminded(visit, one, side)},
    }


def _by_organisation(overdue: list[dict[str, Any]], today: date) -> list[tuple[str, list[dict[str, Any]]]]:
    """The overdue ones with their days late, under the organisation that is to answer: the worst first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in overdue:
        days_late = (today - date.fromisoformat(one["answer_due_on"])).days
        groups.setdefault(one["organisation_id"], []).append(one | {"days_late": days_late})
    for group in groups.values():
        group.sort(key=lambda one: (-one["days_late"], one["id"]))
    return sorted(groups.items(), key=lambda item: (-item[1][0]["days_late"], -len(item[1]), item[0]))


PAGES = [Page("/late", late, COORDINATOR)]
