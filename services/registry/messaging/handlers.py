"""What the registry does about the events of referrals and mentoring (docs/rules.md).

Rule 2: referral outcomes and pathway milestones appear on the man's timeline and in the figures. Each
handler sets what it is told, so that being told twice changes nothing.
"""

from typing import Any

from marshmallow import fields
from sqlalchemy import or_, update

from services.registry.messaging.telling import QUESTIONS, REMINDERS, telling
from services.registry.models import (
    JobFact,
    MentorFact,
    MentorshipFact,
    PathwayFact,
    ReferralFact,
    TimelineEntry,
)
from services.registry.settings import Work
from services.registry.use_cases.erasures import receive_receipt
from services.registry.use_cases.timeline import enter
from shared.clock import day_of
from shared.database.upsert import upsert
from shared.messaging.events import Event
from shared.messaging.handlers import Handler, Told
from shared.messaging.projections import Projection


class _ReferralMoved(Told):
    referral_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True)
    need_category = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)
    requested_on = fields.Date(required=True, allow_none=True)
    answered_on = fields.Date(required=True, allow_none=True)
    answer_days = fields.Integer(required=True, allow_none=True)
    promised_days = fields.Integer(required=True, allow_none=True)
    outcomes = fields.List(fields.Dict(), load_default=list)


_FACTS = (
    *("referral_id", "shedder_id", "shed_id", "need_category", "state"),
    *("requested_on", "answered_on", "answer_days", "promised_days"),
)


def _referral_moved(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Count the referral as it now stands, and enter the step on the man's timeline."""
    if told["requested_on"] is None:
        return  # A draft that was never sent happened to nobody.
    upsert(work.session, ReferralFact, {name: told[name] for name in _FACTS})
    enter(
        work,
        told["shedder_id"],
        told["on"],
        event.name,
        told["referral_id"],
        ambassador_id=told["ambassador_id"],
        details={
            "organisation_id": str(told["organisation_id"]),
            "need_category": told["need_category"],
            "reason": told["reason"],
            **({"outcomes": told["outcomes"]} if told["outcomes"] else {}),
        },
        source_id=event.id,
    )


class _AppointmentMoved(Told):
    appointment_id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    day = fields.Date(required=True)


def _appointment_moved(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Enter it on the man's timeline, with the day of the appointment."""
    enter(
        work,
        told["shedder_id"],
        day_of(event.time, work.settings.zone),
        event.name,
        told["appointment_id"],
        ambassador_id=told["ambassador_id"],
        details={"referral_id": str(told["referral_id"]), "day": told["day"].isoformat()},
        source_id=event.id,
    )


class _MentorTrained(Told):
    mentor_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True, allow_none=True)
    country = fields.String(required=True)
    trained_on = fields.Date(required=True)
    in_order_until = fields.Date(load_default=None, allow_none=True)


def _mentor_trained(work: Work, _event: Event, told: dict[str, Any]) -> None:
    """Count the mentor as trained, and know until when he may stand in for another."""
    upsert(work.session, MentorFact, told)


class _MentorshipMoved(Told):
    mentorship_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)


def _mentorship_moved(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Know whose mentee the man is, so that his mentor may see him; enter it on his timeline."""
    names = ("mentorship_id", "mentor_id", "shedder_id", "state")
    upsert(work.session, MentorshipFact, {name: told[name] for name in names})
    _enter(work, event, told, told["mentorship_id"])


class _PathwayMoved(Told):
    pathway_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    reason = fields.String(required=True, allow_none=True)
    enrolled_on = fields.Date(required=True)
    work_ready_on = fields.Date(required=True, allow_none=True)
    on = fields.Date(required=True)


def _pathway_moved(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Count the man as work-ready once he is; enter the milestone on his timeline."""
    names = ("pathway_id", "shedder_id", "enrolled_on", "work_ready_on")
    upsert(work.session, PathwayFact, {name: told[name] for name in names})
    _enter(work, event, told, told["pathway_id"])


class _JobStarted(Told):
    job_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    started_on = fields.Date(required=True)
    is_first = fields.Boolean(required=True)


def _job_started(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Count the job, and the man's first apart; enter it on his timeline."""
    upsert(work.session, JobFact, told)
    _enter(work, event, {**told, "on": told["started_on"], "reason": None}, told["job_id"])


class _JobEnded(Told):
    job_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    ended_on = fields.Date(required=True)


def _job_ended(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Enter it on the man's timeline."""
    _enter(work, event, {**told, "on": told["ended_on"], "reason": None}, told["job_id"])


class _JobChecked(Told):
    job_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    weeks = fields.Integer(required=True)
    status = fields.String(required=True)
    known_by = fields.String(required=True, allow_none=True)
    recorded_on = fields.Date(required=True)


_COUNTED_WEEKS = {13: "weeks_13", 26: "weeks_26"}


def _job_checked(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Count what is known at 13 and at 26 weeks; enter every checkpoint on his timeline."""
    if told["weeks"] in _COUNTED_WEEKS:
        known = {_COUNTED_WEEKS[told["weeks"]]: told["status"]}
        work.session.execute(update(JobFact).where(JobFact.job_id == told["job_id"]).values(known))
    details = {"weeks": told["weeks"], "status": told["status"], "known_by": told["known_by"]}
    enter(
        work,
        told["shedder_id"],
        told["recorded_on"],
        event.name,
        told["job_id"],
        details=details,
        source_id=event.id,
    )


def _enter(work: Work, event: Event, told: dict[str, Any], subject_id: Any) -> None:
    details = {"reason": told["reason"]} if told["reason"] else {}
    enter(work, told["shedder_id"], told["on"], event.name, subject_id, details=details, source_id=event.id)


class _ReceiptGiven(Told):
    shedder_id = fields.UUID(required=True)
    on = fields.Date(required=True)


def _receipt_given(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Rule 4: keep the service's receipt for a man who was erased; with the last one it is complete."""
    receive_receipt(work, told["shedder_id"], event.producer, told["on"])


_RECEIPT = Handler("receipt.given", _ReceiptGiven, _receipt_given, of_the_erased=True)

FROM_REFERRALS = [
    Handler("referral.*", _ReferralMoved, telling(_referral_moved), of_the_erased=True),
    Handler("appointment.*", _AppointmentMoved, _appointment_moved),
    QUESTIONS,
    REMINDERS,
    _RECEIPT,
]
FROM_MENTORING = [
    Handler("mentor.trained", _MentorTrained, _mentor_trained),
    Handler("mentorship.*", _MentorshipMoved, telling(_mentorship_moved)),
    Handler("pathway.*", _PathwayMoved, telling(_pathway_moved), of_the_erased=True),
    Handler("job.started", _JobStarted, _job_started, of_the_erased=True),
    Handler("job.ended", _JobEnded, _job_ended),
    Handler("job.checked", _JobChecked, _job_checked, of_the_erased=True),
    _RECEIPT,
]

_TOLD = ("referral.", "appointment.", "mentorship.", "pathway.", "job.")
PROJECTIONS = [
    Projection(ReferralFact, ("referral_id",)),
    Projection(MentorFact, ("mentor_id",)),
    Projection(MentorshipFact, ("mentorship_id",)),
    Projection(PathwayFact, ("pathway_id",)),
    Projection(JobFact, ("job_id",)),
    Projection(
        TimelineEntry,
        ("source_id",),
        passing=("id", "recorded_at"),
        part=or_(*(TimelineEntry.what.startswith(family) for family in _TOLD)),
    ),
]
"""What is made of the others' events, and can be made anew of them. The registry's own entries are not."""
