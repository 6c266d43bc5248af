"""Activities of a shed, and taking attendance for a whole session at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from services.registry.domain import permissions as may
from services.registry.models import Activity, Attendance, Membership, Session, Shed
from services.registry.models.shedders import STILL_HERE
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.sheds import own_open_shed
from shared.database.finding import assign, find, find_or_none, refuse_second, touch
from shared.errors import FieldError, InvalidInput


def add_activity(work: Work, *, values: Mapping[str, Any]) -> Activity:
    """Add an activity to a shed."""
    work.require(may.KEEP_ACTIVITIES)
    shed = own_open_shed(work, values)
    same_name = select(Activity).where(Activity.shed_id == shed.id, Activity.name == values["name"])
    refuse_second(work.session, same_name, "There is an activity of this name in this shed already.")
    activity = Activity(
        shed_id=shed.id,
        name=values["name"],
        schedule=values.get("schedule") or [],
        created_at=work.now,
    )
    work.session.add(activity)
    return activity


def change_activity(work: Work, *, activity_id: UUID, values: Mapping[str, Any]) -> Activity:
    """Change an activity's name or schedule, or end it."""
    activity = find(work.session, visible.activities(work.actor), activity_id, for_change=True)
    work.require(may.KEEP_ACTIVITIES)
    work.expect_version(activity)
    same_name = select(Activity).where(
        Activity.shed_id == activity.shed_id, Activity.name == values.get("name"), Activity.id != activity_id
    )
    refuse_second(work.session, same_name, "There is an activity of this name in this shed already.")
    assign(activity, values, ("name", "schedule", "ended_on"))
    return activity


def read_activity(work: Work, *, activity_id: UUID) -> Activity:
    """Read one activity."""
    activity = find(work.session, visible.activities(work.actor), activity_id)
    work.require(may.SEE_ACTIVITIES)
    return activity


def take_attendance(work: Work, *, values: Mapping[str, Any]) -> Session:
    """Take attendance for a whole session: the men present by name, and how many gave none."""
    work.require(may.TAKE_ATTENDANCE)
    activity = find_or_none(work.session, visible.activities(work.actor), values["activity_id"])
    if activity is None:
        raise InvalidInput.on("activity_id", "This is not an activity of your sheds.")
    held_on = work.day(values, "held_on")
    _was_open(work, activity.shed_id, held_on)
    if activity.ended_on is not None and held_on > activity.ended_on:
        raise InvalidInput.on("held_on", "The activity had ended by this day.")
    taken = select(Session).where(Session.activity_id == activity.id, Session.held_on == held_on)
    refuse_second(work.session, taken, "There is attendance for this activity on this day already.")
    session = Session(
        activity_id=activity.id,
        shed_id=activity.shed_id,
        held_on=held_on,
        mode=values["mode"],
        anonymous_headcount=values["anonymous_headcount"],
        created_at=work.now,
    )
    _belong_here(work, activity.shed_id, values["present"])
    work.session.add(session)
    work.session.flush()
    _enter_present(work, session, values["present"])
    work.record("session.recorded", session.id, told_of(session, len(values["present"])))
    return session


def retake_attendance(work: Work, *, session_id: UUID, values: Mapping[str, Any]) -> Session:
    """Replace who was at a session, after a mistake."""
    session = find(work.session, visible.sessions(work.actor), session_id, for_change=True)
    work.require(may.TAKE_ATTENDANCE)
    work.expect_version(session)
    _belong_here(work, session.shed_id, values["present"])
    assign(session, values, ("mode", "anonymous_headcount"))
    # Those who were erased meanwhile are named to nobody, so nobody can name them again: they stay counted.
    of_session = Attendance.session_id == session_id
    work.session.execute(delete(Attendance).where(of_session, Attendance.shedder_id.in_(STILL_HERE)))
    erased = work.session.scalar(select(func.count()).select_from(Attendance).where(of_session)) or 0
    _enter_present(work, session, values["present"])
    touch(session, "attendance")
    work.record("session.recorded", session.id, told_of(session, erased + len(values["present"])))
    return session


def read_session(work: Work, *, session_id: UUID) -> Session:
    """Read one session, and who was there."""
    session = find(work.session, visible.sessions(work.actor), session_id)
    work.require(may.SEE_ACTIVITIES)
    return session


def told_of(session: Session, named: int) -> dict[str, Any]:
    """What an event tells of a session: counts, nobody's identity."""
    return {
        "session_id": session.id,
        "shed_id": session.shed_id,
        "activity_id": session.activity_id,
        "held_on": session.held_on,
        "mode": session.mode,
        "named_count": named,
        "anonymous_headcount": session.anonymous_headcount,
    }


def _was_open(work: Work, shed_id: UUID, day: date) -> None:
    shed = work.session.get_one(Shed, shed_id)
    if day < shed.opened_on or (shed.closed_on is not None and day > shed.closed_on):
        raise InvalidInput.on("held_on", "The shed was not open on this day.")


def _belong_here(work: Work, shed_id: UUID, present: Sequence[UUID]) -> None:
    """Every man named must belong, or have belonged, to the shed."""
    wanted = select(Membership.shedder_id).where(
        Membership.shed_id == shed_id,
        Membership.shedder_id.in_(present),
        Membership.shedder_id.in_(STILL_HERE),
    )
    known = set(work.session.scalars(wanted))
    strangers = [
        FieldError(("present", place), "He does not belong to this shed.")
        for place, shedder_id in enumerate(present)
        if shedder_id not in known
    ]
    if strangers:
        raise InvalidInput(strangers)


def _enter_present(work: Work, session: Session, present: Sequence[UUID]) -> None:
    if present:
        rows = [{"session_id": session.id, "shedder_id": shedder_id} for shedder_id in present]
        work.session.execute(insert(Attendance), rows)
