"""The events that the registry publishes. Each field here may leave: ids, codes, dates, counts."""

from marshmallow import fields

from services.registry.domain.codes import ConsentMethod, Focus, Purpose, SessionMode
from shared.messaging.events import Catalogue, EventData, EventType


class ShedOpened(EventData):
    shed_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    country = fields.String(required=True)
    focus = fields.Enum(Focus, by_value=fields.String, required=True)
    opened_on = fields.Date(required=True)


class ShedClosed(EventData):
    shed_id = fields.UUID(required=True)
    closed_on = fields.Date(required=True)


class AmbassadorAdded(EventData):
    ambassador_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)


class AmbassadorShedChanged(EventData):
    ambassador_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)


class AmbassadorLeft(EventData):
    ambassador_id = fields.UUID(required=True)
    left_on = fields.Date(required=True)


class ShedderJoined(EventData):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    joined_on = fields.Date(required=True)


class ShedderLeft(EventData):
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    left_on = fields.Date(required=True)


class ConsentGiven(EventData):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.Enum(Purpose, by_value=fields.String, required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    given_on = fields.Date(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    method = fields.Enum(ConsentMethod, by_value=fields.String, required=True)
    language = fields.String(required=True)
    replaces = fields.UUID(required=True, allow_none=True)


class ConsentWithdrawn(EventData):
    consent_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = fields.Enum(Purpose, by_value=fields.String, required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    withdrawn_on = fields.Date(required=True)


class SessionRecorded(EventData):
    session_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    activity_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    mode = fields.Enum(SessionMode, by_value=fields.String, required=True)
    named_count = fields.Integer(required=True)
    anonymous_headcount = fields.Integer(required=True)


CATALOGUE = Catalogue(
    "registry",
    [
        EventType("shed.opened", ShedOpened),
        EventType("shed.closed", ShedClosed),
        EventType("ambassador.added", AmbassadorAdded),
        EventType("ambassador.assigned", AmbassadorShedChanged),
        EventType("ambassador.released", AmbassadorShedChanged),
        EventType("ambassador.left", AmbassadorLeft),
        EventType("shedder.registered", ShedderJoined),
        EventType("shedder.joined", ShedderJoined),
        EventType("shedder.left", ShedderLeft),
        EventType("consent.given", ConsentGiven),
        EventType("consent.withdrawn", ConsentWithdrawn),
        EventType("session.recorded", SessionRecorded),
    ],
)
