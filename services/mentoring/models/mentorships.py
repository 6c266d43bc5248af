"""Mentorships (the match), and the sessions of mentor and man."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.mentoring.domain.codes import ContactMode, RejectedBy
from services.mentoring.domain.lifecycles import TAKES_ROOM, MentorshipState
from services.mentoring.models.base import Base
from shared.database.columns import Text, Versioned, coded, one_of

_TAKES_ROOM = one_of("state", TAKES_ROOM)


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
            sqlite_where=text(_TAKES_ROOM),
            postgresql_where=text(_TAKES_ROOM),
        ),
    )


class MentoringSession(Versioned, Base):
    """A meeting of mentor and man: when, how long, what it was about, what comes next."""

    __tablename__ = "mentoring_session"

    mentorship_id: Mapped[UUID] = mapped_column(ForeignKey("mentorship.id"))
    shedder_id: Mapped[UUID] = column_property(
        select(Mentorship.shedder_id)
        .where(Mentorship.id == mentorship_id)
        .correlate_except(Mentorship)
        .scalar_subquery()
    )
    held_on: Mapped[date]
    minutes: Mapped[int]
    mode: Mapped[ContactMode] = mapped_column(coded(ContactMode))
    note: Mapped[Text | None]
    next_action: Mapped[Text | None]
    next_on: Mapped[date | None]

    __table_args__ = (Index("ix_mentoring_session_held", "mentorship_id", "held_on"),)
