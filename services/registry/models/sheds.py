"""Partners and their sheds."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.codes import Focus, NewMen
from services.registry.domain.lifecycles import ShedState
from services.registry.models.base import Base
from shared.database.columns import Name, Referenced, Versioned, coded


class Partner(Versioned, Base):
    __tablename__ = "partner"

    name: Mapped[Name] = mapped_column(unique=True)
    country: Mapped[str] = mapped_column(String(2))


class Shed(Versioned, Referenced, Base):
    __tablename__ = "shed"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[Name]
    country: Mapped[str] = mapped_column(String(2))
    municipality: Mapped[Name]
    neighbourhood: Mapped[Name | None]
    focus: Mapped[Focus] = mapped_column(coded(Focus))
    opening_hours: Mapped[list[dict[str, Any]]]
    capacity: Mapped[int | None]
    new_men: Mapped[NewMen] = mapped_column(coded(NewMen), default=NewMen.OPEN)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    state: Mapped[ShedState] = mapped_column(coded(ShedState), default=ShedState.OPEN)

    __table_args__ = (
        UniqueConstraint("ref_owner", "external_ref"),
        Index("ix_shed_place", "country", "municipality"),
    )
