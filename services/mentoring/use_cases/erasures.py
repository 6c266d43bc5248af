"""Erasing what mentoring holds on a man (DOMAIN: Rule 4)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain.codes import RejectReason, StopReason
from services.mentoring.domain.lifecycles import (
    MENTORSHIP,
    OPEN_PATHWAY,
    PATHWAY,
    TAKES_ROOM,
    MentorshipAction,
    MentorshipState,
    PathwayAction,
)
from services.mentoring.domain.personal_data import PERSONAL_DATA
from services.mentoring.models import Base, Mentorship, Pathway
from services.mentoring.settings import Work
from services.mentoring.use_cases import mentorships, pathways
from shared import erased
from shared.erasing import Held

HELD = Held(Base.metadata, PERSONAL_DATA)


def erase(work: Work, shedder_id: UUID, erased_on: date) -> None:
    """End his mentorships and his pathway, then erase every word about him. Again, it changes nothing."""
    erased.remember(work.session, shedder_id, erased_on)
    going_on = select(Mentorship).where(Mentorship.shedder_id == shedder_id, Mentorship.state.in_(TAKES_ROOM))
    for mentorship in work.session.scalars(going_on.order_by(Mentorship.id).with_for_update()).all():
        _end(work, mentorship)
    still_open = select(Pathway).where(Pathway.shedder_id == shedder_id, Pathway.state.in_(OPEN_PATHWAY))
    for pathway in work.session.scalars(still_open.with_for_update()).all():
        stop = PATHWAY.transition(pathway.state, PathwayAction.STOP)
        pathways.take_step(work, pathway, stop, reason=StopReason.PARTICIPANT_ERASED)
    HELD.erase(work.session, shedder_id, erased_on)


def _end(work: Work, mentorship: Mentorship) -> None:
    """A proposal is rejected (by neither of the two), what had begun is stopped."""
    proposed = mentorship.state is MentorshipState.PROPOSED
    action = MentorshipAction.REJECT if proposed else MentorshipAction.STOP
    reason = RejectReason.PARTICIPANT_ERASED if proposed else StopReason.PARTICIPANT_ERASED
    mentorships.take_step(work, mentorship, MENTORSHIP.transition(mentorship.state, action), reason=reason)
