"""Ambassadors over HTTP."""

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.domain.lifecycles import AMBASSADOR, AmbassadorAction, AmbassadorState
from services.registry.queries import lists, visible
from services.registry.use_cases import ambassadors
from shared.http.fields import Code, Day, Line, Phone
from shared.http.history_api import history_route
from shared.http.routes import action, change, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Paged


class AddAmbassador(Input):
    name = Line(required=True)
    shed_id = fields.UUID(required=True)
    phone = Phone(allow_none=True)
    trained_on = Day(allow_none=True)
    external_ref = Line(longest=100)


class ChangeAmbassador(Input):
    name = Line()
    phone = Phone(allow_none=True)
    trained_on = Day(allow_none=True)


class NameShed(Input):
    shed_id = fields.UUID(required=True)


class Leave(Input):
    left_on = Day()


class AmbassadorQuery(Paged):
    shed_id = fields.UUID()


class ServedShed(Answer):
    shed_id = fields.UUID(required=True)
    since = fields.Date(required=True)
    until = fields.Date(allow_none=True)


class Ambassador(LifecycleAnswer):
    lifecycle = AMBASSADOR
    path = "/registry/ambassadors/{id}"

    id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    name = fields.String(required=True)
    phone = fields.String(allow_none=True)
    trained_on = fields.Date(allow_none=True)
    left_on = fields.Date(allow_none=True)
    state = Code(AmbassadorState, required=True)
    sheds = fields.List(fields.Nested(ServedShed), required=True)


class NamedAmbassador(Answer):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    partner_id = fields.UUID(required=True)
    left_on = fields.Date(allow_none=True)
    shed_names = fields.List(
        fields.String(), required=True, metadata={"description": "Of the sheds that he serves now."}
    )


_ONE = "/ambassadors/<uuid:ambassador_id>"

ROUTES = [
    listing("/ambassadors", lists.list_ambassadors, may.SEE_AMBASSADORS, Ambassador, AmbassadorQuery),
    listing("/ambassadors/names", lists.list_ambassador_names, may.KEEP_ACCOUNTS, NamedAmbassador),
    create("/ambassadors", ambassadors.add_ambassador, may.KEEP_AMBASSADORS, AddAmbassador, Ambassador),
    read(_ONE, ambassadors.read_ambassador, may.SEE_AMBASSADORS, Ambassador),
    change(_ONE, ambassadors.change_ambassador, may.KEEP_AMBASSADORS, ChangeAmbassador, Ambassador),
    action(f"{_ONE}/assign_shed", ambassadors.assign_shed, may.KEEP_AMBASSADORS, NameShed, Ambassador),
    action(
        f"{_ONE}/release_from_shed", ambassadors.release_from_shed, may.KEEP_AMBASSADORS, NameShed, Ambassador
    ),
    transition(
        f"{_ONE}/leave", ambassadors.leave_programme, AMBASSADOR, AmbassadorAction.LEAVE, Leave, Ambassador
    ),
    history_route(_ONE, AMBASSADOR, visible.ambassadors, may.SEE_AMBASSADORS),
]
