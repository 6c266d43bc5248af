"""Mentors: applying, interview, training, certificate of conduct, leaving."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.mentoring.domain import permissions as may
from services.mentoring.models import Mentor
from services.mentoring.queries import visible
from services.mentoring.queries.room import with_room
from services.mentoring.settings import Work
from shared.database.finding import assign, find, refuse_second_ref
from shared.errors import FieldError, InvalidInput

DATES = ("applied_on", "interviewed_on", "trained_on", "vog_on", "left_on")
EDITABLE = (
    "name",
    "municipality",
    "phone",
    "training_course",
    "sectors",
    "languages",
    "capacity",
    *DATES,
)


def add_mentor(work: Work, *, values: Mapping[str, Any]) -> Mentor:
    """Add a mentor of one's own partner, from his application on."""
    work.require(may.KEEP_MENTORS)
    refuse_second_ref(work.session, Mentor, work.actor.ref_owner, values.get("external_ref"), "a mentor")
    mentor = Mentor(
        partner_id=work.actor.partner_id,
        country=values["country"],
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        sectors=[],
        languages=[],
    )
    _assign(work, mentor, values)
    work.session.add(mentor)
    work.session.flush()
    tell_if_trained(work, mentor)
    return with_room(work, [mentor])[0]


def change_mentor(work: Work, *, mentor_id: UUID, values: Mapping[str, Any]) -> Mentor:
    """Change what is known of a mentor: interview, training, VOG, languages, room."""
    mentor = find(work.session, visible.mentors(work.actor), mentor_id, for_change=True)
    work.require(may.KEEP_MENTORS)
    work.expect_version(mentor)
    before = mentor.trained_on
    _assign(work, mentor, values)
    work.session.flush()
    if mentor.trained_on != before:
        tell_if_trained(work, mentor)
    return with_room(work, [mentor])[0]


def read_mentor(work: Work, *, mentor_id: UUID) -> Mentor:
    """Read one mentor, with the room he has and what keeps him from a match."""
    mentor = find(work.session, visible.mentors(work.actor), mentor_id)
    work.require(may.SEE_MENTORS)
    return with_room(work, [mentor])[0]


def tell_if_trained(work: Work, mentor: Mentor) -> None:
    """Tell the programme figures of a mentor who is trained."""
    if mentor.trained_on is not None:
        told = {
            "mentor_id": mentor.id,
            "partner_id": mentor.partner_id,
            "country": mentor.country,
            "trained_on": mentor.trained_on,
        }
        work.record("mentor.trained", mentor.id, told)


def _assign(work: Work, mentor: Mentor, values: Mapping[str, Any]) -> None:
    late = [name for name in DATES if (values.get(name) or work.today) > work.today]
    if late:
        raise InvalidInput([FieldError((name,), "This day is still to come.") for name in late])
    assign(mentor, values, EDITABLE)
