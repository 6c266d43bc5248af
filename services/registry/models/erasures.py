"""Erasures, from being asked for until every service has answered; and the legal holds that forbid them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.codes import AskedHow, ErasureGround, HoldReason
from services.registry.domain.lifecycles import ErasureState, HoldState
from services.registry.domain.personal_data import SERVICES
from services.registry.models.base import Base
from shared.database.columns import Versioned, coded

_NOT_REFUSED = "state <> 'refused'"
_PLACED = "state = 'placed'"


class Erasure(Versioned, Base):
    """That a man is to be erased, why, who asked and who confirmed. One at a time, and once done for good."""

    __tablename__ = "erasure"

    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"))
    ground: Mapped[ErasureGround] = mapped_column(coded(ErasureGround))
    asked_on: Mapped[date | None]
    asked_how: Mapped[AskedHow | None] = mapped_column(coded(AskedHow))
    recorded_by: Mapped[UUID]
    state: Mapped[ErasureState] = mapped_column(coded(ErasureState), default=ErasureState.ASKED)
    confirmed_by: Mapped[UUID | None]
    coded_reason: Mapped[str | None] = mapped_column(String(40))
    erased_on: Mapped[date | None]
    completed_on: Mapped[date | None]

    receipts: Mapped[list["ErasureReceipt"]] = relationship(
        viewonly=True, lazy="selectin", order_by=lambda: ErasureReceipt.service
    )

    @property
    def waits_for(self) -> list[str]:
        """The services that have not answered yet."""
        if self.state is not ErasureState.CARRIED_OUT:
            return []
        return sorted(SERVICES - {receipt.service for receipt in self.receipts})

    __table_args__ = (
        Index(
            "uq_erasure_shedder",
            "shedder_id",
            unique=True,
            sqlite_where=text(_NOT_REFUSED),
            postgresql_where=text(_NOT_REFUSED),
        ),
    )


class ErasureReceipt(Base):
    """That a service has erased the man."""

    __tablename__ = "erasure_receipt"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(60), primary_key=True)
    given_on: Mapped[date]


class LegalHold(Versioned, Base):
    """That what is held on a man must stay for now, whatever he asks and whatever period ends."""

    __tablename__ = "legal_hold"

    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"))
    reason: Mapped[HoldReason] = mapped_column(coded(HoldReason))
    state: Mapped[HoldState] = mapped_column(coded(HoldState), default=HoldState.PLACED)
    placed_on: Mapped[date]
    placed_by: Mapped[UUID]
    lifted_on: Mapped[date | None]
    lifted_by: Mapped[UUID | None]

    __table_args__ = (
        Index(
            "uq_legal_hold_placed",
            "shedder_id",
            unique=True,
            sqlite_where=text(_PLACED),
            postgresql_where=text(_PLACED),
        ),
    )
