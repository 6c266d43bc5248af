"""Pathways to work, their steps with evidence, and the configurable list of steps."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.mentoring.domain.lifecycles import OPEN_PATHWAY, PathwayState, StepState
from services.mentoring.models.base import Base
from shared.database.columns import Id, Name, Referenced, Text, Versioned, coded, one_of

_OPEN = one_of("state", OPEN_PATHWAY)


class StepDefinition(Versioned, Base):
    """A criterion of readiness in the programme's list; pathways get those that are in use."""

    __tablename__ = "step_definition"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Name]
    required: Mapped[bool]
    in_use: Mapped[bool] = mapped_column(default=True)
    place: Mapped[int]


class Pathway(Versioned, Referenced, Base):
    """A man's way to work. He has at most one that is open."""

    __tablename__ = "pathway"

    shedder_id: Mapped[UUID]
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("mentor.id"), index=True)
    shed_id: Mapped[UUID]
    partner_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[PathwayState] = mapped_column(coded(PathwayState), default=PathwayState.ENROLLED)
    enrolled_on: Mapped[date]
    work_ready_on: Mapped[date | None]
    readiness_confirmed_on: Mapped[date | None]
    readiness_proposed_on: Mapped[date | None]
    readiness_proposed_by: Mapped[UUID | None]
    readiness_proposed_on_behalf_of: Mapped[UUID | None]
    asked_to_confirm: Mapped[UUID | None]
    readiness_declined_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    coded_reason: Mapped[str | None] = mapped_column(String(40))

    steps: Mapped[list["Step"]] = relationship(
        lazy="selectin", order_by=lambda: (Step.place, Step.id), cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("ref_owner", "external_ref"),
        Index(
            "uq_pathway_open",
            "shedder_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_pathway_lapse", "state", "readiness_confirmed_on"),
    )


class Step(Versioned, Base):
    """A criterion of readiness on one man's pathway."""

    __tablename__ = "step"

    pathway_id: Mapped[UUID] = mapped_column(ForeignKey("pathway.id"))
    shedder_id: Mapped[UUID] = column_property(
        select(Pathway.shedder_id).where(Pathway.id == pathway_id).correlate_except(Pathway).scalar_subquery()
    )
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[Name]
    required: Mapped[bool]
    place: Mapped[int]
    state: Mapped[StepState] = mapped_column(coded(StepState), default=StepState.NOT_STARTED)
    changed_on: Mapped[date | None]
    why: Mapped[Text | None]

    # Loaded when it is looked at: a pathway and its steps are read far more often than their evidence.
    evidence: Mapped[list["Evidence"]] = relationship(
        order_by=lambda: (Evidence.dated_on, Evidence.id), cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("pathway_id", "code"),)


class Evidence(Base):
    """What shows that a step was made."""

    __tablename__ = "evidence"

    id: Mapped[Id]
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"), index=True)
    dated_on: Mapped[date]
    what: Mapped[Text]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
