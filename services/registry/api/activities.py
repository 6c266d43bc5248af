"""Activities, their sessions and attendance over HTTP."""

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.domain.codes import SessionMode
from services.registry.queries import lists
from services.registry.use_cases import activities
from shared.http.fields import Code, Day, Line, OpeningHours, Whole, several
from shared.http.routes import change, create, listing, read
from shared.http.schemas import Answer, Input, Paged


class AddActivity(Input):
    shed_id = fields.UUID(required=True)
    name = Line(required=True)
    schedule = OpeningHours()


class ChangeActivity(Input):
    name = Line()
    schedule = OpeningHours()
    ended_on = Day(allow_none=True)


class Activity(Answer):
    id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    name = fields.String(required=True)
    schedule = fields.List(fields.Dict(), required=True)
    ended_on = fields.Date(allow_none=True)


class ActivityQuery(Paged):
    shed_id = fields.UUID()


class Attendance(Input):
    """Who was there: everybody at once."""

    mode = Code(SessionMode, load_default=SessionMode.IN_SHED)
    present = several(fields.UUID(), most=500, load_default=list)
    anonymous_headcount = Whole(0, 1000, load_default=0)


class TakeAttendance(Attendance):
    activity_id = fields.UUID(required=True)
    held_on = Day()


class PresentMan(Answer):
    shedder_id = fields.UUID(required=True)


class Session(Answer):
    id = fields.UUID(required=True)
    activity_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    mode = Code(SessionMode, required=True)
    present = fields.List(fields.Nested(PresentMan), attribute="attendance", required=True)
    anonymous_headcount = fields.Integer(required=True)


class SessionQuery(Paged):
    shed_id = fields.UUID()
    activity_id = fields.UUID()
    since = Day()
    until = Day()


_ACTIVITY = "/activities/<uuid:activity_id>"
_SESSION = "/sessions/<uuid:session_id>"

ROUTES = [
    listing("/activities", lists.list_activities, may.SEE_ACTIVITIES, Activity, ActivityQuery),
    create("/activities", activities.add_activity, may.KEEP_ACTIVITIES, AddActivity, Activity),
    read(_ACTIVITY, activities.read_activity, may.SEE_ACTIVITIES, Activity),
    change(_ACTIVITY, activities.change_activity, may.KEEP_ACTIVITIES, ChangeActivity, Activity),
    listing("/sessions", lists.list_sessions, may.SEE_ACTIVITIES, Session, SessionQuery),
    create("/sessions", activities.take_attendance, may.TAKE_ATTENDANCE, TakeAttendance, Session),
    read(_SESSION, activities.read_session, may.SEE_ACTIVITIES, Session),
    change(
        f"{_SESSION}/attendance",
        activities.retake_attendance,
        may.TAKE_ATTENDANCE,
        Attendance,
        Session,
        method="PUT",
    ),
]
