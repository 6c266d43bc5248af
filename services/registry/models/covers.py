"""Cover: that one person may act for another who is absent, from one day until another."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.registry.domain.access import CoverState
from services.registry.models.accounts import Account
from services.registry.models.base import Base
from shared.database.columns import Versioned, coded


class Cover(Versioned, Base):
    """Who stands in for whom, and on which days, the last one included."""

    __tablename__ = "cover"

    absent_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    stand_in_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    named_by: Mapped[UUID]
    state: Mapped[CoverState] = mapped_column(coded(CoverState), default=CoverState.NAMED)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    absent_name: Mapped[str] = column_property(
        select(Account.name)
        .where(Account.id == absent_account_id)
        .correlate_except(Account)
        .scalar_subquery(),
        expire_on_flush=False,
    )
    stand_in_name: Mapped[str] = column_property(
        select(Account.name)
        .where(Account.id == stand_in_account_id)
        .correlate_except(Account)
        .scalar_subquery(),
        expire_on_flush=False,
    )

    __table_args__ = (Index("ix_cover_absent", "absent_account_id", "from_day"),)

    def holds_on(self, day: date) -> bool:
        """Whether the stand-in may act by it on a day."""
        return self.state is CoverState.NAMED and self.from_day <= day <= self.until_day
