"""Storing many records at once, as they were kept before: mentors, and pathways with their jobs.

Nobody is asked whether a past match or job was allowed, but it must be a history: every past mentorship,
pathway and job is replayed through its lifecycle, each transition on its day. Of steps only the end is known.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.mentoring.domain import permissions as may
from services.mentoring.domain.checkpoints import due_on
from services.mentoring.domain.codes import CheckpointStatus
from services.mentoring.domain.lifecycles import (
    JOB,
    MENTORSHIP,
    PATHWAY,
    STEP,
    JobAction,
    JobState,
    MentorshipAction,
    MentorshipState,
    PathwayAction,
    PathwayState,
    StepAction,
    StepState,
)
from services.mentoring.models import (
    KNOWN,
    Checkpoint,
    Evidence,
    Job,
    Mentor,
    Mentorship,
    Pathway,
    Step,
)
from services.mentoring.settings import Work
from services.mentoring.use_cases.jobs import (
    is_first,
    ready_again_on,
    told_of_checkpoint,
    told_of_end,
)
from services.mentoring.use_cases.jobs import told_of as told_of_job
from services.mentoring.use_cases.mentors import tell_if_trained
from services.mentoring.use_cases.mentorships import told_of as told_of_match
from services.mentoring.use_cases.pathways import new_steps, told_of
from shared.clock import noon
from shared.erased import refuse_erased
from shared.history import entry
from shared.identifiers import new_id
from shared.imported_rows import Report, Row, note_differences, own_refs, own_things

EVIDENCE = "Work-ready in the records that were taken over."


def store_mentors(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Mentors with their training and certificate of conduct."""
    work.require(may.IMPORT_RECORDS)
    there = own_things(work, Mentor)
    for row in rows:
        names = ("name", "country", "municipality", "trained_on", "vog_on", "capacity", "external_ref")
        kept = there.get(row.values["external_ref"])
        if kept is not None:
            report.already_there += 1
            note_differences(row, kept, report, names)
            continue
        report.new += 1
        mentor = Mentor(
            id=new_id(),
            partner_id=work.actor.partner_id,
            sectors=row.values.get("sectors", []),
            languages=row.values.get("languages", []),
            ref_owner=work.actor.ref_owner,
            created_at=work.now,
            **{name: row.values.get(name) for name in names},
        )
        work.session.add(mentor)
        tell_if_trained(work, mentor)


