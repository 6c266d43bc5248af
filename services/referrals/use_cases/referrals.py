"""Referrals as the sending side makes them: drafting, sending, sending on, withdrawing, correcting."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from services.referrals.domain import permissions as may
from services.referrals.domain.clock import AnswerClock
from services.referrals.domain.codes import TakingReferrals
from services.referrals.domain.lifecycles import LIVE, SENDABLE_ON, ReferralAction, ReferralState
from services.referrals.models import (
    KNOWN,
    CareService,
    KnownAmbassador,
    KnownShed,
    Organisation,
    Referral,
)
from services.referrals.queries import visible
from services.referrals.settings import Work
from services.referrals.use_cases.answer_link_words import Why
from services.referrals.use_cases.answer_links import give_answer_link
from services.referrals.use_cases.steps import take_step, to_step
from shared.actor import Actor, Role
from shared.database.finding import assign, find, find_or_none, of_caller, refuse_second_ref
from shared.erased import refuse_erased
from shared.errors import Conflict, ConsentMissing, Duplicate, InvalidInput, TransitionNotAllowed

DRAFT = ("urgency", "reason_in_words", "language", "neighbourhood", "disclosure")


def draft_referral(work: Work, *, values: Mapping[str, Any]) -> Referral:
    """Draft a referral of a man to a service. Nothing leaves before it is sent."""
    work.require(may.DRAFT_REFERRAL)
    return _draft(work, values["shedder_id"], values)


def change_draft(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Change a draft, to another service too. What was sent is not changed any more.

    Whether he agreed to the organisation that it goes to now is asked when it is sent, as of any draft.
    """
    referral = find(work.session, visible.referrals(work.actor), referral_id, for_change=True)
    work.require(may.CHANGE_DRAFT)
    if referral.state is not ReferralState.DRAFT:
        raise TransitionNotAllowed("Only a draft can be changed.", state=referral.state.value)
    work.expect_version(referral)
    assign(referral, values, (*DRAFT, "need_category"))
    if "service_id" in values:
        service = _service_in_directory(work, values["service_id"])
        referral.service_id, referral.organisation_id = service.id, service.organisation_id
        refuse_second_live(work, referral)
    return referral


def read_referral(work: Work, *, referral_id: UUID) -> Referral:
    """Read one referral, as far as the caller may know of it."""
    referral = find(work.session, visible.referrals_with_outcomes(work.actor), referral_id)
    work.require(may.SEE_REFERRALS)
    return referral


def send_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Send a draft: exactly the disclosure that it shows leaves, to the organisation the consent names."""
    referral, step = to_step(work, referral_id, ReferralAction.SEND)
    if referral.disclosure is None:
        raise InvalidInput.on("disclosure", "The draft does not say yet what is to leave.")
    service, _organisation = _asked_of(work, referral)
    if service.taking_referrals is TakingReferrals.NO:
        raise Conflict("This service takes no referrals now.", taking_referrals="no")
    refuse_second_live(work, referral)
    referral.consent_id = require_consent(work, referral)
    referral.requested_on = work.today
    referral.promised_days = service.promised_days
    referral.clock = AnswerClock.begin(work.today, service.promised_days)
    take_step(work, referral, step, remark=values.get("remark"))
    give_answer_link(work, referral, Why.CAME)
    return referral


_ASKED_OF = (
    select(CareService, Organisation)
    .join(Organisation, Organisation.id == CareService.organisation_id)
    .where(CareService.id == bindparam("service_id"))
)


def _asked_of(work: Work, referral: Referral) -> tuple[CareService, Organisation]:
    """The service and its organisation in one statement; while they are held, the session knows them."""
    service, organisation = work.session.execute(_ASKED_OF, {"service_id": referral.service_id}).one()
    return service, organisation


def send_on(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Draft a new referral that follows one which was declined, failed or expired."""
    earlier = find(work.session, visible.referrals(work.actor), referral_id)
    work.require(may.DRAFT_REFERRAL)
    if earlier.state not in SENDABLE_ON:
        raise TransitionNotAllowed(
            "Only a referral that was declined, failed or expired can be sent on.", state=earlier.state.value
        )
    kept = {name: getattr(earlier, name) for name in DRAFT}
    return _draft(work, earlier.shedder_id, kept | dict(values), follows=earlier)


