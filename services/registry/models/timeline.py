"""A man's timeline: what happened to him, across all services, in codes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Base
from shared.database.columns import Id


class TimelineEntry(Base):
    """One thing that happened. `source_id` is the event's or the row's own id: it is entered once."""

    __tablename__ = "timeline_entry"

    id: Mapped[Id]
    shedder_id: Mapped[UUID]
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[UUID]
    ambassador_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
    source_id: Mapped[UUID] = mapped_column(unique=True)

    __table_args__ = (Index("ix_timeline_entry_shedder", "shedder_id", "happened_on", "id"),)
