"""Appointments of a referral. Who asked to move one, and why, is in its history."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.referrals.domain.lifecycles import AppointmentState
from services.referrals.models.base import Base
from services.referrals.models.referrals import Referral, man_of_referral
from shared.database.columns import Versioned, coded


class Appointment(Versioned, Base):
    __tablename__ = "appointment"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    shedder_id: Mapped[UUID] = column_property(man_of_referral(referral_id))
    starts_at: Mapped[datetime]
    day: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(400))
    state: Mapped[AppointmentState] = mapped_column(coded(AppointmentState), default=AppointmentState.BOOKED)

    referral: Mapped[Referral] = relationship(viewonly=True)
