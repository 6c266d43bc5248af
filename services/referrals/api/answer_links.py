"""Answering a referral by a link over HTTP, for whoever holds it: he is not signed in, and need not be."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from services.referrals.api.questions import AskQuestion
from services.referrals.api.questions import Question as ShownQuestion
from services.referrals.api.referrals import Decline, Remark
from services.referrals.api.referrals import Referral as ShownReferral
from services.referrals.domain.codes import LinkUse
from services.referrals.domain.lifecycles import ReferralState
from services.referrals.models import CareService, Organisation, Question
from services.referrals.queries import visible
from services.referrals.settings import Settings
from services.referrals.use_cases import answering_by_link as by_link
from services.referrals.use_cases.answering_by_link import Opened
from shared.http import recording
from shared.http.fields import Code, Secret
from shared.http.rendering import json_answer, represent
from shared.http.routes import Route
from shared.http.schemas import Answer, Input
from shared.permissions import PUBLIC
from shared.unit_of_work import Service


class LookByLink(Input):
    secret = Secret()


class AcceptByLink(Remark):
    secret = Secret()


class DeclineByLink(Decline):
    secret = Secret()


class AskByLink(AskQuestion):
    secret = Secret()


class AnswerLinkSeen(Answer):
    """The referral is there while it can be answered, and an hour after it was accepted by it."""

    works_until = fields.AwareDateTime(required=True)
    organisation = fields.String(required=True)
    service = fields.String(required=True)
    state = Code(ReferralState, required=True)
    may = fields.List(Code(LinkUse), required=True, metadata={"description": "What can be done by it."})
    used_at = fields.AwareDateTime(required=True, allow_none=True)
    used_for = Code(LinkUse, required=True, allow_none=True)
    referral = fields.Nested(ShownReferral, required=True, allow_none=True)
    questions = fields.List(fields.Nested(ShownQuestion), required=True)


def look_by_link(service: Service[Settings], *, values: Mapping[str, Any]) -> Response:
    """Look at the referral of a link; it is not used by looking."""
    with by_link.look_by_link(service, recording.current(), values["secret"]) as opened:
        return json_answer(_seen(opened))


def accept_by_link(service: Service[Settings], *, values: Mapping[str, Any]) -> None:
    """Accept the referral of a link, which is used up."""
    by_link.accept_by_link(service, recording.current(), values)


def decline_by_link(service: Service[Settings], *, values: Mapping[str, Any]) -> None:
    """Decline the referral of a link, with the reason; the link is used up."""
    by_link.decline_by_link(service, recording.current(), values)


def ask_by_link(service: Service[Settings], *, values: Mapping[str, Any]) -> None:
    """Ask about the referral of a link, which is used up: with the answer comes a new one."""
    by_link.ask_by_link(service, recording.current(), values)


def _seen(opened: Opened) -> dict[str, Any]:
    work, link, referral = opened.work, opened.link, opened.referral
    answer = _SEEN.document(
        {
            "works_until": link.works_until,
            "organisation": work.session.get_one(Organisation, referral.organisation_id).name,
            "service": work.session.get_one(CareService, referral.service_id).name,
            "state": referral.state,
            "may": opened.may,
            "used_at": link.used_at,
            "used_for": link.used_for,
        }
    )
    return answer | {
        "referral": represent(referral, work.actor, _REFERRAL) if opened.shows_referral else None,
        "questions": _questions(opened) if opened.shows_referral else [],
    }


def _questions(opened: Opened) -> list[dict[str, Any]]:
    work = opened.work
    asked = visible.questions(work.actor).where(Question.referral_id == opened.referral.id)
    found = work.session.scalars(asked.order_by(Question.created_at, Question.id))
    return [represent(question, work.actor, _QUESTION) for question in found]


_SEEN = AnswerLinkSeen(exclude=("referral", "questions"))
_REFERRAL = ShownReferral()
_QUESTION = ShownQuestion()

ROUTES = [
    Route("POST", "/answer-links/look", look_by_link, PUBLIC, AnswerLinkSeen, LookByLink),
    Route("POST", "/answer-links/accept", accept_by_link, PUBLIC, None, AcceptByLink, confidential=True),
    Route("POST", "/answer-links/decline", decline_by_link, PUBLIC, None, DeclineByLink, confidential=True),
    Route("POST", "/answer-links/ask", ask_by_link, PUBLIC, None, AskByLink, confidential=True),
]
