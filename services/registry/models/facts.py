"""What the other services told that the programme figures are made of: ids, codes and dates, no more."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Base


class ReferralFact(Base):
    __tablename__ = "referral_fact"

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    shedder_id: Mapped[UUID] = mapped_column(index=True)
    shed_id: Mapped[UUID] = mapped_column(index=True)
    need_category: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    requested_on: Mapped[date] = mapped_column(index=True)
    answered_on: Mapped[date | None]
    answer_days: Mapped[int | None]
    promised_days: Mapped[int | None]


class MentorFact(Base):
    __tablename__ = "mentor_fact"

    mentor_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID | None]
    country: Mapped[str] = mapped_column(String(2))
    trained_on: Mapped[date]
    in_order_until: Mapped[date | None]


class PathwayFact(Base):
    """A man's pathway, and the day he was first confirmed work-ready on it."""

    __tablename__ = "pathway_fact"

    pathway_id: Mapped[UUID] = mapped_column(primary_key=True)
    shedder_id: Mapped[UUID] = mapped_column(index=True)
    enrolled_on: Mapped[date]
    work_ready_on: Mapped[date | None]


class JobFact(Base):
    """A job, and what is known of it at 13 and 26 weeks (null: nobody has said)."""

    __tablename__ = "job_fact"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    shedder_id: Mapped[UUID]
    started_on: Mapped[date]
    is_first: Mapped[bool]
    weeks_13: Mapped[str | None] = mapped_column(String(40))
    weeks_26: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (Index("ix_job_fact_shedder", "shedder_id", "started_on"),)


class MentorshipFact(Base):
    """Which mentor guides which man, so that a mentor may see his own mentees and nobody else."""

    __tablename__ = "mentorship_fact"

    mentorship_id: Mapped[UUID] = mapped_column(primary_key=True)
    mentor_id: Mapped[UUID]
    shedder_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_mentorship_fact_mentor", "mentor_id", "shedder_id"),)
