"""Shedders over HTTP: search first, then register; their sheds and their timelines."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.registry.domain import permissions as may
from services.registry.queries import lists
from services.registry.use_cases import shedders
from shared.http.fields import LAST_DAY, Day, FreeText, Language, Line, Phone, SearchText, Whole, several
from shared.http.routes import action, change, create, listing, read, search
from shared.http.schemas import Answer, Input, Paged


class ShedderFields(Input):
    """What a man may tell of himself; nothing of it is required."""

    phone = Phone(allow_none=True)
    email = Line(allow_none=True, metadata={"description": "An e-mail address."})
    address = Line(longest=400, allow_none=True)
    birth_year = Whole(1900, LAST_DAY.year, allow_none=True)
    languages = several(Language())
    neighbourhood = Line(allow_none=True)
    interests = FreeText(allow_none=True)

    @validates_schema
    def email_is_one(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values.get("email"):
            try:
                validate.Email()(values["email"])
            except ValidationError as error:
                raise ValidationError(error.messages, "email") from None


class RegisterShedder(ShedderFields):
    known_as = Line(required=True, metadata={"description": "The name he goes by."})
    shed_id = fields.UUID(required=True)
    joined_on = Day()
    external_ref = Line(longest=100, metadata={"description": "The sender's own reference."})


class ChangeShedder(ShedderFields):
    known_as = Line()


class SearchShedders(Input):
    name = SearchText()
    name_like = SearchText(metadata={"description": "His name, that may be written otherwise there."})
    phone = Phone()
    external_ref = Line(longest=100)
    ids = several(fields.UUID(), most=50, metadata={"description": "Men whose identifiers one has."})
    limit = Whole(1, 50, load_default=20)

    @validates_schema
    def asks_for_something(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if not values.keys() & {"name", "name_like", "phone", "external_ref", "ids"}:
            raise ValidationError(
                "Give part of his name, his telephone, your own reference or identifiers.", "name"
            )


class JoinShed(Input):
    shed_id = fields.UUID(required=True)
    joined_on = Day()


class LeaveShed(Input):
    shed_id = fields.UUID(required=True)
    left_on = Day()


class ShedderQuery(Paged):
    shed_id = fields.UUID()


class Membership(Answer):
    shed_id = fields.UUID(required=True)
    joined_on = fields.Date(required=True)
    left_on = fields.Date(allow_none=True)


class Shedder(Answer):
    id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    known_as = fields.String(required=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    birth_year = fields.Integer(allow_none=True)
    languages = fields.List(fields.String(), required=True)
    neighbourhood = fields.String(allow_none=True)
    interests = fields.String(allow_none=True)
    memberships = fields.List(fields.Nested(Membership), required=True)


class TimelineEntry(Answer):
    id = fields.UUID(required=True)
    happened_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    what = fields.String(required=True, metadata={"example": "referral.accepted"})
    subject_id = fields.UUID(required=True, metadata={"description": "What it happened with."})
    details = fields.Dict(required=True, metadata={"description": "Codes, identifiers and dates."})


class AttendedSession(Answer):
    id = fields.UUID(required=True)
    activity_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)


_ONE = "/shedders/<uuid:shedder_id>"

ROUTES = [
    listing("/shedders", lists.list_shedders, may.SEE_SHEDDERS, Shedder, ShedderQuery),
    search("/shedders/search", lists.search_shedders, may.SEE_SHEDDERS, SearchShedders, Shedder),
    create("/shedders", shedders.register_shedder, may.REGISTER_SHEDDER, RegisterShedder, Shedder),
    read(_ONE, shedders.read_shedder, may.SEE_SHEDDERS, Shedder),
    change(_ONE, shedders.change_shedder, may.CHANGE_SHEDDER, ChangeShedder, Shedder),
    action(f"{_ONE}/join_shed", shedders.join_shed, may.CHANGE_SHEDDER, JoinShed, Shedder),
    action(f"{_ONE}/leave_shed", shedders.leave_shed, may.CHANGE_SHEDDER, LeaveShed, Shedder),
    listing(f"{_ONE}/timeline", lists.read_timeline, may.SEE_TIMELINE, TimelineEntry),
    listing(f"{_ONE}/attendance", lists.list_attendance, may.SEE_TIMELINE, AttendedSession),
]
