"""The events that referrals publishes. Each field here is one that may leave: ids, codes, dates, counts."""

from marshmallow import fields

from services.referrals.domain.codes import (
    AskedBy,
    NeedCategory,
    Result,
    Side,
    TakingReferrals,
    Urgency,
)
from services.referrals.domain.lifecycles import REFERRAL, AppointmentState, ReferralState
from shared.messaging.events import Catalogue, EventData, EventType


class OrganisationListed(EventData):
    organisation_id = fields.UUID(required=True)
    country = fields.String(required=True)


class ServiceListed(EventData):
    service_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    need_category = fields.Enum(NeedCategory, by_value=fields.String, required=True)
    taking_referrals = fields.Enum(TakingReferrals, by_value=fields.String, required=True)
    promised_days = fields.Integer(required=True)


class OutcomeTold(EventData):
    need_category = fields.Enum(NeedCategory, by_value=fields.String, required=True)
    result = fields.Enum(Result, by_value=fields.String, required=True)


class ReferralTold(EventData):
    """What every event of a referral tells; `on` is the day of the step."""

    referral_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True)
    service_id = fields.UUID(required=True)
    need_category = fields.Enum(NeedCategory, by_value=fields.String, required=True)
    urgency = fields.Enum(Urgency, by_value=fields.String, required=True)
    state = fields.Enum(ReferralState, by_value=fields.String, required=True)
    reason = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)
    requested_on = fields.Date(required=True, allow_none=True)
    answered_on = fields.Date(required=True, allow_none=True)
    answer_days = fields.Integer(required=True, allow_none=True)
    promised_days = fields.Integer(required=True, allow_none=True)
    follows_id = fields.UUID(required=True, allow_none=True)


class ReferralWaitlisted(ReferralTold):
    expected_on = fields.Date(required=True)


class ReferralCompleted(ReferralTold):
    outcomes = fields.List(fields.Nested(OutcomeTold), required=True)


class ReferralReminded(ReferralTold):
    """That a coordinator reminded who is to act: the state is as it was."""

    whom = fields.Enum(Side, by_value=fields.String, required=True)


class AppointmentTold(EventData):
    """What every event of an appointment tells: its day, no hour and no place."""

    appointment_id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    state = fields.Enum(AppointmentState, by_value=fields.String, required=True)
    day = fields.Date(required=True)


class AppointmentMoved(AppointmentTold):
    asked_by = fields.Enum(AskedBy, by_value=fields.String, required=True)


class QuestionTold(EventData):
    question_id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True)
    asked_by = fields.Enum(Side, by_value=fields.String, required=True)


class ReceiptGiven(EventData):
    """That what this service held on a man is erased."""

    shedder_id = fields.UUID(required=True)
    on = fields.Date(required=True)


_TELLS_MORE = {
    "referral.waitlisted": ReferralWaitlisted,
    "referral.completed": ReferralCompleted,
}

CATALOGUE = Catalogue(
    "referrals",
    [
        EventType("organisation.listed", OrganisationListed),
        EventType("service.listed", ServiceListed),
        EventType("service.changed", ServiceListed),
        *(EventType(row.event, _TELLS_MORE.get(row.event, ReferralTold)) for row in REFERRAL.transitions),
        EventType("referral.inherited", ReferralTold),
        EventType("referral.reminded", ReferralReminded),
        EventType("appointment.booked", AppointmentTold),
        EventType("appointment.rescheduled", AppointmentMoved),
        EventType("appointment.attended", AppointmentTold),
        EventType("appointment.missed", AppointmentTold),
        EventType("appointment.cancelled", AppointmentMoved),
        EventType("appointment.taken_back", AppointmentTold),
        EventType("question.asked", QuestionTold),
        EventType("question.answered", QuestionTold),
        EventType("receipt.given", ReceiptGiven),
    ],
)
