"""The events that the registry publishes. Each field here may leave: ids, codes, dates, counts."""

from marshmallow import fields

from services.registry.domain.access import CoverState, EmergencyState
from services.registry.domain.clients import CLIENT, ClientState
from services.registry.domain.codes import ConsentMethod, Focus, Purpose, SessionMode
from services.registry.domain.lifecycles import (
    ACCOUNT,
    ERASURE,
    HOLD,
    AccountState,
    ErasureState,
)
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


class AccountTold(EventData):
    account_id = fields.UUID(required=True)
    state = fields.Enum(AccountState, by_value=fields.String, required=True)
    on = fields.Date(required=True)


class ClientTold(EventData):
    client_id = fields.UUID(required=True)
    state = fields.Enum(ClientState, by_value=fields.String, required=True)
    on = fields.Date(required=True)


class ErasureTold(EventData):
    erasure_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    state = fields.Enum(ErasureState, by_value=fields.String, required=True)
    reason = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)


class HoldTold(EventData):
    hold_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    on = fields.Date(required=True)


class EmergencyTold(EventData):
    emergency_access_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    state = fields.Enum(EmergencyState, by_value=fields.String, required=True)


class CoverTold(EventData):
    cover_id = fields.UUID(required=True)
    absent_account_id = fields.UUID(required=True)
    stand_in_account_id = fields.UUID(required=True)
    from_day = fields.Date(required=True)
    until_day = fields.Date(required=True)
    state = fields.Enum(CoverState, by_value=fields.String, required=True)


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
        *(EventType(row.event, AccountTold) for row in ACCOUNT.transitions),
        EventType("client.registered", ClientTold),
        *(EventType(row.event, ClientTold) for row in CLIENT.transitions),
        *(EventType(row.event, ErasureTold) for row in ERASURE.transitions),
        EventType("hold.placed", HoldTold),
        *(EventType(row.event, HoldTold) for row in HOLD.transitions),
        EventType("cover.named", CoverTold),
        EventType("cover.ended", CoverTold),
        EventType("emergency.begun", EmergencyTold),
        EventType("emergency.ended", EmergencyTold),
    ],
)
