"""Storing the sessions that were held before, and who came to them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from services.registry.domain import permissions as may
from services.registry.models import Activity, Attendance, Session
from services.registry.settings import Work
from services.registry.use_cases.activities import told_of
from shared.database.finding import batches
from shared.identifiers import new_id
from shared.imported_rows import Report, Row, taken


def store_sessions(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Sessions with who came, and the activities that they name and that are not there yet."""
    work.require(may.IMPORT_RECORDS)
    activities = _activities(work, rows)
    there = _sessions_there(work, list(activities.values()))
    sessions, attendance = [], []
    for row in rows:
        values = row.values
        activity_id = activities[values["shed_id"], values["activity"]]
        if (activity_id, values["held_on"]) in there:
            report.already_there += 1
            continue
        report.new += 1
        session = {
            "id": new_id(),
            "activity_id": activity_id,
            "version": 1,
            "created_at": work.now,
            **taken(values, "shed_id held_on mode anonymous_headcount"),
        }
        sessions.append(session)
        present = values.get("present", [])
        attendance += [{"session_id": session["id"], "shedder_id": man} for man in present]
        work.men.update(present)
        told = told_of(Session(**session), len(present))
        work.record("session.recorded", session["id"], told)
    _insert(work, Session, sessions)
    _insert(work, Attendance, attendance)


def _activities(work: Work, rows: Sequence[Row]) -> dict[tuple[UUID, str], UUID]:
    known = work.session.execute(select(Activity.shed_id, Activity.name, Activity.id))
    activities = {(shed_id, name): activity_id for shed_id, name, activity_id in known}
    wanted = {(row.values["shed_id"], row.values["activity"]) for row in rows}
    for shed_id, name in sorted(wanted - activities.keys(), key=str):
        activity = Activity(id=new_id(), shed_id=shed_id, name=name, schedule=[], created_at=work.now)
        work.session.add(activity)
        activities[shed_id, name] = activity.id
    work.session.flush()
    return activities


def _sessions_there(work: Work, activity_ids: Sequence[UUID]) -> set[tuple[UUID, date]]:
    there: set[tuple[UUID, date]] = set()
    for some in batches(activity_ids):
        held = select(Session.activity_id, Session.held_on).where(Session.activity_id.in_(some))
        there.update(work.session.execute(held).all())
    return there


def _insert(work: Work, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        work.session.connection().execute(insert(model.__table__), rows)
