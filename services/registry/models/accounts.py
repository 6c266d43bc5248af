"""Accounts, and the sign-ins by which people use them; secrets stand here as hashes only, where they can.

An account is one person in one role. A sign-in is what a cookie stands for: ending the row ends it at once.
Who went to the operator's OpenID provider to sign in is pending until he comes back.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.codes import LinkMailState, LinkPurpose, SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models.base import Base
from shared.actor import Role
from shared.database.columns import Id, Name, Versioned, coded
from shared.mailing import Mailed, unsent_index

_IN_USE = "state <> 'closed'"


class Account(Versioned, Base):
    """One person in one role, and whom he speaks for.

    He signs in with `email`, in small letters; or, having none here, with the OpenID provider, by whom he is
    known as `openid_subject`.
    """

    __tablename__ = "account"
    __allow_unmapped__ = True  # for those at the end, which are no columns

    email: Mapped[str | None] = mapped_column(String(320))
    name: Mapped[Name]
    role: Mapped[Role] = mapped_column(coded(Role))
    ambassador_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    mentor_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    state: Mapped[AccountState] = mapped_column(coded(AccountState), default=AccountState.INVITED)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    openid_issuer: Mapped[str | None] = mapped_column(String(500))
    openid_subject: Mapped[str | None] = mapped_column(String(255))

    link: str | None = None
    """The whole link that was just made for him, shown this once: no row holds it."""
    works_until: datetime | None = None
    link_mail: LinkMailState | None = None
    """What became of the e-mail with the link that he has, where it is asked for."""

    __table_args__ = (
        Index(
            "uq_account_email",
            "email",
            unique=True,
            sqlite_where=text(_IN_USE),
            postgresql_where=text(_IN_USE),
        ),
        Index("uq_account_openid", "openid_issuer", "openid_subject", unique=True),
    )


class SignIn(Base):
    """That somebody signed in, from when to when. `secret_hash` is the SHA-256 of what the cookie holds.

    `cover_id` is by which cover he acts for somebody else in this sign-in, once he has taken it up.
    """

    __tablename__ = "sign_in"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    method: Mapped[SignInMethod] = mapped_column(coded(SignInMethod))
    second_factor: Mapped[bool] = mapped_column(Boolean)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cover_id: Mapped[UUID | None]
    remote_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(200))

    is_this = False
    """Whether who reads it came by it; his list sets it."""


class Link(Base):
    """A link that works once, until it is used, lapses, or a newer one is made for the same account."""

    __tablename__ = "link"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(coded(LinkPurpose))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    clears_second_factors: Mapped[bool] = mapped_column(Boolean)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    works_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LinkMail(Mailed, Base):
    """The e-mail that brings somebody his link. Until it is sent, or of no use, it holds the secret."""

    __tablename__ = "link_mail"

    link_id: Mapped[UUID] = mapped_column(ForeignKey("link.id"), unique=True)

    __table_args__ = (unsent_index("link_mail"),)


class RecoveryCode(Base):
    """The hash of a code that stands in, once, for the device that is lost; a used one is deleted."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))


class SignInAttempts(Base):
    """How often it was tried to sign in with an email without success, whether it is anybody's or not.

    `email_hash` is keyed: who reads the table cannot find out which emails were tried.
    """

    __tablename__ = "sign_in_attempts"

    email_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    retry_at: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)


class PendingSignIn(Base):
    """That a browser went to the OpenID provider: the hashes of its `state` and of its cookie."""

    __tablename__ = "pending_sign_in"

    id: Mapped[Id]
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    next_path: Mapped[str] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(index=True)
