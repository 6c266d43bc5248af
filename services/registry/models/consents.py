"""Consents: per purpose, as given, until withdrawn."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.codes import ConsentMethod, Purpose
from services.registry.domain.lifecycles import ConsentState
from services.registry.models.base import Base
from shared.database.columns import Versioned, coded


class Consent(Versioned, Base):
    """One consent of one man. At most one is active per purpose and recipient."""

    __tablename__ = "consent"

    shedder_id: Mapped[UUID] = mapped_column(ForeignKey("shedder.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(coded(Purpose))
    organisation_id: Mapped[UUID | None]
    wording_version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(3))
    method: Mapped[ConsentMethod] = mapped_column(coded(ConsentMethod))
    given_on: Mapped[date]
    expires_on: Mapped[date | None]
    recorded_by: Mapped[UUID]
    state: Mapped[ConsentState] = mapped_column(coded(ConsentState), default=ConsentState.ACTIVE)
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_recorded_by: Mapped[UUID | None]

    __table_args__ = (
        Index(
            "uq_consent_active_recipient",
            "shedder_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'active' and organisation_id is not null"),
            postgresql_where=text("state = 'active' and organisation_id is not null"),
        ),
        Index(
            "uq_consent_active_purpose",
            "shedder_id",
            "purpose",
            unique=True,
            sqlite_where=text("state = 'active' and organisation_id is null"),
            postgresql_where=text("state = 'active' and organisation_id is null"),
        ),
    )
