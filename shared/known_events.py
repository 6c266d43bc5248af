"""What is read of the registry's events by the services that keep what they tell (`shared.known`)."""

from marshmallow import fields

from shared.messaging.handlers import Told


class ShedOpened(Told):
    shed_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    country = fields.String(required=True)


class ShedClosed(Told):
    shed_id = fields.UUID(required=True)
    closed_on = fields.Date(required=True)


class Joined(Told):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    joined_on = fields.Date(required=True)


class Left(Told):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    left_on = fields.Date(required=True)


class ConsentGiven(Told):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    given_on = fields.Date(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    replaces = fields.UUID(required=True, allow_none=True)


class ConsentWithdrawn(Told):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    withdrawn_on = fields.Date(required=True)
