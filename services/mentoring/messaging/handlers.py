"""What mentoring does about the events of registry and referrals (docs/rules.md)."""

from typing import Any

from marshmallow import fields
from sqlalchemy import delete

from services.mentoring.models import KNOWN, Obstacle
from services.mentoring.settings import Work
from services.mentoring.use_cases.erasures import erase
from services.mentoring.use_cases.mentorships import pause_for_withdrawn_consent
from shared.database.upsert import upsert
from shared.known import extended
from shared.messaging.erasures import erasure_handlers
from shared.messaging.events import Event
from shared.messaging.handlers import Handler, Told
from shared.messaging.projections import Projection

OPEN_REFERRAL = frozenset({"requested", "received", "waitlisted", "accepted", "in_progress"})


class _ReferralMoved(Told):
    referral_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    need_category = fields.String(required=True)
    state = fields.String(required=True)


def _consent_withdrawn(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 1: the mentorship pauses when the consent to mentoring goes."""
    if told["purpose"] == "mentoring":
        pause_for_withdrawn_consent(work, told["shedder_id"])


def _referral_moved(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Rule 3: an open referral shows as a possible obstacle to work, for as long as it is open."""
    if told["state"] in OPEN_REFERRAL:
        upsert(work.session, Obstacle, told)
    else:
        work.session.execute(delete(Obstacle).where(Obstacle.referral_id == told["referral_id"]))


FROM_REGISTRY = [
    *extended(KNOWN.handlers(), consent_withdrawn=_consent_withdrawn),
    *erasure_handlers(erase),
]

FROM_REFERRALS = [Handler("referral.*", _ReferralMoved, _referral_moved)]

PROJECTIONS = [*KNOWN.projections(), Projection(Obstacle, ("referral_id",))]
"""What is made of the others' events, and can be made anew of them."""
