"""Mentors: applying, interview, training, certificate of conduct, leaving."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.mentoring.domain import permissions as may
from services.mentoring.domain.matching import in_order_until
from services.mentoring.models import Mentor
from services.mentoring.queries import visible
from services.mentoring.queries.room import with_room
from services.mentoring.settings import Work
from services.mentoring.use_cases.mentorships import end_for_mentor_who_left
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
    """Change what is known of a mentor: interview, training, VOG, languages. Leaving ends his matches."""
    mentor = find(work.session, visible.mentors(work.actor), mentor_id, for_change=True)
    work.require(may.KEEP_MENTORS)
    work.expect_version(mentor)
    before = told_of(work, mentor)
    if mentor.trained_on is not None and values.get("trained_on", mentor.trained_on) is None:
        raise InvalidInput.on("trained_on", "A training that was recorded can be corrected, not taken back.")
    _assign(work, mentor, values)
    work.session.flush()
    if told_of(work, mentor) != before:
        tell_if_trained(work, mentor)
    if mentor.left_on is not None:
        end_for_mentor_who_left(work, mentor.id)
    return with_room(work, [mentor])[0]


def read_mentor(work: Work, *, mentor_id: UUID) -> Mentor:
    """Read one mentor, with the room he has and what keeps him from a match."""
    mentor = find(work.session, visible.mentors(work.actor), mentor_id)
    work.require(may.SEE_MENTORS)
    return with_room(work, [mentor])[0]


def tell_if_trained(work: Work, mentor: Mentor) -> None:
    """Tell the registry of a mentor who is trained, and until when he is in order."""
    if mentor.trained_on is not None:
        work.record("mentor.trained", mentor.id, told_of(work, mentor))


def told_of(work: Work, mentor: Mentor) -> dict[str, Any]:
    """What an event tells of a mentor who is trained."""
    return {
        "mentor_id": mentor.id,
        "partner_id": mentor.partner_id,
        "country": mentor.country,
        "trained_on": mentor.trained_on,
        "in_order_until": in_order_until(mentor, work.settings.validity),
    }


def _assign(work: Work, mentor: Mentor, values: Mapping[str, Any]) -> None:
    late = [name for name in DATES if (values.get(name) or work.today) > work.today]
    if late:
        raise InvalidInput([FieldError((name,), "This day is still to come.") for name in late])
    assign(mentor, values, EDITABLE)
