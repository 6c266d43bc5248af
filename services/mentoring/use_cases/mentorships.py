"""Mentorships: proposing a match, the first meeting, pausing, ending; and the sessions in between."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.codes import PauseReason, RejectedBy, RejectReason, StopReason
from services.mentoring.domain.lifecycles import (
    MENTORSHIP,
    TAKES_ROOM,
    MentorshipAction,
    MentorshipState,
)
from services.mentoring.models import (
    KNOWN,
    KnownShed,
    Mentor,
    MentoringSession,
    Mentorship,
)
from services.mentoring.queries import visible
from services.mentoring.queries.room import with_room
from services.mentoring.settings import Work
from shared.database.finding import find, find_or_none, refuse_second
from shared.erased import refuse_erased
from shared.errors import Conflict, ConsentMissing, InvalidInput, TransitionNotAllowed
from shared.history import entry
from shared.lifecycle import Transition


def propose_mentorship(work: Work, *, values: Mapping[str, Any]) -> Mentorship:
    """Propose a match. A mentor who is full, or not trained, or without a valid VOG, is refused."""
    work.require(may.PROPOSE_MENTORSHIP)
    shed = _own_shed_of(work, values["shedder_id"])
    mentor = find_or_none(work.session, visible.mentors(work.actor), values["mentor_id"])
    if mentor is None:
        raise InvalidInput.on("mentor_id", "This is not a mentor whom you may match.")
    work.session.get_one(Mentor, mentor.id, with_for_update=True)
    _refuse_unmatchable(work, mentor)
    same = select(Mentorship).where(
        Mentorship.mentor_id == mentor.id,
        Mentorship.shedder_id == values["shedder_id"],
        Mentorship.state.in_(TAKES_ROOM),
    )
    known = visible.mentorships(work.actor)
    refuse_second(work.session, same, "There is a mentorship of these two already.", known)
    require_consent(work, values["shedder_id"])
    refuse_erased(work.session, values["shedder_id"])
    mentorship = Mentorship(
        mentor_id=mentor.id,
        shedder_id=values["shedder_id"],
        shed_id=shed.shed_id,
        partner_id=shed.partner_id,
        proposed_on=work.day(values, "proposed_on"),
        created_at=work.now,
    )
    work.session.add(mentorship)
    work.session.flush()
    work.record("mentorship.proposed", mentorship.id, told_of(mentorship, mentorship.proposed_on))
    return mentorship


def read_mentorship(work: Work, *, mentorship_id: UUID) -> Mentorship:
    """Read one mentorship."""
    mentorship = find(work.session, visible.mentorships(work.actor), mentorship_id)
    work.require(may.SEE_MENTORSHIPS)
    return mentorship


def activate_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """Begin a mentorship: at the first meeting both said yes."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.ACTIVATE)
    for name in ("mentor_said_yes", "shedder_said_yes"):
        if not values[name]:
            raise InvalidInput.on(name, "A mentorship begins when both say yes; else reject it.")
    require_consent(work, mentorship.shedder_id)
    began_on = work.day(values, "began_on")
    if began_on < mentorship.proposed_on:
        raise InvalidInput.on("began_on", "The match had not been proposed yet on this day.")
    mentorship.began_on = began_on
    return take_step(work, mentorship, step, remark=values.get("remark"), on=began_on)


def reject_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """End a proposal: at the first meeting the mentor or the man said no."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.REJECT)
    mentorship.rejected_by = values["rejected_by"]
    return take_step(work, mentorship, step, reason=values["reason"], remark=values.get("remark"))


def pause_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """Pause a mentorship."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.PAUSE)
    return take_step(work, mentorship, step, reason=values["reason"], remark=values.get("remark"))


def resume_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """Take up a paused mentorship again, while consent is active."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.RESUME)
    require_consent(work, mentorship.shedder_id)
    return take_step(work, mentorship, step, remark=values.get("remark"))


def complete_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """End a mentorship that reached its aim."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.COMPLETE)
    return take_step(work, mentorship, step, remark=values.get("remark"))


