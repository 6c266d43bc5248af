"""What referrals does about the registry's events (docs/rules.md)."""

from typing import Any

from marshmallow import fields

from services.referrals.models import KNOWN, KnownAmbassador, KnownAmbassadorShed
from services.referrals.settings import Work
from services.referrals.use_cases import consequences
from services.referrals.use_cases.erasures import erase
from shared.database.upsert import upsert
from shared.known import extended
from shared.messaging.erasures import erasure_handlers
from shared.messaging.events import Event
from shared.messaging.handlers import Handler, Told
from shared.messaging.projections import Projection


class _AmbassadorAdded(Told):
    ambassador_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)


class _AmbassadorShed(Told):
    ambassador_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)


class _AmbassadorLeft(Told):
    ambassador_id = fields.UUID(required=True)
    left_on = fields.Date(required=True)


def _consent_withdrawn(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 1: withdraw the man's open referrals to that recipient, and hide what was disclosed."""
    if told["purpose"] == "referral":
        consequences.end_for_withdrawn_consent(
            work, told["shedder_id"], told["organisation_id"], told["withdrawn_on"]
        )


def _shed_closed(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 5: no referral is left without an owner."""
    consequences.inherit_from_shed(work, told["shed_id"])


def _ambassador_added(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Know the ambassador, and the shed he serves."""
    ids = {name: told[name] for name in ("ambassador_id", "partner_id")}
    upsert(work.session, KnownAmbassador, ids)
    _serves(work, told)


def _ambassador_assigned(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Know one more shed that he serves."""
    _serves(work, told)


def _ambassador_released(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 5: from here on the shed's men are none of his, and a coordinator inherits their referrals."""
    served = work.session.get(KnownAmbassadorShed, (told["ambassador_id"], told["shed_id"]))
    if served is not None:
        work.session.delete(served)
        work.session.flush()
    consequences.inherit_from_ambassador(work, told["ambassador_id"], told["shed_id"])


def _ambassador_left(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 5: no referral is left without an owner."""
    work.session.get_one(KnownAmbassador, told["ambassador_id"]).left_on = told["left_on"]
    work.session.flush()
    consequences.inherit_from_ambassador(work, told["ambassador_id"])


def _serves(work: Work, told: dict[str, Any]) -> None:
    ids = {name: told[name] for name in ("ambassador_id", "shed_id")}
    upsert(work.session, KnownAmbassadorShed, ids)


FROM_REGISTRY = [
    *extended(KNOWN.handlers(), consent_withdrawn=_consent_withdrawn, shed_closed=_shed_closed),
    Handler("ambassador.added", _AmbassadorAdded, _ambassador_added),
    Handler("ambassador.assigned", _AmbassadorShed, _ambassador_assigned),
    Handler("ambassador.released", _AmbassadorShed, _ambassador_released),
    Handler("ambassador.left", _AmbassadorLeft, _ambassador_left),
    *erasure_handlers(erase),
]

PROJECTIONS = [
    *KNOWN.projections(),
    Projection(KnownAmbassador, ("ambassador_id",)),
    Projection(KnownAmbassadorShed, ("ambassador_id", "shed_id")),
]
"""What is made of the registry's events, and can be made anew of them."""
