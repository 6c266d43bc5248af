"""Jobs and their checkpoints, and what they mean for a pathway."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.checkpoints import due_on
from services.mentoring.domain.codes import SUSTAINED_AT_WEEKS, CheckpointStatus
from services.mentoring.domain.lifecycles import (
    IN_WORK,
    JOB,
    PATHWAY,
    JobAction,
    JobState,
    PathwayAction,
    PathwayState,
)
from services.mentoring.models import Checkpoint, Job, Pathway
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases.pathways import require_guide, take_step
from shared.database.finding import find, touch
from shared.errors import Conflict, InvalidInput, TransitionNotAllowed
from shared.history import entry


def start_job(work: Work, *, pathway_id: UUID, values: Mapping[str, Any]) -> Job:
    """Record that a work-ready man began a paid job; from then on he is employed."""
    pathway = find(work.session, visible.pathways(work.actor), pathway_id, for_change=True)
    work.require(may.RECORD_JOB)
    require_guide(work, pathway_id)
    if pathway.state not in IN_WORK:
        raise TransitionNotAllowed(
            "A job is recorded for a man who is work-ready.", state=pathway.state.value
        )
    started_on = work.day(values, "started_on")
    if started_on < (pathway.work_ready_on or pathway.enrolled_on):
        raise InvalidInput.on("started_on", "He was not work-ready yet on this day.")
    job = Job(
        pathway_id=pathway.id,
        shedder_id=pathway.shedder_id,
        employer=values.get("employer"),
        sector=values["sector"],
        started_on=started_on,
        hours_per_week=values["hours_per_week"],
        contract=values["contract"],
        is_first=is_first(work, pathway.shedder_id, started_on),
        created_at=work.now,
        checkpoints=[],
    )
    work.session.add(job)
    work.session.flush()
    work.record("job.started", job.id, told_of(job))
    if pathway.state is PathwayState.WORK_READY:
        take_step(work, pathway, PATHWAY.transition(pathway.state, PathwayAction.EMPLOY), on=started_on)
    return job


def read_job(work: Work, *, job_id: UUID) -> Job:
    """Read one job, with its checkpoints."""
    job = find(work.session, visible.jobs(work.actor), job_id)
    work.require(may.SEE_PATHWAYS)
    return job


def end_job(work: Work, *, job_id: UUID, values: Mapping[str, Any]) -> Job:
    """Record that a job ended. Without another job the man is work-ready again."""
    job = find(work.session, visible.jobs(work.actor), job_id, for_change=True)
    require_guide(work, job.pathway_id)
    step = work.step(JOB, job, JobAction.END)
    ended_on = work.day(values, "ended_on")
    if ended_on < job.started_on:
        raise InvalidInput.on("ended_on", "The job had not begun on this day.")
    work.session.add(entry(work, job.id, step, job.state))
    job.state, job.ended_on = JobState(step.target), ended_on
    work.session.flush()
    work.record(step.event, job.id, told_of_end(job))
    pathway = work.session.get_one(Pathway, job.pathway_id, with_for_update=True)
    if pathway.state is PathwayState.EMPLOYED and not _holds_a_job(work, pathway.id):
        pathway.readiness_confirmed_on = ready_again_on(pathway, ended_on)
        take_step(work, pathway, PATHWAY.transition(pathway.state, PathwayAction.LOSE_JOB), on=ended_on)
    return job


def record_checkpoint(work: Work, *, job_id: UUID, weeks: str, values: Mapping[str, Any]) -> Job:
    """Record what is known of a job some weeks after its start, and how it is known."""
    job = find(work.session, visible.jobs(work.actor), job_id, for_change=True)
    work.require(may.RECORD_CHECKPOINT)
    require_guide(work, job.pathway_id)
    work.expect_version(job)
    return _record(work, job, int(weeks), values)


def _record(work: Work, job: Job, weeks: int, values: Mapping[str, Any]) -> Job:
    status = values["status"]
    known_by = values.get("known_by")
    if (known_by is None) != (status is CheckpointStatus.UNKNOWN):
        raise InvalidInput.on("known_by", "Say how it is known; leave it out when it is unknown.")
    recorded_on = work.day(values, "recorded_on")
    if recorded_on < due_on(job.started_on, weeks):
        raise InvalidInput.on("recorded_on", f"The job had not lasted {weeks} weeks on this day.")
    _agrees(work, job, weeks, status)
    checkpoint = next((known for known in job.checkpoints if known.weeks == weeks), None)
    if checkpoint is None:
        checkpoint = Checkpoint(weeks=weeks)
        job.checkpoints.append(checkpoint)
    checkpoint.status, checkpoint.known_by = status, known_by
    checkpoint.recorded_on, checkpoint.recorded_at = recorded_on, work.now
    checkpoint.recorded_by = work.actor.id
    touch(job, "checkpoints")
    work.record("job.checked", job.id, told_of_checkpoint(job, checkpoint))
    _sustain(work, job, checkpoint)
    return job


def _agrees(work: Work, job: Job, weeks: int, status: CheckpointStatus) -> None:
    """A checkpoint may not contradict the job's end, nor take back what made a pathway end well."""
    employed = status is CheckpointStatus.EMPLOYED
    if employed and job.ended_on is not None and job.ended_on < due_on(job.started_on, weeks):
        raise InvalidInput.on("status", f"The job ended on {job.ended_on}, before these {weeks} weeks.")
    pathway = work.session.get_one(Pathway, job.pathway_id)
    if not employed and weeks == SUSTAINED_AT_WEEKS and pathway.state is PathwayState.SUSTAINED:
        raise Conflict("The pathway is sustained by this checkpoint, and has ended.")


