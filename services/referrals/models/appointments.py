"""Appointments of a referral, and every change to them: who asked, and why."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.referrals.domain.codes import AskedBy
from services.referrals.domain.lifecycles import AppointmentState
from services.referrals.models.base import Base
from shared.database.columns import Id, Text, Versioned, coded


class Appointment(Versioned, Base):
    __tablename__ = "appointment"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    starts_at: Mapped[datetime]
    day: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(400))
    state: Mapped[AppointmentState] = mapped_column(coded(AppointmentState), default=AppointmentState.BOOKED)


class AppointmentChange(Base):
    """That an appointment was moved or cancelled. Rows are only ever added."""

    __tablename__ = "appointment_change"

    id: Mapped[Id]
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    from_starts_at: Mapped[datetime]
    to_starts_at: Mapped[datetime | None]
    asked_by: Mapped[AskedBy] = mapped_column(coded(AskedBy))
    why: Mapped[Text]
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
