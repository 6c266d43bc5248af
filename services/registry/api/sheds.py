"""Partners and sheds over HTTP."""

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.domain.codes import Focus, NewMen
from services.registry.domain.lifecycles import SHED, ShedAction, ShedState
from services.registry.queries import lists, visible
from services.registry.use_cases import sheds
from shared.http.fields import Code, Country, Day, Line, OpeningHours, Whole
from shared.http.history_api import history_route
from shared.http.routes import change, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Paged


class AddPartner(Input):
    name = Line(required=True)
    country = Country(required=True)


class ChangePartner(Input):
    name = Line()
    country = Country()


class Partner(Answer):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    country = fields.String(required=True)


class ShedFields(Input):
    """What can be said of a shed, and changed later."""

    neighbourhood = Line(allow_none=True)
    opening_hours = OpeningHours()
    capacity = Whole(1, 1000, allow_none=True)
    new_men = Code(NewMen)


class OpenShed(ShedFields):
    name = Line(required=True)
    country = Country(required=True)
    municipality = Line(required=True)
    focus = Code(Focus, required=True)
    opened_on = Day()
    external_ref = Line(longest=100)


class ChangeShed(ShedFields):
    name = Line()
    municipality = Line()
    focus = Code(Focus)


class CloseShed(Input):
    closed_on = Day()


class ShedQuery(Paged):
    country = Country()
    municipality = Line()
    partner_id = fields.UUID()
    state = Code(ShedState)


class Shed(LifecycleAnswer):
    lifecycle = SHED
    path = "/registry/sheds/{id}"

    id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    municipality = fields.String(required=True)
    neighbourhood = fields.String(allow_none=True)
    focus = Code(Focus, required=True)
    opening_hours = fields.List(fields.Dict())
    capacity = fields.Integer(allow_none=True)
    new_men = Code(NewMen, required=True)
    opened_on = fields.Date(required=True)
    closed_on = fields.Date(allow_none=True)
    state = Code(ShedState, required=True)


ROUTES = [
    listing("/partners", lists.list_partners, may.SEE_PARTNERS, Partner),
    create("/partners", sheds.add_partner, may.KEEP_PARTNERS, AddPartner, Partner),
    read("/partners/<uuid:partner_id>", sheds.read_partner, may.SEE_PARTNERS, Partner),
    change("/partners/<uuid:partner_id>", sheds.change_partner, may.KEEP_PARTNERS, ChangePartner, Partner),
    listing("/sheds", lists.list_sheds, may.SEE_SHEDS, Shed, ShedQuery),
    create("/sheds", sheds.open_shed, may.OPEN_SHED, OpenShed, Shed),
    read("/sheds/<uuid:shed_id>", sheds.read_shed, may.SEE_SHEDS, Shed),
    change("/sheds/<uuid:shed_id>", sheds.change_shed, may.CHANGE_SHED, ChangeShed, Shed),
    transition("/sheds/<uuid:shed_id>/close", sheds.close_shed, SHED, ShedAction.CLOSE, CloseShed, Shed),
    history_route("/sheds/<uuid:shed_id>", SHED, visible.sheds, may.SEE_SHEDS),
]
