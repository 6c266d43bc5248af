"""The directory: care organisations, their places and their services, after Open Referral HSDS."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.referrals.domain.codes import NeedCategory, TakingReferrals
from services.referrals.models.base import Base
from shared.database.columns import Name, Referenced, Text, Versioned, coded


class Organisation(Versioned, Referenced, Base):
    __tablename__ = "organisation"

    name: Mapped[Name]
    country: Mapped[str] = mapped_column(String(2))
    municipality: Mapped[Name]
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(200))
    website: Mapped[str | None] = mapped_column(String(400))
    description: Mapped[Text | None]
    languages: Mapped[list[str]]
    assured_date: Mapped[date | None]
    answers_by_link: Mapped[bool] = mapped_column(default=False)
    """Whether it is sent a link with each referral, by which it answers without an account."""

    __table_args__ = (UniqueConstraint("ref_owner", "external_ref"),)

    @property
    def links_go_to(self) -> str | None:
        """The address that links go to, where it wants them."""
        return self.email if self.answers_by_link else None


class Location(Versioned, Base):
    __tablename__ = "location"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[Name]
    address: Mapped[str] = mapped_column(String(400))
    municipality: Mapped[Name]
    neighbourhood: Mapped[Name | None]
    access: Mapped[Text | None]


class CareService(Versioned, Referenced, Base):
    """Something an organisation offers. `promised_days` is within how many days it promises to answer."""

    __tablename__ = "care_service"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    name: Mapped[Name]
    country: Mapped[str] = mapped_column(String(2))
    municipality: Mapped[Name]
    need_category: Mapped[NeedCategory] = mapped_column(coded(NeedCategory))
    description: Mapped[Text | None]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    eligibility: Mapped[Text | None]
    schedule: Mapped[list[dict[str, Any]]]
    languages: Mapped[list[str]]
    cost: Mapped[str | None] = mapped_column(String(400))
    access: Mapped[Text | None]
    assured_date: Mapped[date | None]
    taking_referrals: Mapped[TakingReferrals] = mapped_column(coded(TakingReferrals))
    promised_days: Mapped[int]

    __table_args__ = (
        UniqueConstraint("ref_owner", "external_ref"),
        Index("ix_care_service_need", "country", "need_category"),
    )
