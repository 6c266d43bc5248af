"""Ambassadors and the sheds they serve."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.lifecycles import AmbassadorState
from services.registry.models.base import Base
from shared.database.columns import Id, Name, Referenced, Versioned, coded


class Ambassador(Versioned, Referenced, Base):
    __tablename__ = "ambassador"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[Name]
    phone: Mapped[str | None] = mapped_column(String(20))
    trained_on: Mapped[date | None]
    state: Mapped[AmbassadorState] = mapped_column(coded(AmbassadorState), default=AmbassadorState.ACTIVE)
    left_on: Mapped[date | None]

    sheds: Mapped[list["AmbassadorShed"]] = relationship(
        viewonly=True, lazy="selectin", order_by=lambda: (AmbassadorShed.since, AmbassadorShed.id)
    )

    __table_args__ = (UniqueConstraint("ref_owner", "external_ref"),)


class AmbassadorShed(Base):
    """That an ambassador serves a shed, from one day until another."""

    __tablename__ = "ambassador_shed"

    id: Mapped[Id]
    ambassador_id: Mapped[UUID] = mapped_column(ForeignKey("ambassador.id"))
    shed_id: Mapped[UUID] = mapped_column(ForeignKey("shed.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

    __table_args__ = (Index("ix_ambassador_shed_ambassador", "ambassador_id", "shed_id"),)
