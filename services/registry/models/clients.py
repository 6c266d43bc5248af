"""Machine clients, and that by which they prove who they are. Of a secret only its hash stands here."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.clients import ClientState
from services.registry.models.base import Base
from shared.assertions import LONGEST_KID
from shared.database.columns import Id, Name, Versioned, coded


class Client(Versioned, Base):
    """A program that calls: for a care organisation, for a partner, or (neither) for the whole programme."""

    __tablename__ = "client"

    name: Mapped[Name]
    organisation_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    scopes: Mapped[list[str]]
    state: Mapped[ClientState] = mapped_column(coded(ClientState), default=ClientState.ACTIVE)
    registered_by: Mapped[UUID]
    revoked_on: Mapped[date | None]

    secrets: Mapped[list["ClientSecret"]] = relationship(lazy="selectin", order_by=lambda: ClientSecret.id)
    keys: Mapped[list["ClientKey"]] = relationship(lazy="selectin", order_by=lambda: ClientKey.id)

    secret = cast("str | None", None)
    """The secret that was made for it just now, for the one answer that shows it."""

    __table_args__ = (
        CheckConstraint("organisation_id is null or partner_id is null", name="one_owner"),
        Index("ix_client_name", "name", "id"),
    )


class Credential:
    """What a secret and a key have in common: since when, last used when, until when."""

    id: Mapped[Id]
    added_on: Mapped[date]
    last_used_on: Mapped[date | None]
    retired_on: Mapped[date | None]


class ClientSecret(Credential, Base):
    """A secret of a client, as its SHA-256."""

    __tablename__ = "client_secret"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)


class ClientKey(Credential, Base):
    """A public key of a client, by which what it signs is known to be its own."""

    __tablename__ = "client_key"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    kid: Mapped[str] = mapped_column(String(LONGEST_KID))
    jwk: Mapped[dict[str, Any]]

    __table_args__ = (
        Index(
            "uq_client_key_kid",
            "client_id",
            "kid",
            unique=True,
            sqlite_where=text("retired_on is null"),
            postgresql_where=text("retired_on is null"),
        ),
    )


class UsedAssertion(Base):
    """That a client has shown a signed assertion, which it may do once. Kept until the assertion ends."""

    __tablename__ = "used_assertion"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
