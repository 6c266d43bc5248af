"""One referral on one page: all that its reader may know of it, and what he may do next."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import LIVE, TO_COME, UNDER_WAY, AppointmentState
from services.referrals.web.answers import FORMS, PRESSES
from services.referrals.web.reminding import reminder_of
from services.referrals.web.sending import offered
from shared.actor import Role
from shared.web.client import Told
from shared.web.lists import men_called
from shared.web.pages import Page, Visit

READERS = frozenset({Role.CARE_WORKER, Role.AMBASSADOR, Role.COORDINATOR})
LEADS = ("answer", "accept", "attend", "book", "start", "complete", "send")
"""What is needed most stands first: the one green button is the first of these that is offered."""
HAS_ONE = TO_COME | {AppointmentState.ATTENDED}


def referral(visit: Visit, referral_id: UUID) -> Response:
    """A referral, with its appointments, its questions and what was done with it."""
    path = f"/referrals/referrals/{referral_id}"
    told = visit.ask(path)
    one = told.document
    assert visit.actor is not None
    side = may.side_of(visit.actor.role)
    questions = visit.ask(f"{path}/questions").document["items"]
    to_answer = [asked for asked in questions if _can_answer(one, side, asked)]
    appointments = _appointments(visit, path)
    offers = _offers(one, visit.actor.role)
    leads = _leads(offers + ["answer"] * bool(to_answer), appointments, visit.service.clock.today())
    return visit.show(
        "referral.html",
        referral=one,
        version=told.version,
        **_called(visit, one, side),
        service_asked=visit.ask(f"/referrals/services/{one['service_id']}").document,
        organisation=visit.ask(f"/referrals/organisations/{one['organisation_id']}").document,
        appointments=appointments,
        to_answer=to_answer,
        questions=[asked for asked in questions if asked not in to_answer],
        reminded=_reminded(visit, one),
        steps=visit.ask(f"{path}/history").document["items"],
        presses=PRESSES,
        offers=sorted(offers, key=lambda offer: offer != leads),
        leads=leads,
        side=side.value,
    )


def _offers(one: Mapping[str, Any], role: Role) -> list[str]:
    """What the reader may do with it, as the names of the buttons above it."""
    available = [action["action"] for action in one["available_actions"]]
    presses = [action for action in PRESSES if action in available]
    book = ["book"] if role is Role.CARE_WORKER and one["state"] in UNDER_WAY else []
    answers = [form.name for form in FORMS if form.name in available and form.name not in PRESSES]
    ask = ["ask"] if one["state"] in LIVE and not one["consent_withdrawn_on"] else []
    return presses + book + offered(one, role) + answers + ask


def _can_answer(one: Mapping[str, Any], side: Side, asked: Mapping[str, Any]) -> bool:
    """Whether a question is the other side's, waits for an answer, and its words may still be read."""
    is_theirs = asked["asked_by"] != side and "question" in asked
    return bool(is_theirs and not asked["answered_at"] and one["state"] in LIVE)


def _leads(offers: Sequence[str], appointments: Sequence[Mapping[str, Any]], today: date) -> str | None:
    """The one step that is made the most of: nobody should have to choose between two green buttons."""
    was_due = any("attend" in one["actions"] and one["day"] <= today.isoformat() for one in appointments)
    is_booked = any(one["state"] in HAS_ONE for one in appointments)
    ready = {*offers, *["attend"] * was_due} - ({"book"} if is_booked else set())
    return next((step for step in LEADS if step in ready), None)


def _called(visit: Visit, one: Mapping[str, Any], side: Side) -> dict[str, Any]:
    """What he is called, once the reader may know it; and whether a sender finds him in the registry."""
    known = men_called(visit, [one["shedder_id"]]) if side is Side.SENDER else {}
    disclosed = (one.get("disclosure") or {}).get("name")
    return {"name": known.get(one["shedder_id"]) or disclosed, "has_page": bool(known)}


def _reminded(visit: Visit, one: dict[str, Any]) -> str | None:
    """The day on which this reader was reminded; a coordinator is shown of both sides that they were."""
    assert visit.actor is not None
    role = visit.actor.role
    sides = tuple(Side) if role is Role.COORDINATOR else (may.side_of(role),)
    days = [reminder_of(visit, one, side) for side in sides]
    return next((day for day in days if day), None)


def _appointments(visit: Visit, path: str) -> list[dict[str, Any]]:
    """The appointments, each with the version by which it is moved, kept or missed."""
    items = visit.ask(f"{path}/appointments").document["items"]
    return [_with_version(visit.ask(f"/referrals/appointments/{one['id']}")) for one in items]


def _with_version(told: Told) -> dict[str, Any]:
    actions = [action["action"] for action in told.document["available_actions"]]
    return {**told.document, "version": told.version, "actions": actions}


PAGES = [Page("/referrals/<uuid:referral_id>", referral, READERS)]
