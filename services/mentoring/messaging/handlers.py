"""What mentoring does about the events of registry and referrals (DOMAIN: Rules that cross services)."""

from typing import Any

from marshmallow import fields

from services.mentoring.models import KNOWN, Obstacle
from services.mentoring.settings import Work
from services.mentoring.use_cases.mentorships import pause_for_withdrawn_consent
from shared.known import extended
from shared.messaging.consumer import Handler, Told
from shared.messaging.events import Event

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
    obstacle = work.session.get(Obstacle, told["referral_id"])
    if told["state"] not in OPEN_REFERRAL:
        if obstacle is not None:
            work.session.delete(obstacle)
    elif obstacle is None:
        work.session.add(Obstacle(**told))
    else:
        obstacle.state = told["state"]


FROM_REGISTRY = extended(KNOWN.handlers(), consent_withdrawn=_consent_withdrawn)

FROM_REFERRALS = [Handler("referral.*", _ReferralMoved, _referral_moved)]