def ready_again_on(pathway: Pathway, ended_on: date) -> date:
    """From when readiness counts after a job: having held it until then shows that he was ready."""
    return max(ended_on, pathway.readiness_confirmed_on or ended_on)


def told_of(job: Job) -> dict[str, Any]:
    """What an event tells of a job: no employer."""
    return {
        "job_id": job.id,
        "pathway_id": job.pathway_id,
        "shedder_id": job.shedder_id,
        "started_on": job.started_on,
        "hours_per_week": job.hours_per_week,
        "contract": job.contract,
        "is_first": job.is_first,
    }


def told_of_end(job: Job) -> dict[str, Any]:
    """What an event tells of a job that ended."""
    return {
        "job_id": job.id,
        "pathway_id": job.pathway_id,
        "shedder_id": job.shedder_id,
        "ended_on": job.ended_on,
    }


def told_of_checkpoint(job: Job, checkpoint: Checkpoint) -> dict[str, Any]:
    """What an event tells of a checkpoint."""
    return {
        "job_id": job.id,
        "pathway_id": job.pathway_id,
        "shedder_id": job.shedder_id,
        "weeks": checkpoint.weeks,
        "status": checkpoint.status,
        "known_by": checkpoint.known_by,
        "recorded_on": checkpoint.recorded_on,
    }


def _sustain(work: Work, job: Job, checkpoint: Checkpoint) -> None:
    """A man who is still employed at 26 weeks has a job that lasts."""
    pathway = work.session.get_one(Pathway, job.pathway_id, with_for_update=True)
    confirmed = checkpoint.weeks == SUSTAINED_AT_WEEKS and checkpoint.status is CheckpointStatus.EMPLOYED
    if confirmed and pathway.state is PathwayState.EMPLOYED:
        step = PATHWAY.transition(pathway.state, PathwayAction.SUSTAIN)
        take_step(work, pathway, step, on=checkpoint.recorded_on)


def is_first(work: Work, shedder_id: UUID, started_on: date) -> bool:
    """Whether a job began before all that are known of this man; the one that was first is first no more."""
    first = select(Job).where(Job.shedder_id == shedder_id, Job.is_first)
    known = work.session.scalars(first.with_for_update()).one_or_none()
    if known is None or known.started_on <= started_on:
        return known is None
    known.is_first = False
    work.session.flush()
    work.record("job.started", known.id, told_of(known))
    return True


def _holds_a_job(work: Work, pathway_id: UUID) -> bool:
    held = select(Job.id).where(Job.pathway_id == pathway_id, Job.state == JobState.HELD)
    return work.session.scalar(held.limit(1)) is not None