def store_pathways(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Pathways with the match behind them, the day he was work-ready, his job and its checkpoints."""
    work.require(may.IMPORT_RECORDS)
    there = own_refs(work, Pathway)
    for row in rows:
        if row.values["external_ref"] in there:
            report.already_there += 1
            continue
        report.new += 1
        refuse_erased(work.session, row.values["shedder_id"])
        pathway = _enrolled(work, row.values)
        work.session.add(_matched(work, pathway, row.values))
        work.session.add(pathway)
        work.session.flush()
        _replay(work, pathway, row.values)


def _enrolled(work: Work, values: Mapping[str, Any]) -> Pathway:
    shed = KNOWN.any_shed_of(work.session, values["shedder_id"])
    assert shed is not None, "the row was checked"
    pathway = Pathway(
        id=new_id(),
        shedder_id=values["shedder_id"],
        mentor_id=values["mentor_id"],
        shed_id=shed.shed_id,
        partner_id=shed.partner_id,
        state=PathwayState.ENROLLED,
        enrolled_on=values["enrolled_on"],
        external_ref=values["external_ref"],
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        steps=new_steps(work),
    )
    work.record("pathway.enrolled", pathway.id, told_of(pathway, pathway.enrolled_on))
    return pathway


def lasts(values: Mapping[str, Any]) -> bool:
    """Whether a past job is known to have lasted, and the way to have ended with it."""
    return values.get("checkpoint_26w") is CheckpointStatus.EMPLOYED


def _matched(work: Work, pathway: Pathway, values: Mapping[str, Any]) -> Mentorship:
    """The mentorship: it goes on, unless the man has a job that lasts."""
    ended_on = due_on(values["job_started_on"], 26) if lasts(values) else None
    mentorship = Mentorship(
        id=new_id(),
        mentor_id=pathway.mentor_id,
        shedder_id=pathway.shedder_id,
        shed_id=pathway.shed_id,
        partner_id=pathway.partner_id,
        state=MentorshipState.PROPOSED,
        proposed_on=pathway.enrolled_on,
        began_on=pathway.enrolled_on,
        ended_on=ended_on,
        created_at=work.now,
    )
    work.record("mentorship.proposed", mentorship.id, told_of_match(mentorship, pathway.enrolled_on))
    _move(work, mentorship, MentorshipAction.ACTIVATE, pathway.enrolled_on)
    if ended_on is not None:
        _move(work, mentorship, MentorshipAction.COMPLETE, ended_on)
    return mentorship


def _move(work: Work, mentorship: Mentorship, action: MentorshipAction, on: date) -> None:
    step = MENTORSHIP.transition(mentorship.state, action)
    at = noon(on, work.now)
    work.session.add(entry(work, mentorship.id, step, mentorship.state, at=at))
    mentorship.state = MentorshipState(step.target)
    work.record(step.event, mentorship.id, told_of_match(mentorship, on))


def _replay(work: Work, pathway: Pathway, values: Mapping[str, Any]) -> None:
    """What must have happened, each step on the day that is known."""
    ready_on = values.get("work_ready_on")
    if ready_on is None:
        return
    for step in pathway.steps:
        _complete(work, step, ready_on)
    _advance(work, pathway, PathwayAction.PREPARE, ready_on)
    pathway.work_ready_on = pathway.readiness_confirmed_on = ready_on
    _advance(work, pathway, PathwayAction.CONFIRM, ready_on)
    if values.get("job_started_on") is not None:
        _replay_job(work, pathway, values)


def _complete(work: Work, step: Step, on: date) -> None:
    row = STEP.transition(step.state, StepAction.COMPLETE)
    step.evidence.append(
        Evidence(dated_on=on, what=EVIDENCE, recorded_at=work.now, recorded_by=work.actor.id)
    )
    work.session.add(entry(work, step.id, row, step.state, at=noon(on, work.now)))
    step.state, step.changed_on = StepState(row.target), on


def _replay_job(work: Work, pathway: Pathway, values: Mapping[str, Any]) -> None:
    started_on = values["job_started_on"]
    job = Job(
        id=new_id(),
        pathway_id=pathway.id,
        shedder_id=pathway.shedder_id,
        sector=values["sector"],
        started_on=started_on,
        hours_per_week=values["hours_per_week"],
        contract=values["contract"],
        is_first=is_first(work, pathway.shedder_id, started_on),
        state=JobState.HELD,
        created_at=work.now,
        checkpoints=[],
    )
    work.record("job.started", job.id, told_of_job(job))
    _advance(work, pathway, PathwayAction.EMPLOY, started_on)
    for weeks, column in ((13, "checkpoint_13w"), (26, "checkpoint_26w")):
        if values.get(column) is not None:
            _check(work, job, weeks, values[column])
    work.session.add(job)
    _end(work, pathway, job)


def _check(work: Work, job: Job, weeks: int, status: CheckpointStatus) -> None:
    checkpoint = Checkpoint(
        weeks=weeks,
        status=status,
        known_by=None,
        recorded_on=due_on(job.started_on, weeks),
        recorded_at=work.now,
        recorded_by=work.actor.id,
    )
    job.checkpoints.append(checkpoint)
    work.record("job.checked", job.id, told_of_checkpoint(job, checkpoint))


def _end(work: Work, pathway: Pathway, job: Job) -> None:
    """A job that lasted sustains; one that was over at a checkpoint had ended by that day at the latest."""
    known = {checkpoint.weeks: checkpoint.status for checkpoint in job.checkpoints}
    over = [weeks for weeks, status in known.items() if status is CheckpointStatus.NOT_EMPLOYED]
    if known.get(26) is CheckpointStatus.EMPLOYED:
        _advance(work, pathway, PathwayAction.SUSTAIN, due_on(job.started_on, 26))
    elif over:
        ended_on = due_on(job.started_on, min(over))
        _end_job(work, job, ended_on)
        pathway.readiness_confirmed_on = ready_again_on(pathway, ended_on)
        _advance(work, pathway, PathwayAction.LOSE_JOB, ended_on)


def _end_job(work: Work, job: Job, on: date) -> None:
    step = JOB.transition(job.state, JobAction.END)
    work.session.add(entry(work, job.id, step, job.state, at=noon(on, work.now)))
    job.state, job.ended_on = JobState(step.target), on
    work.record(step.event, job.id, told_of_end(job))


def _advance(work: Work, pathway: Pathway, action: PathwayAction, on: date) -> None:
    step = PATHWAY.transition(pathway.state, action)
    source, pathway.state = pathway.state, PathwayState(step.target)
    if pathway.state is PathwayState.SUSTAINED:
        pathway.ended_on = on
    work.session.add(entry(work, pathway.id, step, source, at=noon(on, work.now)))
    work.record(step.event, pathway.id, told_of(pathway, on))