def withdraw_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Withdraw a referral, at any time before it has ended."""
    referral, step = to_step(work, referral_id, ReferralAction.WITHDRAW)
    return take_step(work, referral, step, reason=values["reason"], remark=values.get("remark"))


def correct_referral(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Referral:
    """Mark a referral as entered in error."""
    referral, step = to_step(work, referral_id, ReferralAction.CORRECT)
    return take_step(work, referral, step, reason=values["reason"], remark=values.get("remark"))


def require_consent(work: Work, referral: Referral) -> UUID:
    """The active consent that names the receiving organisation. Raises `ConsentMissing`."""
    consents = KNOWN.consents(
        work.session, referral.shedder_id, "referral", referral.organisation_id, work.today
    )
    if not consents:
        raise ConsentMissing(
            "No active consent for referral names this organisation. "
            "One that was recorded a moment ago may take a second to arrive."
        )
    consent_id: UUID = consents[0].consent_id
    return consent_id


_LIVE_TWIN = (
    select(Referral)
    .where(
        Referral.shedder_id == bindparam("shedder_id"),
        Referral.service_id == bindparam("service_id"),
        Referral.state.in_(LIVE),
        Referral.id.is_distinct_from(bindparam("id")),
    )
    .order_by(Referral.id)
    .limit(1)
)


def _live_twin(work: Work, referral: Referral) -> Referral | None:
    said = {name: getattr(referral, name) for name in ("shedder_id", "service_id", "id")}
    return work.session.scalars(_LIVE_TWIN, said).one_or_none()


def refuse_second_live(work: Work, referral: Referral) -> None:
    """Raises `Duplicate` for a second live referral of the same man for the same service.

    It names the one there is, to whoever may see it.
    """
    twin = _live_twin(work, referral)
    if twin is None:
        return
    seen = find_or_none(work.session, visible.referrals(work.actor), twin.id)
    if seen is None:
        raise Duplicate("Somebody else has a live referral of this man for this service.")
    raise Duplicate(
        "There is a live referral of this man for this service.",
        existing=str(twin.id),
        state=twin.state.value,
    )


def _draft(
    work: Work, shedder_id: UUID, values: Mapping[str, Any], follows: Referral | None = None
) -> Referral:
    refuse_second_ref(work.session, Referral, work.actor.ref_owner, values.get("external_ref"), "a referral")
    shed = _sending_shed(work, shedder_id, values.get("shed_id"))
    service = _service_in_directory(work, values["service_id"])
    ambassador_id = work.actor.ambassador_id if work.actor.role is Role.AMBASSADOR else None
    referral = Referral(
        shedder_id=shedder_id,
        shed_id=shed.shed_id,
        partner_id=shed.partner_id,
        sent_by=ambassador_id,
        owner_id=ambassador_id,
        organisation_id=service.organisation_id,
        service_id=service.id,
        need_category=values.get("need_category") or service.need_category,
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        follows_id=follows.id if follows else None,
        created_at=work.now,
        reminded_on=None,
        reminded_whom=None,
        unanswered_since=None,
        outcomes=[],
    )
    assign(referral, values, DRAFT)
    refuse_second_live(work, referral)
    refuse_erased(work.session, shedder_id)
    work.session.add(referral)
    return referral


def _service_in_directory(work: Work, service_id: UUID) -> CareService:
    service = find_or_none(work.session, visible.care_services(work.actor), service_id)
    if service is None:
        raise InvalidInput.on("service_id", "There is no such service in the directory.")
    return service


_HIMSELF = (
    select(KnownAmbassador)
    .where(KnownAmbassador.ambassador_id == bindparam("ambassador_id"))
    .with_for_update(read=True)
)


@of_caller
def _own_sheds_of_man(actor: Actor) -> Select[KnownShed]:
    return visible.own_sheds_of(actor, bindparam("shedder_id")).with_for_update(read=True, of=KnownShed)


def _locked_sheds(work: Work, shedder_id: UUID) -> Sequence[KnownShed]:
    """The caller's sheds that the man belongs to, locked (and he himself) against closing and leaving."""
    if work.actor.role is Role.AMBASSADOR:
        work.session.scalars(_HIMSELF, {"ambassador_id": work.actor.ambassador_id}).all()
    return work.session.scalars(_own_sheds_of_man(work.actor), {"shedder_id": shedder_id}).all()


def _sending_shed(work: Work, shedder_id: UUID, shed_id: UUID | None) -> KnownShed:
    """The shed that refers: the one named, else the one of the caller's that the man joined last."""
    sheds = _locked_sheds(work, shedder_id)
    if not sheds:
        raise InvalidInput.on(
            "shedder_id",
            "He belongs to none of your sheds. A man registered a moment ago may take a second to arrive.",
        )
    if work.actor.role is Role.AMBASSADOR:
        sheds = [shed for shed in sheds if shed.closed_on is None]
        if not sheds:
            raise InvalidInput.on("shedder_id", "His shed is closed: the coordinator refers him.")
    named = [shed for shed in sheds if shed_id is None or shed.shed_id == shed_id]
    if not named:
        raise InvalidInput.on("shed_id", "He does not belong to this shed of yours.")
    return named[0]
