"""Mentorships (the match), the history of their transitions, and the sessions of mentor and man."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.mentoring.domain.codes import ContactMode, RejectedBy
from services.mentoring.domain.lifecycles import MentorshipAction, MentorshipState
from services.mentoring.models.base import Base
from shared.actor import Role
from shared.database.columns import Id, Text, Versioned, coded

_GOING_ON = "state in ('active', 'paused', 'proposed')"


class Mentorship(Versioned, Base):
    """That a mentor guides a man. A pair has at most one that has not ended."""

    __tablename__ = "mentorship"

    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("mentor.id"))
    shedder_id: Mapped[UUID] = mapped_column(index=True)
    shed_id: Mapped[UUID]
    partner_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[MentorshipState] = mapped_column(coded(MentorshipState), default=MentorshipState.PROPOSED)
    proposed_on: Mapped[date]
    began_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    rejected_by: Mapped[RejectedBy | None] = mapped_column(coded(RejectedBy))
    coded_reason: Mapped[str | None] = mapped_column(String(40))
    last_contact_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_mentorship_mentor", "mentor_id", "state"),
        Index(
            "uq_mentorship_going_on",
            "mentor_id",
            "shedder_id",
            unique=True,
            sqlite_where=text(_GOING_ON),
            postgresql_where=text(_GOING_ON),
        ),
    )


class MentorshipTransition(Base):
    """One step in a mentorship's history. Rows are only ever added."""

    __tablename__ = "mentorship_transition"

    id: Mapped[Id]
    mentorship_id: Mapped[UUID] = mapped_column(ForeignKey("mentorship.id"), index=True)
    action: Mapped[MentorshipAction] = mapped_column(coded(MentorshipAction))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_role: Mapped[Role] = mapped_column(coded(Role))
    reason: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[Text | None]


class MentoringSession(Versioned, Base):
    """A meeting of mentor and man: when, how long, what it was about, what comes next."""

    __tablename__ = "mentoring_session"

    mentorship_id: Mapped[UUID] = mapped_column(ForeignKey("mentorship.id"))
    held_on: Mapped[date]
    minutes: Mapped[int]
    mode: Mapped[ContactMode] = mapped_column(coded(ContactMode))
    note: Mapped[Text | None]
    next_action: Mapped[Text | None]
    next_on: Mapped[date | None]

    __table_args__ = (Index("ix_mentoring_session_held", "mentorship_id", "held_on"),)
