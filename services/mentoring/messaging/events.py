"""The events that mentoring publishes. Each field here is one that may leave: ids, codes, dates, counts."""

from marshmallow import fields

from services.mentoring.domain.codes import CheckpointStatus, Contract, KnownBy
from services.mentoring.domain.lifecycles import (
    JOB,
    MENTORSHIP,
    PATHWAY,
    PROPOSAL_EVENTS,
    STEP,
    MentorshipState,
    PathwayState,
    StepState,
)
from shared.messaging.events import Catalogue, EventData, EventType


class MentorTrained(EventData):
    mentor_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True, allow_none=True)
    country = fields.String(required=True)
    trained_on = fields.Date(required=True)
    in_order_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Until when his training and VOG hold; null: one is missing, or he left."},
    )


class MentorshipTold(EventData):
    """What every event of a mentorship tells; `on` is the day of the step."""

    mentorship_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    state = fields.Enum(MentorshipState, by_value=fields.String, required=True)
    reason = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)


class SessionNoted(EventData):
    mentorship_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    minutes = fields.Integer(required=True)


class PathwayTold(EventData):
    """What every event of a pathway tells; `on` is the day of the step."""

    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    state = fields.Enum(PathwayState, by_value=fields.String, required=True)
    reason = fields.String(required=True, allow_none=True)
    enrolled_on = fields.Date(required=True)
    work_ready_on = fields.Date(required=True, allow_none=True)
    on = fields.Date(required=True)


class StepTold(EventData):
    step_id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    code = fields.String(required=True)
    state = fields.Enum(StepState, by_value=fields.String, required=True)
    on = fields.Date(required=True)


class JobStarted(EventData):
    job_id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    started_on = fields.Date(required=True)
    hours_per_week = fields.Integer(required=True)
    contract = fields.Enum(Contract, by_value=fields.String, required=True)
    is_first = fields.Boolean(required=True)


class JobEnded(EventData):
    job_id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    ended_on = fields.Date(required=True)


class JobChecked(EventData):
    job_id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    weeks = fields.Integer(required=True)
    status = fields.Enum(CheckpointStatus, by_value=fields.String, required=True)
    known_by = fields.Enum(KnownBy, by_value=fields.String, required=True, allow_none=True)
    recorded_on = fields.Date(required=True)


class ReceiptGiven(EventData):
    """That what this service held on a man is erased."""

    shedder_id = fields.UUID(required=True)
    on = fields.Date(required=True)


CATALOGUE = Catalogue(
    "mentoring",
    [
        EventType("mentor.trained", MentorTrained),
        EventType("mentorship.proposed", MentorshipTold),
        *(EventType(row.event, MentorshipTold) for row in MENTORSHIP.transitions),
        EventType("mentoring_session.noted", SessionNoted),
        EventType("pathway.enrolled", PathwayTold),
        EventType("pathway.readiness_proposed", PathwayTold),
        *(EventType(event, PathwayTold) for event in PROPOSAL_EVENTS.values()),
        *(EventType(row.event, PathwayTold) for row in PATHWAY.transitions),
        *(EventType(row.event, StepTold) for row in STEP.transitions),
        EventType("job.started", JobStarted),
        *(EventType(row.event, JobEnded) for row in JOB.transitions),
        EventType("job.checked", JobChecked),
        EventType("receipt.given", ReceiptGiven),
    ],
)
