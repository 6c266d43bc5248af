"""Mentors: how far they have come, what they know, and how many men they guide at once."""

from datetime import date
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.mentoring.models.base import Base
from shared.database.columns import Name, Referenced, Versioned


class Mentor(Versioned, Referenced, Base):
    __tablename__ = "mentor"

    partner_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[Name]
    country: Mapped[str] = mapped_column(String(2))
    municipality: Mapped[Name]
    phone: Mapped[str | None] = mapped_column(String(20))
    applied_on: Mapped[date | None]
    interviewed_on: Mapped[date | None]
    trained_on: Mapped[date | None]
    training_course: Mapped[Name | None]
    vog_on: Mapped[date | None]
    left_on: Mapped[date | None]
    sectors: Mapped[list[str]]
    languages: Mapped[list[str]]
    capacity: Mapped[int]

    __table_args__ = (UniqueConstraint("ref_owner", "external_ref"),)
