"""Links by which an organisation answers a referral without an account, and the e-mails that bring them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.referrals.domain.codes import LinkUse
from services.referrals.models.base import Base
from shared.database.columns import coded
from shared.mailing import Mailed, unsent_index


class AnswerLink(Mailed, Base):
    """A link to answer one referral, once. Its e-mail holds the secret until it is sent; here stays a hash.

    `sent_to`: the address that it was written for; it opens nothing once links go elsewhere, or nowhere.
    `ended_at`: a newer link took its place before it was used.
    """

    __tablename__ = "answer_link"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    sent_to: Mapped[str] = mapped_column(String(254))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    works_until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_for: Mapped[LinkUse | None] = mapped_column(coded(LinkUse))
    ended_at: Mapped[datetime | None]

    __table_args__ = (unsent_index("answer_link"),)
