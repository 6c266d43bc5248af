"""Questions and answers that travel on a referral."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, and_, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.referrals.domain.codes import Side
from services.referrals.models.base import Base
from services.referrals.models.referrals import Referral, man_of_referral
from shared.database.columns import Text, Versioned, coded


class Question(Versioned, Base):
    """A question of one side and, once given, the other side's answer."""

    __tablename__ = "question"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    shedder_id: Mapped[UUID] = column_property(man_of_referral(referral_id))
    asked_by: Mapped[Side] = mapped_column(coded(Side))
    asker_id: Mapped[UUID]
    question: Mapped[Text]
    answer: Mapped[Text | None]
    answered_at: Mapped[datetime | None]
    answerer_id: Mapped[UUID | None]

    referral: Mapped[Referral] = relationship(viewonly=True)


UNANSWERED = and_(
    Question.referral_id == Referral.id,
    Question.asked_by == Side.ORGANISATION,
    Question.answered_at.is_(None),
)
"""That the organisation asked it on a referral, and nobody has answered yet."""
_SINCE = select(func.min(Question.created_at)).where(UNANSWERED)
# Read in the same statement as the referral; nothing is written by it.
Referral.unanswered_since = column_property(
    _SINCE.correlate_except(Question).scalar_subquery(), expire_on_flush=False
)
