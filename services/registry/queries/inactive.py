"""Men of whom nothing was heard for long: no session they came to, nothing that happened to them."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from services.registry.models import Attendance, Membership, Session, Shed, Shedder, TimelineEntry
from shared.erased import not_held


def inactive_since(database: Database, last_day: date) -> Iterator[tuple[UUID, str | None, date]]:
    """Each man of whom nothing was heard after a day: his country, and the last day something was."""
    for shedder_id, country, happened_on, came_on in database.execute(_HEARD_OF):
        heard_on = max((day for day in (happened_on, came_on) if day is not None), default=None)
        if heard_on is not None and heard_on <= last_day:
            yield shedder_id, country, heard_on


_HAPPENED = (
    select(func.max(TimelineEntry.happened_on))
    .where(TimelineEntry.shedder_id == Shedder.id)
    .scalar_subquery()
)
_CAME = (
    select(func.max(Session.held_on))
    .join(Attendance, Attendance.session_id == Session.id)
    .where(Attendance.shedder_id == Shedder.id)
    .scalar_subquery()
)
_COUNTRY = (
    select(Shed.country)
    .join(Membership, Membership.shed_id == Shed.id)
    .where(Membership.shedder_id == Shedder.id)
    .order_by(Membership.joined_on.desc(), Membership.id)
    .limit(1)
    .scalar_subquery()
)
_HEARD_OF = (
    select(Shedder.id, _COUNTRY, _HAPPENED, _CAME)
    .where(Shedder.erased_on.is_(None), not_held(Shedder.id))
    .order_by(Shedder.id)
)
