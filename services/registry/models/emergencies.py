"""Emergency access: that a coordinator may look at one man who is not of his partner's sheds, for an hour."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.access import EmergencyState
from services.registry.domain.codes import EmergencyReason
from services.registry.models.base import Base
from shared.database.columns import Text, Versioned, coded

_OPEN = "state = 'open'"


class EmergencyAccess(Versioned, Base):
    """Who looks at whom, why, and until when. One at a time for each account."""

    __tablename__ = "emergency_access"

    account_id: Mapped[UUID]
    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"), index=True)
    reason: Mapped[EmergencyReason] = mapped_column(coded(EmergencyReason))
    remark: Mapped[Text]
    state: Mapped[EmergencyState] = mapped_column(coded(EmergencyState), default=EmergencyState.OPEN)
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        Index(
            "uq_emergency_access_open",
            "account_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_emergency_access_begun", "begun_at", "id"),
    )
