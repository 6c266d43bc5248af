"""Consents: recording one, and withdrawing it, which takes no more steps than giving it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.codes import Purpose
from services.registry.domain.lifecycles import CONSENT, ConsentAction, ConsentState
from services.registry.models import Consent
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.timeline import enter
from shared.database.finding import find
from shared.errors import InvalidInput
from shared.history import entry


def give_consent(work: Work, *, shedder_id: UUID, values: Mapping[str, Any]) -> Consent:
    """Record a man's consent for one purpose; a consent for referral names its recipient."""
    find(work.session, visible.shedders(work.actor), shedder_id, for_change=True)
    work.require(may.RECORD_CONSENT)
    given_on = work.day(values, "given_on")
    expires_on = values.get("expires_on")
    if expires_on is not None and expires_on <= given_on:
        raise InvalidInput.on("expires_on", "It must end after the day it was given.")
    replaced = _replace_active(work, shedder_id, values["purpose"], values.get("organisation_id"))
    consent = Consent(
        shedder_id=shedder_id,
        purpose=values["purpose"],
        organisation_id=values.get("organisation_id"),
        wording_version=values["wording_version"],
        language=values["language"],
        method=values["method"],
        given_on=given_on,
        expires_on=expires_on,
        recorded_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(consent)
    work.session.flush()
    work.record("consent.given", consent.id, told_of(consent) | {"replaces": replaced})
    enter(work, shedder_id, given_on, "consent.given", consent.id, details=codes(consent))
    return consent


def withdraw_consent(work: Work, *, consent_id: UUID, values: Mapping[str, Any]) -> Consent:
    """Withdraw a consent, in every service at once. A man's no is never stale: no If-Match is asked."""
    consent = find(work.session, visible.consents(work.actor), consent_id, for_change=True)
    work.require(CONSENT.policy(ConsentAction.WITHDRAW))
    step = CONSENT.transition(consent.state, ConsentAction.WITHDRAW)
    withdrawn_on = work.day(values, "withdrawn_on")
    if withdrawn_on < consent.given_on:
        raise InvalidInput.on("withdrawn_on", "It was not given yet on this day.")
    work.session.add(entry(work, consent.id, step, consent.state))
    consent.state = ConsentState(step.target)
    consent.withdrawn_on = withdrawn_on
    consent.withdrawn_at = work.now
    consent.withdrawal_recorded_by = work.actor.id
    work.record(step.event, consent.id, told_of_withdrawal(consent))
    enter(work, consent.shedder_id, withdrawn_on, step.event, consent.id, details=codes(consent))
    return consent


def read_consent(work: Work, *, consent_id: UUID) -> Consent:
    """Read one consent."""
    consent = find(work.session, visible.consents(work.actor), consent_id)
    work.require(may.SEE_CONSENTS)
    return consent


def told_of(consent: Consent) -> dict[str, Any]:
    """What an event tells of a consent that was given."""
    return {
        "consent_id": consent.id,
        "shedder_id": consent.shedder_id,
        "purpose": consent.purpose,
        "organisation_id": consent.organisation_id,
        "given_on": consent.given_on,
        "expires_on": consent.expires_on,
        "method": consent.method,
        "language": consent.language,
    }


def told_of_withdrawal(consent: Consent) -> dict[str, Any]:
    """What an event tells of a consent that was withdrawn."""
    return {
        "consent_id": consent.id,
        "shedder_id": consent.shedder_id,
        "purpose": consent.purpose,
        "organisation_id": consent.organisation_id,
        "withdrawn_on": consent.withdrawn_on,
    }


def replace(work: Work, earlier: Consent) -> UUID:
    """Let another consent take the place of an active one; give the identifier of the one replaced."""
    step = CONSENT.transition(earlier.state, ConsentAction.REPLACE)
    work.session.add(entry(work, earlier.id, step, earlier.state))
    earlier.state = ConsentState(step.target)
    work.session.flush()
    return earlier.id


def _replace_active(
    work: Work, shedder_id: UUID, purpose: Purpose, organisation_id: UUID | None
) -> UUID | None:
    """The new consent stands in the place of the active one for the same, if there is one."""
    earlier = work.session.scalars(
        select(Consent)
        .where(
            Consent.shedder_id == shedder_id,
            Consent.purpose == purpose,
            Consent.organisation_id == organisation_id,
            Consent.state == ConsentState.ACTIVE,
        )
        .with_for_update()
    ).one_or_none()
    return replace(work, earlier) if earlier else None


def codes(consent: Consent) -> dict[str, Any]:
    """What a man's timeline says of a consent."""
    organisation = str(consent.organisation_id) if consent.organisation_id else None
    return {"purpose": consent.purpose.value, "organisation_id": organisation}
