"""Jobs, and what is known of them at each checkpoint."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.mentoring.domain.checkpoints import ToRecord, to_record
from services.mentoring.domain.codes import CheckpointStatus, Contract, KnownBy
from services.mentoring.domain.lifecycles import JobState
from services.mentoring.models.base import Base
from shared.database.columns import Name, Versioned, coded


class Job(Versioned, Base):
    """A paid job. `is_first`: the man's first since he came to the programme."""

    __tablename__ = "job"

    pathway_id: Mapped[UUID] = mapped_column(ForeignKey("pathway.id"), index=True)
    shedder_id: Mapped[UUID] = mapped_column(index=True)
    employer: Mapped[Name | None]
    sector: Mapped[str] = mapped_column(String(40))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    hours_per_week: Mapped[int]
    contract: Mapped[Contract] = mapped_column(coded(Contract))
    is_first: Mapped[bool]
    state: Mapped[JobState] = mapped_column(coded(JobState), default=JobState.HELD)

    checkpoints: Mapped[list["Checkpoint"]] = relationship(
        lazy="selectin", order_by=lambda: Checkpoint.weeks, cascade="all, delete-orphan"
    )

    @property
    def checkpoints_to_record(self) -> list[ToRecord]:
        """Those that nobody recorded yet."""
        return to_record(self.started_on, self.ended_on, self.checkpoints)


class Checkpoint(Base):
    """What is known of a job some weeks after its start, and how."""

    __tablename__ = "checkpoint"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), primary_key=True)
    weeks: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[CheckpointStatus] = mapped_column(coded(CheckpointStatus))
    known_by: Mapped[KnownBy | None] = mapped_column(coded(KnownBy))
    recorded_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
