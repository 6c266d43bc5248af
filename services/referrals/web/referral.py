"""One referral on one page: all that its reader may know of it, and what he may do next."""

from typing import Any
from uuid import UUID

from flask import Response

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import LIVE, UNDER_WAY
from services.referrals.web.answers import FORMS, PRESSES
from services.referrals.web.reminding import reminder_of
from services.referrals.web.sending import offered
from shared.actor import Role
from shared.web.client import Told
from shared.web.pages import Page, Visit

READERS = frozenset({Role.CARE_WORKER, Role.AMBASSADOR, Role.COORDINATOR})


def referral(visit: Visit, referral_id: UUID) -> Response:
    """A referral, with its appointments, its questions and what was done with it."""
    path = f"/referrals/referrals/{referral_id}"
    told = visit.ask(path)
    one = told.document
    available = [action["action"] for action in one["available_actions"]]
    assert visit.actor is not None
    side = may.side_of(visit.actor.role)
    questions = visit.ask(f"{path}/questions").document["items"]
    answers = [form.name for form in FORMS if form.name in available and form.name not in PRESSES]
    return visit.show(
        "referral.html",
        referral=one,
        version=told.version,
        service_asked=visit.ask(f"/referrals/services/{one['service_id']}").document,
        organisation=visit.ask(f"/referrals/organisations/{one['organisation_id']}").document,
        appointments=_appointments(visit, path),
        questions=questions,
        reminded=_reminded(visit.actor.role, one, questions),
        steps=visit.ask(f"{path}/history").document["items"],
        presses=[action for action in PRESSES if action in available],
        forms=offered(one, visit.actor.role) + answers,
        side=side.value,
        may_book=side is Side.ORGANISATION and one["state"] in UNDER_WAY,
        may_ask=one["state"] in LIVE and not one["consent_withdrawn_on"],
    )


def _reminded(role: Role, one: dict[str, Any], questions: list[dict[str, Any]]) -> str | None:
    """The day on which this reader was reminded; a coordinator is shown of both sides that they were."""
    open_ones = [asked for asked in questions if not asked["answered_at"]]
    asked_back = any(asked["asked_by"] == Side.ORGANISATION for asked in open_ones)
    sides = tuple(Side) if role is Role.COORDINATOR else (may.side_of(role),)
    days = [reminder_of(one, side, asked_back=asked_back) for side in sides]
    return next((day for day in days if day), None)


def _appointments(visit: Visit, path: str) -> list[dict[str, Any]]:
    """The appointments, each with the version by which it is moved, kept or missed."""
    items = visit.ask(f"{path}/appointments").document["items"]
    return [_with_version(visit.ask(f"/referrals/appointments/{one['id']}")) for one in items]


def _with_version(told: Told) -> dict[str, Any]:
    actions = [action["action"] for action in told.document["available_actions"]]
    return {**told.document, "version": told.version, "actions": actions}


PAGES = [Page("/referrals/<uuid:referral_id>", referral, READERS)]
