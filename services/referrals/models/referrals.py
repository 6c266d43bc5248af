"""Referrals and their outcomes."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, ScalarSelect, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.referrals.domain.clock import AnswerClock
from services.referrals.domain.codes import NeedCategory, Result, Side, Urgency
from services.referrals.domain.lifecycles import LIVE, ReferralState
from services.referrals.models.base import Base
from services.referrals.models.reminders import Reminder
from shared.database.columns import Name, Referenced, Text, Versioned, coded, one_of

_LIVE_ONCE = f"duplicate_of is null and {one_of('state', LIVE)}"


class Referral(Versioned, Referenced, Base):
    """One man's referral to one service.

    `owner_id` is the ambassador who answers for it now; null means the partner's coordinator. `disclosure`
    is exactly what leaves. `duplicate_of` marks one that was loaded from the past although another was live:
    such history is kept, and left out of the rule that there is one.
    """

    __tablename__ = "referral"

    shedder_id: Mapped[UUID]
    shed_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    sent_by: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("care_service.id"))
    need_category: Mapped[NeedCategory] = mapped_column(coded(NeedCategory))
    urgency: Mapped[Urgency] = mapped_column(coded(Urgency))
    reason_in_words: Mapped[Text | None]
    language: Mapped[str | None] = mapped_column(String(3))
    neighbourhood: Mapped[Name | None]
    disclosure: Mapped[dict[str, Any] | None]
    consent_id: Mapped[UUID | None]
    consent_withdrawn_on: Mapped[date | None]
    state: Mapped[ReferralState] = mapped_column(coded(ReferralState), default=ReferralState.DRAFT)
    requested_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    answer_days: Mapped[int | None]
    promised_days: Mapped[int | None]
    answer_due_on: Mapped[date | None]
    clock_stopped_on: Mapped[date | None]
    clock_stood_still: Mapped[int] = mapped_column(default=0)
    expected_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    coded_reason: Mapped[str | None] = mapped_column(String(40))
    sentence: Mapped[Text | None]
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"))
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"))

    if TYPE_CHECKING:
        reminded_on: Mapped[date | None]
        reminded_whom: Mapped[Side | None]
        unanswered_since: Mapped[datetime | None]

    outcomes: Mapped[list["Outcome"]] = relationship(
        lazy="selectin", order_by=lambda: Outcome.need_category, cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("ref_owner", "external_ref"),
        Index(
            "uq_referral_live",
            "shedder_id",
            "service_id",
            unique=True,
            sqlite_where=text(_LIVE_ONCE),
            postgresql_where=text(_LIVE_ONCE),
        ),
        Index("ix_referral_inbox", "organisation_id", "state", "answer_due_on", "id"),
        Index("ix_referral_organisation", "organisation_id", "answer_due_on", "id"),
        Index("ix_referral_ended", "organisation_id", "ended_on", "id"),
        Index("ix_referral_owner", "owner_id", "created_at", "id"),
        Index("ix_referral_partner", "partner_id", "created_at", "id"),
        Index("ix_referral_shedder", "shedder_id"),
        Index("ix_referral_follows", "follows_id"),
        Index("ix_referral_service_answers", "service_id", "answered_on"),
        Index("ix_referral_due", "state", "answer_due_on"),
    )

    @property
    def is_consent_withdrawn(self) -> bool:
        """Whether the man took back his consent that the organisation may know of him."""
        return self.consent_withdrawn_on is not None

    @property
    def asked_back_at(self) -> datetime | None:
        """Since when the organisation waits for the sender's answer; None while it does not."""
        return self.unanswered_since if self.state in LIVE else None

    @property
    def clock(self) -> AnswerClock:
        """The answer's clock of a referral that was sent."""
        assert self.answer_due_on is not None
        return AnswerClock(self.answer_due_on, self.clock_stopped_on, self.clock_stood_still)

    @clock.setter
    def clock(self, clock: AnswerClock) -> None:
        self.answer_due_on = clock.due_on
        self.clock_stopped_on = clock.stopped_on
        self.clock_stood_still = clock.stood_still


def _last_reminder(said: Any) -> Any:
    """What the last reminder of a referral says, read in the same statement as the referral.

    A flush leaves it as it was read: a reminder is a row of its own, and nothing here is written by it.
    """
    last = (
        select(said)
        .where(Reminder.referral_id == Referral.id)
        .order_by(Reminder.reminded_on.desc())
        .limit(1)
        .correlate_except(Reminder)
    )
    return column_property(last.scalar_subquery(), expire_on_flush=False)


Referral.reminded_on = _last_reminder(Reminder.reminded_on)
Referral.reminded_whom = _last_reminder(Reminder.whom)


class Outcome(Base):
    """What came of one need."""

    __tablename__ = "outcome"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    need_category: Mapped[NeedCategory] = mapped_column(coded(NeedCategory), primary_key=True)
    result: Mapped[Result] = mapped_column(coded(Result))


def man_of_referral(referral_id: Any) -> ScalarSelect[UUID]:
    """The man whom a thing of a referral is about, read in the same statement as the thing."""
    named = select(Referral.shedder_id).where(Referral.id == referral_id)
    return named.correlate_except(Referral).scalar_subquery()
