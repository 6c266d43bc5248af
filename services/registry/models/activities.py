"""Activities of a shed, their sessions, and who came."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.codes import SessionMode
from services.registry.models.base import Base
from services.registry.models.shedders import STILL_HERE
from shared.database.columns import Name, Versioned, coded


class Activity(Versioned, Base):
    __tablename__ = "activity"

    shed_id: Mapped[UUID] = mapped_column(ForeignKey("shed.id"))
    name: Mapped[Name]
    schedule: Mapped[list[dict[str, Any]]]
    ended_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("shed_id", "name"),)


class Session(Versioned, Base):
    """One day's session of an activity. Men who gave no name are only counted."""

    __tablename__ = "session"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id"))
    shed_id: Mapped[UUID] = mapped_column(ForeignKey("shed.id"))
    held_on: Mapped[date]
    mode: Mapped[SessionMode] = mapped_column(coded(SessionMode))
    anonymous_headcount: Mapped[int]

    # Those who were erased are still counted, and named to nobody.
    attendance: Mapped[list["Attendance"]] = relationship(
        viewonly=True,
        lazy="selectin",
        order_by=lambda: Attendance.shedder_id,
        primaryjoin=lambda: (Session.id == Attendance.session_id) & Attendance.shedder_id.in_(STILL_HERE),
    )

    __table_args__ = (
        UniqueConstraint("activity_id", "held_on"),
        Index("ix_session_shed", "shed_id", "held_on"),
    )

    @property
    def shedder_ids(self) -> list[UUID]:
        """The men who were there and gave their names."""
        return [attended.shedder_id for attended in self.attendance]


class Attendance(Base):
    """That a man was at a session."""

    __tablename__ = "attendance"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"), primary_key=True)

    __table_args__ = (Index("ix_attendance_shedder", "shedder_id"),)
