"""Mentorships over HTTP: the match, every action of its lifecycle, and its sessions."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.mentoring.domain import permissions as may
from services.mentoring.domain.codes import (
    ContactMode,
    PauseReason,
    RejectedBy,
    RejectReason,
    StopReason,
)
from services.mentoring.domain.lifecycles import MENTORSHIP, MentorshipAction, MentorshipState
from services.mentoring.queries import lists, visible
from services.mentoring.use_cases import mentorships
from shared.http.fields import Code, Day, FreeText, Whole, YesOrNo
from shared.http.history_api import history_route
from shared.http.routes import create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Paged


class ProposeMentorship(Input):
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    proposed_on = Day()


class Remark(Input):
    remark = FreeText(longest=1000)


class Activate(Remark):
    mentor_said_yes = YesOrNo(required=True)
    shedder_said_yes = YesOrNo(required=True)
    began_on = Day(metadata={"description": "The day of the first meeting."})


class Reject(Remark):
    rejected_by = Code(RejectedBy, required=True)
    reason = Code(RejectReason, required=True)


class Pause(Remark):
    reason = Code(PauseReason, required=True)


class Stop(Remark):
    reason = Code(StopReason, required=True)


class NoteSession(Input):
    held_on = Day()
    minutes = Whole(1, 1440, required=True)
    mode = Code(ContactMode, load_default=ContactMode.IN_PERSON)
    note = FreeText(longest=2000)
    next_action = FreeText(longest=500)
    next_on = Day()

    @validates_schema
    def goes_on_afterwards(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if "held_on" in values and values.get("next_on", values["held_on"]) < values["held_on"]:
            raise ValidationError("This day is before the session.", "next_on")


class Mentorship(LifecycleAnswer):
    lifecycle = MENTORSHIP
    path = "/mentoring/mentorships/{id}"

    id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    state = Code(MentorshipState, required=True)
    proposed_on = fields.Date(required=True)
    began_on = fields.Date(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    rejected_by = Code(RejectedBy, allow_none=True)
    coded_reason = fields.String(allow_none=True)
    last_contact_on = fields.Date(allow_none=True)


class MentorshipQuery(Paged):
    state = Code(MentorshipState)
    mentor_id = fields.UUID()
    shedder_id = fields.UUID()


class WaitsForMentor(Answer):
    shedder_id = fields.UUID(required=True)
    consent_id = fields.UUID(required=True, metadata={"description": "By which he agreed to mentoring."})
    given_on = fields.Date(required=True)


class MentoringSession(Answer):
    id = fields.UUID(required=True)
    mentorship_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    minutes = fields.Integer(required=True)
    mode = Code(ContactMode, required=True)
    note = fields.String(allow_none=True)
    next_action = fields.String(allow_none=True)
    next_on = fields.Date(allow_none=True)


_ONE = "/mentorships/<uuid:mentorship_id>"
_ACTIONS = (
    (MentorshipAction.ACTIVATE, mentorships.activate_mentorship, Activate),
    (MentorshipAction.REJECT, mentorships.reject_mentorship, Reject),
    (MentorshipAction.PAUSE, mentorships.pause_mentorship, Pause),
    (MentorshipAction.RESUME, mentorships.resume_mentorship, Remark),
    (MentorshipAction.COMPLETE, mentorships.complete_mentorship, Remark),
    (MentorshipAction.STOP, mentorships.stop_mentorship, Stop),
)

ROUTES = [
    listing("/mentorships", lists.list_mentorships, may.SEE_MENTORSHIPS, Mentorship, MentorshipQuery),
    create(
        "/mentorships", mentorships.propose_mentorship, may.PROPOSE_MENTORSHIP, ProposeMentorship, Mentorship
    ),
    listing("/mentorships/waiting", lists.list_waiting, may.PROPOSE_MENTORSHIP, WaitsForMentor),
    read(_ONE, mentorships.read_mentorship, may.SEE_MENTORSHIPS, Mentorship),
    *(
        transition(f"{_ONE}/{doing.value}", act, MENTORSHIP, doing, body, Mentorship)
        for doing, act, body in _ACTIONS
    ),
    listing(f"{_ONE}/sessions", lists.list_sessions, may.SEE_MENTORSHIPS, MentoringSession),
    create(
        f"{_ONE}/sessions",
        mentorships.note_session,
        may.NOTE_SESSION,
        NoteSession,
        MentoringSession,
        place="/sessions",
    ),
    read("/sessions/<uuid:session_id>", mentorships.read_session, may.SEE_MENTORSHIPS, MentoringSession),
    history_route(_ONE, MENTORSHIP, visible.mentorships, may.SEE_MENTORSHIPS),
]
