"""Erasures and legal holds over HTTP."""

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.domain.codes import AskedHow, ErasureGround, HoldReason, RefuseErasureReason
from services.registry.domain.lifecycles import (
    ERASURE,
    HOLD,
    ErasureAction,
    ErasureState,
    HoldAction,
    HoldState,
)
from services.registry.queries import lists, visible
from services.registry.use_cases import erasures, holds
from shared.http.fields import Code, Day
from shared.http.history_api import history_route
from shared.http.routes import create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Nothing, Paged


class AskErasure(Input):
    asked_on = Day()
    asked_how = Code(AskedHow, required=True)


class RefuseErasure(Input):
    reason = Code(RefuseErasureReason, required=True)


class Receipt(Answer):
    service = fields.String(required=True)
    given_on = fields.Date(required=True)


class Erasure(LifecycleAnswer):
    lifecycle = ERASURE
    path = "/registry/erasures/{id}"

    id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    ground = Code(ErasureGround, required=True)
    asked_on = fields.Date(allow_none=True)
    asked_how = Code(AskedHow, allow_none=True)
    recorded_by = fields.UUID(required=True)
    state = Code(ErasureState, required=True)
    confirmed_by = fields.UUID(allow_none=True)
    coded_reason = fields.String(allow_none=True)
    erased_on = fields.Date(allow_none=True)
    receipts = fields.List(fields.Nested(Receipt), required=True)
    waits_for = fields.List(
        fields.String(), required=True, metadata={"description": "Services that have not answered."}
    )
    completed_on = fields.Date(allow_none=True)


class ErasureQuery(Paged):
    state = Code(ErasureState)
    shedder_id = fields.UUID()


class PlaceHold(Input):
    shedder_id = fields.UUID(required=True)
    reason = Code(HoldReason, required=True)


class LegalHold(LifecycleAnswer):
    lifecycle = HOLD
    path = "/registry/holds/{id}"

    id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    reason = Code(HoldReason, required=True)
    state = Code(HoldState, required=True)
    placed_on = fields.Date(required=True)
    placed_by = fields.UUID(required=True)
    lifted_on = fields.Date(allow_none=True)
    lifted_by = fields.UUID(allow_none=True)


class HoldQuery(Paged):
    state = Code(HoldState)
    shedder_id = fields.UUID()


_OF_ONE = "/shedders/<uuid:shedder_id>/erasures"
_ONE = "/erasures/<uuid:erasure_id>"
_HOLD = "/holds/<uuid:hold_id>"

ROUTES = [
    create(_OF_ONE, erasures.ask_erasure, may.ASK_ERASURE, AskErasure, Erasure, place="/erasures"),
    listing("/erasures", lists.list_erasures, may.SEE_ERASURES, Erasure, ErasureQuery),
    read(_ONE, erasures.read_erasure, may.SEE_ERASURES, Erasure),
    transition(f"{_ONE}/confirm", erasures.confirm_erasure, ERASURE, ErasureAction.CONFIRM, Nothing, Erasure),
    transition(
        f"{_ONE}/refuse", erasures.refuse_erasure, ERASURE, ErasureAction.REFUSE, RefuseErasure, Erasure
    ),
    history_route(_ONE, ERASURE, visible.erasures, may.SEE_ERASURES),
    listing("/holds", lists.list_holds, may.KEEP_HOLDS, LegalHold, HoldQuery),
    create("/holds", holds.place_hold, may.KEEP_HOLDS, PlaceHold, LegalHold),
    read(_HOLD, holds.read_hold, may.KEEP_HOLDS, LegalHold),
    transition(f"{_HOLD}/lift", holds.lift_hold, HOLD, HoldAction.LIFT, Nothing, LegalHold),
    history_route(_HOLD, HOLD, visible.holds, may.KEEP_HOLDS),
]
