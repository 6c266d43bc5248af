"""Emergency access over HTTP."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.registry.domain import permissions as may
from services.registry.domain.access import EMERGENCY_ACCESS, EmergencyAction, EmergencyState
from services.registry.domain.codes import EmergencyReason
from services.registry.queries import lists, visible
from services.registry.use_cases import emergencies
from shared.actor import Actor, Role
from shared.http.fields import Code, FreeText, Phone
from shared.http.history_api import history_route
from shared.http.routes import create, listing, read, transition
from shared.http.schemas import Input, LifecycleAnswer, Nothing, Paged


class BeginEmergencyAccess(Input):
    shedder_id = fields.UUID()
    phone = Phone(metadata={"description": "His whole number, where you do not know his id."})
    reason = Code(EmergencyReason, required=True)
    remark = FreeText(required=True, longest=1000, metadata={"description": "What is the matter."})

    @validates_schema
    def names_one_man(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if len(values.keys() & {"shedder_id", "phone"}) != 1:
            raise ValidationError("Name the man by his id or by his telephone number.", "shedder_id")


class EmergencyAccess(LifecycleAnswer):
    """An emergency access. What is the matter is no business of an administrator's."""

    lifecycle = EMERGENCY_ACCESS
    path = "/registry/emergency-accesses/{id}"

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True, metadata={"description": "Who looks."})
    shedder_id = fields.UUID(required=True)
    reason = Code(EmergencyReason, required=True)
    remark = fields.String()
    state = Code(EmergencyState, required=True)
    begun_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.UUID(allow_none=True, metadata={"description": "Null: its hour was over."})

    def shown_to(self, actor: Actor, _thing: Any) -> frozenset[str] | None:
        return self.without(frozenset({"remark"} if actor.role is Role.ADMINISTRATOR else ()))


class EmergencyQuery(Paged):
    state = Code(EmergencyState)
    shedder_id = fields.UUID()


_ALL = "/emergency-accesses"
_ONE = f"{_ALL}/<uuid:emergency_access_id>"

ROUTES = [
    listing(_ALL, lists.list_emergency_accesses, may.SEE_EMERGENCIES, EmergencyAccess, EmergencyQuery),
    create(
        _ALL, emergencies.begin_emergency_access, may.BEGIN_EMERGENCY, BeginEmergencyAccess, EmergencyAccess
    ),
    read(_ONE, emergencies.read_emergency_access, may.SEE_EMERGENCIES, EmergencyAccess),
    transition(
        f"{_ONE}/end",
        emergencies.end_emergency_access,
        EMERGENCY_ACCESS,
        EmergencyAction.END,
        Nothing,
        EmergencyAccess,
        if_match=False,
    ),
    history_route(_ONE, EMERGENCY_ACCESS, visible.emergency_accesses, may.SEE_EMERGENCIES),
]