def stop_mentorship(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> Mentorship:
    """End a mentorship before its aim, with the reason."""
    mentorship, step = _to_step(work, mentorship_id, MentorshipAction.STOP)
    return take_step(work, mentorship, step, reason=values["reason"], remark=values.get("remark"))


def note_session(work: Work, *, mentorship_id: UUID, values: Mapping[str, Any]) -> MentoringSession:
    """Note a meeting of mentor and man."""
    mentorship = find(work.session, visible.mentorships(work.actor), mentorship_id, for_change=True)
    work.require(may.NOTE_SESSION)
    if mentorship.state is not MentorshipState.ACTIVE:
        raise TransitionNotAllowed(
            "Sessions are noted while the mentorship is active.", state=mentorship.state.value
        )
    held_on = work.day(values, "held_on")
    session = MentoringSession(
        mentorship_id=mentorship.id,
        held_on=held_on,
        minutes=values["minutes"],
        mode=values["mode"],
        note=values.get("note"),
        next_action=values.get("next_action"),
        next_on=values.get("next_on"),
        created_at=work.now,
    )
    work.session.add(session)
    mentorship.last_contact_on = max(mentorship.last_contact_on or held_on, held_on)
    work.session.flush()
    told = {
        "mentorship_id": mentorship.id,
        "mentor_id": mentorship.mentor_id,
        "shedder_id": mentorship.shedder_id,
        "held_on": held_on,
        "minutes": session.minutes,
    }
    work.record("mentoring_session.noted", mentorship.id, told)
    return session


def read_session(work: Work, *, session_id: UUID) -> MentoringSession:
    """Read one session of a mentorship."""
    session = find(work.session, visible.mentoring_sessions(work.actor), session_id)
    work.require(may.SEE_MENTORSHIPS)
    return session


def pause_for_withdrawn_consent(work: Work, shedder_id: UUID) -> None:
    """Rule 1: the man's active mentorships pause when his consent to mentoring goes."""
    if KNOWN.consents(work.session, shedder_id, "mentoring", None, work.today):
        return
    active = select(Mentorship).where(
        Mentorship.shedder_id == shedder_id, Mentorship.state == MentorshipState.ACTIVE
    )
    for mentorship in work.session.scalars(active.with_for_update()).all():
        step = MENTORSHIP.transition(mentorship.state, MentorshipAction.PAUSE)
        take_step(work, mentorship, step, reason=PauseReason.CONSENT_WITHDRAWN)


def end_for_mentor_who_left(work: Work, mentor_id: UUID) -> None:
    """End what a mentor who left had going on: from then on those men are no mentees of his, anywhere."""
    going_on = select(Mentorship).where(Mentorship.mentor_id == mentor_id, Mentorship.state.in_(TAKES_ROOM))
    for mentorship in work.session.scalars(going_on.with_for_update()).all():
        if mentorship.state is MentorshipState.PROPOSED:
            mentorship.rejected_by = RejectedBy.MENTOR
            step = MENTORSHIP.transition(mentorship.state, MentorshipAction.REJECT)
            take_step(work, mentorship, step, reason=RejectReason.OTHER)
        else:
            step = MENTORSHIP.transition(mentorship.state, MentorshipAction.STOP)
            take_step(work, mentorship, step, reason=StopReason.MENTOR_STOPPED)


def require_consent(work: Work, shedder_id: UUID) -> None:
    """Raises `ConsentMissing` unless the man's consent to mentoring is active."""
    if not KNOWN.consents(work.session, shedder_id, "mentoring", None, work.today):
        raise ConsentMissing(
            "His consent to mentoring is missing. "
            "One that was recorded a moment ago may take a second to arrive."
        )


def take_step(
    work: Work,
    mentorship: Mentorship,
    step: Transition,
    *,
    reason: StrEnum | None = None,
    remark: str | None = None,
    on: date | None = None,
) -> Mentorship:
    """Move the mentorship, keep who did it and why, and tell the others. `on`: the day it happened."""
    source = mentorship.state
    mentorship.state = MentorshipState(step.target)
    mentorship.coded_reason = reason.value if reason else None
    if mentorship.state not in TAKES_ROOM:
        mentorship.ended_on = work.today
    work.session.add(entry(work, mentorship.id, step, source, reason=reason, remark=remark))
    work.session.flush()
    work.record(step.event, mentorship.id, told_of(mentorship, on or work.today))
    return mentorship


def told_of(mentorship: Mentorship, on: date) -> dict[str, Any]:
    """What every event of a mentorship tells."""
    return {
        "mentorship_id": mentorship.id,
        "mentor_id": mentorship.mentor_id,
        "shedder_id": mentorship.shedder_id,
        "state": mentorship.state,
        "reason": mentorship.coded_reason,
        "on": on,
    }


def _to_step(work: Work, mentorship_id: UUID, action: MentorshipAction) -> tuple[Mentorship, Transition]:
    mentorship = find(work.session, visible.mentorships(work.actor), mentorship_id, for_change=True)
    return mentorship, work.step(MENTORSHIP, mentorship, action)


def _own_shed_of(work: Work, shedder_id: UUID) -> KnownShed:
    """The shed of the coordinator's partner that the man joined last."""
    sheds = KNOWN.sheds_of(work.session, shedder_id)
    own = [shed for shed in sheds if work.actor.is_system or shed.partner_id == work.actor.partner_id]
    if not own:
        raise InvalidInput.on(
            "shedder_id",
            "He belongs to none of your sheds. A man registered a moment ago may take a second to arrive.",
        )
    shed: KnownShed = own[0]
    return shed


def _refuse_unmatchable(work: Work, mentor: Mentor) -> None:
    reasons: list[str] = with_room(work, [mentor])[0].not_matchable  # type: ignore[attr-defined]
    if reasons:
        said = ", ".join(reason.replace("_", " ") for reason in reasons)
        raise Conflict(f"This mentor cannot be matched: {said}.", not_matchable=reasons)
