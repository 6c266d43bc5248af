"""What an account is told of by e-mail: that something waits for it. No man, no case, no word of anybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.codes import MailWhen, NoticeKind
from services.registry.models.base import Base
from shared.database.columns import Id, coded
from shared.mailing import Mailed, unsent_index

_WAITS = "mail_id is null"


class Wish(Base):
    """How somebody wants to be told: in which language (null: he has not said), and when."""

    __tablename__ = "wish"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    language: Mapped[str | None] = mapped_column(String(3))
    mail_when: Mapped[MailWhen] = mapped_column(coded(MailWhen))


class Notice(Base):
    """That an account must know of one event; `source_id` is the event's own id, so it is noted once."""

    __tablename__ = "notice"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    source_id: Mapped[UUID]
    kind: Mapped[NoticeKind] = mapped_column(coded(NoticeKind))
    noted_at: Mapped[datetime]
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("mail.id"), index=True)

    __table_args__ = (
        UniqueConstraint("account_id", "source_id"),
        Index(
            "ix_notice_waiting",
            "account_id",
            "noted_at",
            sqlite_where=sql(_WAITS),
            postgresql_where=sql(_WAITS),
        ),
    )


class Mail(Mailed, Base):
    """An e-mail that was written to an account."""

    __tablename__ = "mail"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)

    __table_args__ = (unsent_index("mail"),)
