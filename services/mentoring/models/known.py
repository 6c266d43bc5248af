"""What registry and referrals told, and mentoring keeps of it."""

from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.mentoring.models.base import Base
from shared.known import Known, KnownConsentColumns, KnownMembershipColumns, KnownShedColumns


class KnownShed(KnownShedColumns, Base):
    pass


class KnownMembership(KnownMembershipColumns, Base):
    pass


class KnownConsent(KnownConsentColumns, Base):
    pass


class Obstacle(Base):
    """An open referral, as a possible obstacle to work: its category and state, no more."""

    __tablename__ = "obstacle"

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    shedder_id: Mapped[UUID]
    need_category: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_obstacle_shedder", "shedder_id"),)


KNOWN = Known(KnownShed, KnownMembership, KnownConsent)
