"""Mentors over HTTP."""

from marshmallow import fields

from services.mentoring.domain import permissions as may
from services.mentoring.queries import lists
from services.mentoring.use_cases import mentors
from shared.http.fields import Country, Day, Language, Line, Phone, Whole, several
from shared.http.routes import change, create, listing, read
from shared.http.schemas import Answer, Input, Paged


class MentorFields(Input):
    phone = Phone(allow_none=True)
    applied_on = Day(allow_none=True)
    interviewed_on = Day(allow_none=True)
    trained_on = Day(allow_none=True)
    training_course = Line(allow_none=True)
    vog_on = Day(allow_none=True, metadata={"description": "Date of the certificate of conduct (VOG)."})
    sectors = several(Line(longest=40))
    languages = several(Language())


class AddMentor(MentorFields):
    name = Line(required=True)
    country = Country(required=True)
    municipality = Line(required=True)
    capacity = Whole(1, 100, required=True, metadata={"description": "Most mentees at once."})
    external_ref = Line(longest=100)


class ChangeMentor(MentorFields):
    name = Line()
    municipality = Line()
    capacity = Whole(1, 100)
    left_on = Day(allow_none=True)


class Mentor(Answer):
    id = fields.UUID(required=True)
    partner_id = fields.UUID(allow_none=True)
    external_ref = fields.String(allow_none=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    municipality = fields.String(required=True)
    phone = fields.String(allow_none=True)
    applied_on = fields.Date(allow_none=True)
    interviewed_on = fields.Date(allow_none=True)
    trained_on = fields.Date(allow_none=True)
    training_course = fields.String(allow_none=True)
    vog_on = fields.Date(allow_none=True)
    left_on = fields.Date(allow_none=True)
    sectors = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    capacity = fields.Integer(required=True)
    mentees = fields.Integer(required=True)
    not_matchable = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What keeps him from a match."},
    )


class MentorQuery(Paged):
    country = Country()
    municipality = Line()
    language = Language()
    sector = Line(longest=40)


class NamedMentor(Answer):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    partner_id = fields.UUID(required=True, allow_none=True)
    municipality = fields.String(required=True)
    left_on = fields.Date(allow_none=True)


_ONE = "/mentors/<uuid:mentor_id>"

ROUTES = [
    listing("/mentors", lists.list_mentors, may.SEE_MENTORS, Mentor, MentorQuery),
    listing("/mentors/names", lists.list_mentor_names, may.KNOW_MENTORS, NamedMentor),
    create("/mentors", mentors.add_mentor, may.KEEP_MENTORS, AddMentor, Mentor),
    read(_ONE, mentors.read_mentor, may.SEE_MENTORS, Mentor),
    change(_ONE, mentors.change_mentor, may.KEEP_MENTORS, ChangeMentor, Mentor),
]
