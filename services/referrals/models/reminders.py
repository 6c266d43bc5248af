"""That a coordinator reminded somebody of a referral that waits for him."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.referrals.domain.codes import Side
from services.referrals.models.base import Base
from shared.database.columns import coded


class Reminder(Base):
    """One reminder: of which referral, whom, when, and by which account. Its key says: once a day."""

    __tablename__ = "reminder"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    reminded_on: Mapped[date] = mapped_column(primary_key=True)
    reminded_at: Mapped[datetime]
    reminded_by: Mapped[UUID]
    whom: Mapped[Side] = mapped_column(coded(Side))
