"""Shedders, and the sheds they belong and belonged to."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.models.base import Base
from shared.database.columns import Id, Name, Referenced, Text, Versioned


class Shedder(Versioned, Referenced, Base):
    """A man who comes to a shed. Only the name he goes by is required.

    `search_name` is that name folded; it is kept beside it so that a search can use an index. Of a man who
    was erased only the row is left, which figures count.
    """

    __tablename__ = "shedder"

    known_as: Mapped[Name]
    search_name: Mapped[Name] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(400))
    birth_year: Mapped[int | None]
    languages: Mapped[list[str]]
    neighbourhood: Mapped[Name | None]
    interests: Mapped[Text | None]
    erased_on: Mapped[date | None]

    memberships: Mapped[list["Membership"]] = relationship(
        viewonly=True, lazy="selectin", order_by=lambda: (Membership.joined_on, Membership.id)
    )

    __table_args__ = (UniqueConstraint("ref_owner", "external_ref"),)

    @property
    def shedder_id(self) -> UUID:
        """Himself, as other things about him name him."""
        return self.id


STILL_HERE = select(Shedder.id).where(Shedder.erased_on.is_(None))
"""The men who were not erased."""


class Membership(Base):
    """That a man belongs to a shed, from one day until another. He may belong to several over time."""

    __tablename__ = "membership"

    id: Mapped[Id]
    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"))
    shed_id: Mapped[UUID] = mapped_column(ForeignKey("shed.id"))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_membership_shedder", "shedder_id", "shed_id"),
        Index("ix_membership_shed", "shed_id", "shedder_id"),
    )
