"""What the registry told, and referrals keeps of it: sheds, men's memberships, consents, ambassadors."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.referrals.models.base import Base
from shared.known import Known, KnownConsentColumns, KnownMembershipColumns, KnownShedColumns


class KnownShed(KnownShedColumns, Base):
    pass


class KnownMembership(KnownMembershipColumns, Base):
    pass


class KnownConsent(KnownConsentColumns, Base):
    pass


class KnownAmbassador(Base):
    __tablename__ = "known_ambassador"

    ambassador_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    left_on: Mapped[date | None]


class KnownAmbassadorShed(Base):
    """That an ambassador serves a shed now."""

    __tablename__ = "known_ambassador_shed"

    ambassador_id: Mapped[UUID] = mapped_column(primary_key=True)
    shed_id: Mapped[UUID] = mapped_column(primary_key=True)


KNOWN = Known(KnownShed, KnownMembership, KnownConsent)
