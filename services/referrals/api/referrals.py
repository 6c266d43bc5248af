"""Referrals over HTTP: drafting, every action of their lifecycle, and their history."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.referrals.api.history import ReferralHistory
from services.referrals.domain import permissions as may
from services.referrals.domain.codes import (
    CorrectReason,
    DeclineReason,
    FailReason,
    NeedCategory,
    ReopenReason,
    Result,
    Side,
    Stage,
    Urgency,
    WithdrawReason,
)
from services.referrals.domain.lifecycles import DAYS_TO_SEND_ON, REFERRAL, ReferralAction, ReferralState
from services.referrals.queries import lists, visible
from services.referrals.use_cases import answers, referrals, reminders
from shared.actor import Actor
from shared.http.fields import Code, Day, FreeText, Language, Line, Phone
from shared.http.history_api import history_route
from shared.http.routes import action, change, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Nothing, Paged


class Disclosure(Input):
    """Exactly what leaves: the man agreed to it, and the sender sees it before it goes."""

    name = Line(required=True)
    phone = Phone()
    address = Line(longest=400)
    language = Language(required=True)
    best_time_to_call = Line()

    # With whatever else is wrong, so that nobody is told of one thing after another.
    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def can_be_reached(self, _values: dict[str, Any], given: Any, **_kwargs: Any) -> None:
        if isinstance(given, Mapping) and not given.keys() & {"phone", "address"}:
            raise ValidationError("Give a telephone number or an address, to reach him.", "phone")


class DraftFields(Input):
    reason_in_words = FreeText(allow_none=True)
    language = Language(allow_none=True)
    neighbourhood = Line(allow_none=True)
    disclosure = fields.Nested(Disclosure)


class DraftReferral(DraftFields):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(metadata={"description": "The shed that refers; else the one he joined last."})
    service_id = fields.UUID(required=True)
    need_category = Code(NeedCategory)
    urgency = Code(Urgency, load_default=Urgency.ROUTINE)
    external_ref = Line(longest=100)


class ChangeDraft(DraftFields):
    service_id = fields.UUID(metadata={"description": "Another service; the need stays what it was."})
    need_category = Code(NeedCategory)
    urgency = Code(Urgency)


class SendOn(DraftFields):
    service_id = fields.UUID(required=True)
    need_category = Code(NeedCategory)
    urgency = Code(Urgency)


class Remark(Input):
    remark = FreeText(longest=1000)


class Waitlist(Remark):
    expected_on = Day(required=True, metadata={"description": "When a place is expected."})


class Decline(Remark):
    reason = Code(DeclineReason, required=True)


class OutcomeOfNeed(Input):
    need_category = Code(NeedCategory, required=True)
    result = Code(Result, required=True)


class Complete(Input):
    outcomes = fields.List(
        fields.Nested(OutcomeOfNeed), required=True, validate=validate.Length(1, len(NeedCategory))
    )
    sentence = FreeText(required=True, longest=500, metadata={"description": "For the referrer."})


class Fail(Remark):
    reason = Code(FailReason, required=True)
    sentence = FreeText(longest=500)


class Withdraw(Remark):
    reason = Code(WithdrawReason, required=True)


class Reopen(Remark):
    reason = Code(ReopenReason, required=True)


class Correct(Remark):
    reason = Code(CorrectReason, required=True)


class ReferralQuery(Paged):
    state = Code(ReferralState)
    stage = Code(Stage, metadata={"description": "The states that are looked at together."})
    shedder_id = fields.UUID()
    service_id = fields.UUID()
    urgency = Code(Urgency)
    need_category = Code(NeedCategory)
    overdue = fields.Boolean(truthy={"true"}, falsy={"false"})
    asked_back = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "The organisation waits for the sender's answer to its question."},
    )
    own = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "Those that the caller answers for himself: a coordinator, those without an "
            "ambassador. An organisation is told none."
        },
    )
    to_send_on = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": f"Declined, failed or expired within the last {DAYS_TO_SEND_ON} days, and not "
            "sent on yet. An organisation is told none: where a man goes next is not its."
        },
    )


class ShownDisclosure(Answer):
    name = fields.String()
    phone = fields.String()
    address = fields.String()
    language = fields.String()
    best_time_to_call = fields.String()


class ShownOutcome(Answer):
    need_category = Code(NeedCategory, required=True)
    result = Code(Result, required=True)


class Referral(LifecycleAnswer):
    """A referral; the caller's role and its state decide which fields are there."""

    lifecycle = REFERRAL
    path = "/referrals/referrals/{id}"

    id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    sent_by = fields.UUID(allow_none=True, metadata={"description": "The ambassador who sent it."})
    owner_id = fields.UUID(allow_none=True, metadata={"description": "Null: the partner's coordinator."})
    organisation_id = fields.UUID(required=True)
    service_id = fields.UUID(required=True)
    need_category = Code(NeedCategory)
    urgency = Code(Urgency)
    reason_in_words = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    neighbourhood = fields.String(allow_none=True)
    disclosure = fields.Nested(ShownDisclosure, allow_none=True)
    consent_withdrawn_on = fields.Date(allow_none=True)
    state = Code(ReferralState, required=True)
    created_at = fields.AwareDateTime(required=True)
    requested_on = fields.Date(allow_none=True)
    answered_on = fields.Date(allow_none=True)
    answer_due_on = fields.Date(allow_none=True)
    clock_stopped_on = fields.Date(allow_none=True)
    asked_back_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When the organisation asked what the sender has not answered yet."},
    )
    expected_on = fields.Date(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    coded_reason = fields.String(allow_none=True)
    outcomes = fields.List(fields.Nested(ShownOutcome))
    sentence = fields.String(allow_none=True)
    follows_id = fields.UUID(allow_none=True)
    duplicate_of = fields.UUID(allow_none=True)
    reminded_on = fields.Date(
        allow_none=True, metadata={"description": "The day of the last reminder to whoever was to act."}
    )
    reminded_whom = Code(Side, allow_none=True)

    def shown_to(self, actor: Actor, thing: Any) -> frozenset[str] | None:
        gone, accepted = thing.is_consent_withdrawn, thing.accepted_on is not None
        hidden = may.hidden_fields(
            may.speaks_as(actor), thing.state, accepted=accepted, consent_withdrawn=gone
        )
        return self.without(hidden)


_ONE = "/referrals/<uuid:referral_id>"
_ACTIONS = (
    (ReferralAction.SEND, referrals.send_referral, Remark),
    (ReferralAction.OPEN, answers.open_referral, Remark),
    (ReferralAction.ACCEPT, answers.accept_referral, Remark),
    (ReferralAction.WAITLIST, answers.waitlist_referral, Waitlist),
    (ReferralAction.DECLINE, answers.decline_referral, Decline),
    (ReferralAction.START, answers.start_referral, Remark),
    (ReferralAction.COMPLETE, answers.complete_referral, Complete),
    (ReferralAction.FAIL, answers.fail_referral, Fail),
    (ReferralAction.WITHDRAW, referrals.withdraw_referral, Withdraw),
    (ReferralAction.REOPEN, answers.reopen_referral, Reopen),
    (ReferralAction.CORRECT, referrals.correct_referral, Correct),
)

ROUTES = [
    listing("/referrals", lists.list_referrals, may.SEE_REFERRALS, Referral, ReferralQuery),
    create("/referrals", referrals.draft_referral, may.DRAFT_REFERRAL, DraftReferral, Referral),
    read(_ONE, referrals.read_referral, may.SEE_REFERRALS, Referral),
    change(_ONE, referrals.change_draft, may.CHANGE_DRAFT, ChangeDraft, Referral),
    *(
        transition(f"{_ONE}/{doing.value}", act, REFERRAL, doing, body, Referral)
        for doing, act, body in _ACTIONS
    ),
    create(f"{_ONE}/send_on", referrals.send_on, may.DRAFT_REFERRAL, SendOn, Referral, place="/referrals"),
    replace(
        action(f"{_ONE}/remind", reminders.remind_of_referral, may.REMIND, Nothing, Referral),
        changes=False,
        conflict="The referral waits for nobody who can be reminded, or a reminder was sent today.",
    ),
    history_route(_ONE, REFERRAL, visible.referrals, may.SEE_HISTORY, ReferralHistory),
]
