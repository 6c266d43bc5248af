"""The programme figures over HTTP."""

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.queries.figures import CHECKPOINTS, read_figures
from shared.http.fields import Country, Day
from shared.http.routes import read
from shared.http.schemas import Answer, Input


class FiguresQuery(Input):
    country = Country()
    partner_id = fields.UUID()
    shed_id = fields.UUID()
    since = Day(metadata={"description": "The first day of the period."})
    until = Day(metadata={"description": "The last day of the period."})


def _count() -> fields.Integer:
    """A figure; null when it is too small to be shown to the caller."""
    return fields.Integer(required=True, allow_none=True)


def _counts() -> fields.Dict:
    return fields.Dict(fields.String(), fields.Integer(allow_none=True), required=True)


class Sheds(Answer):
    opened = _count()
    open_at_end = _count()


class Men(Answer):
    taking_part = _count()
    by_neighbourhood = _counts()


class Week(Answer):
    week = fields.String(required=True, metadata={"example": "2019-W05"})
    monday = fields.Date(required=True)
    men = _count()
    anonymous_headcount = _count()


class Quarter(Answer):
    quarter = fields.String(required=True, metadata={"example": "2019-Q1"})
    weeks = fields.Integer(required=True)
    men_in_half_the_weeks = _count()


class Participation(Answer):
    weeks = fields.List(fields.Nested(Week), required=True)
    quarters = fields.List(fields.Nested(Quarter), required=True)


class AnswerTime(Answer):
    answered = _count()
    median_days = fields.Float(required=True, allow_none=True)
    within_promise = _count()


class Referrals(Answer):
    requested = _count()
    by_state = _counts()
    by_need = _counts()
    answer_time = fields.Nested(AnswerTime, required=True)


class Mentors(Answer):
    trained = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "Null with a shed asked for: they belong to none. With a partner asked for, null "
            "where mentors of no partner were trained in a country of its sheds: whose they are is not known."
        },
    )


class WorkReady(Answer):
    men = _count()


# Made from a table, for a class attribute called `unknown` would be marshmallow's own option.
Checkpoint = Answer.from_dict({status: _count() for status in CHECKPOINTS}, name="Checkpoint")


class Jobs(Answer):
    men = _count()
    all = _count()
    at_13_weeks = fields.Nested(Checkpoint, required=True)
    at_26_weeks = fields.Nested(Checkpoint, required=True)


class Asked(Answer):
    country = fields.String()
    partner_id = fields.UUID()
    shed_id = fields.UUID()
    since = fields.Date()
    until = fields.Date()


class Figures(Answer):
    asked = fields.Nested(Asked, required=True)
    as_of = fields.Date(required=True)
    sheds = fields.Nested(Sheds, required=True)
    men = fields.Nested(Men, required=True)
    participation = fields.Nested(Participation, required=True)
    referrals = fields.Nested(Referrals, required=True)
    mentors = fields.Nested(Mentors, required=True)
    work_ready = fields.Nested(WorkReady, required=True)
    jobs = fields.Nested(Jobs, required=True)
    hidden_below = fields.Integer(metadata={"description": "Counts below this are hidden from the caller."})
    definitions = fields.Dict(fields.String(), fields.String(), required=True)


ROUTES = [read("/figures", read_figures, may.READ_FIGURES, Figures, query=FiguresQuery)]
