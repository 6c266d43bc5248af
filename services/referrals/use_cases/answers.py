"""Referrals as the receiving side answers them: opening, accepting, declining, through to the outcome."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import ReferralAction
from services.referrals.models import CareService, Outcome, Referral
from services.referrals.settings import Work
from services.referrals.use_cases.answer_link_words import Why
from services.referrals.use_cases.answer_links import give_answer_link
from services.referrals.use_cases.consequences import inherit_if_ownerless
from services.referrals.use_cases.referrals import refuse_second_live, require_consent
from services.referrals.use_cases.steps import take_step, to_step
from shared.errors import Conflict, FieldError, InvalidInput


def open_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Open a referral that has come in, so that its sender knows it was received."""
    referral, step = to_step(work, referral_id, ReferralAction.OPEN)
    return take_step(work, referral, step, remark=values.get("remark"))


def accept_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Accept a referral."""
    referral, step = to_step(work, referral_id, ReferralAction.ACCEPT)
    referral.expected_on = None
    return take_step(work, referral, step, remark=values.get("remark"))


def waitlist_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Put a referral on the waiting list, with the day on which a place is expected."""
    referral, step = to_step(work, referral_id, ReferralAction.WAITLIST)
    if values["expected_on"] <= work.today:
        raise InvalidInput.on("expected_on", "This day is not to come any more.")
    referral.expected_on = values["expected_on"]
    return take_step(
        work, referral, step, remark=values.get("remark"), told={"expected_on": referral.expected_on}
    )


def decline_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Decline a referral, with the reason."""
    referral, step = to_step(work, referral_id, ReferralAction.DECLINE)
    return take_step(work, referral, step, reason=values["reason"], remark=values.get("remark"))


def start_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Start work on an accepted referral (an attended appointment does it too)."""
    referral, step = to_step(work, referral_id, ReferralAction.START)
    return take_step(work, referral, step, remark=values.get("remark"))


def complete_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Complete a referral: an outcome per need, and a sentence for the referrer."""
    referral, step = to_step(work, referral_id, ReferralAction.COMPLETE)
    results = {outcome["need_category"]: outcome["result"] for outcome in values["outcomes"]}
    if len(results) < len(values["outcomes"]):
        raise InvalidInput([FieldError(("outcomes",), "A need has two outcomes.")])
    if referral.need_category not in results:
        raise InvalidInput.on("outcomes", f"The outcome for {referral.need_category.value} is missing.")
    referral.outcomes = [Outcome(need_category=need, result=result) for need, result in results.items()]
    referral.sentence = values["sentence"]
    told = {
        "outcomes": [{"need_category": need, "result": result} for need, result in sorted(results.items())]
    }
    return take_step(work, referral, step, told=told)


def fail_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """End an accepted referral that came to nothing, with the reason."""
    referral, step = to_step(work, referral_id, ReferralAction.FAIL)
    referral.sentence = values.get("sentence")
    return take_step(work, referral, step, reason=values["reason"], remark=values.get("remark"))


def reopen_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Take up again a referral that ended not long ago, while consent is active."""
    referral, step = to_step(work, referral_id, ReferralAction.REOPEN)
    latest = (referral.ended_on or work.today) + timedelta(days=work.settings.reopen_within_days)
    if work.today > latest:
        raise Conflict(
            f"A referral can be reopened within {work.settings.reopen_within_days} days of its end."
        )
    referral.consent_id = require_consent(work, referral)
    referral.consent_withdrawn_on = None
    refuse_second_live(work, referral)
    service = work.session.get_one(CareService, referral.service_id)
    referral.clock = referral.clock.begin_again(work.today, service.promised_days)
    referral.sentence = None
    inherit_if_ownerless(work, referral)
    take_step(work, referral, step, reason=values["reason"], remark=values.get("remark"))
    if may.side_of(work.actor.role) is Side.SENDER:
        give_answer_link(work, referral, Why.CAME)
    return referral
