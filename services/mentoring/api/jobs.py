"""Jobs and their checkpoints over HTTP."""

from marshmallow import fields

from services.mentoring.domain import permissions as may
from services.mentoring.domain.codes import CHECKPOINT_WEEKS, CheckpointStatus, Contract, KnownBy
from services.mentoring.domain.lifecycles import JOB, JobAction, JobState
from services.mentoring.queries import lists, visible
from services.mentoring.use_cases import jobs
from shared.http.fields import Code, Day, Line, Whole
from shared.http.history_api import history_route
from shared.http.routes import change, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Paged


class StartJob(Input):
    employer = Line(allow_none=True)
    sector = Line(longest=40, required=True)
    started_on = Day()
    hours_per_week = Whole(1, 80, required=True)
    contract = Code(Contract, required=True)


class EndJob(Input):
    ended_on = Day()


class RecordCheckpoint(Input):
    status = Code(CheckpointStatus, required=True)
    known_by = Code(KnownBy, allow_none=True, metadata={"description": "Required unless unknown."})
    recorded_on = Day()


class Checkpoint(Answer):
    weeks = fields.Integer(required=True)
    status = Code(CheckpointStatus, required=True)
    known_by = Code(KnownBy, allow_none=True)
    recorded_on = fields.Date(required=True)


class CheckpointToRecord(Answer):
    weeks = fields.Integer(required=True)
    due_on = fields.Date(required=True, metadata={"description": "The first day on which it can be."})


class Job(LifecycleAnswer):
    lifecycle = JOB
    path = "/mentoring/jobs/{id}"

    id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    employer = fields.String(allow_none=True)
    sector = fields.String(required=True)
    started_on = fields.Date(required=True)
    ended_on = fields.Date(allow_none=True)
    hours_per_week = fields.Integer(required=True)
    contract = Code(Contract, required=True)
    is_first = fields.Boolean(required=True)
    state = Code(JobState, required=True)
    checkpoints = fields.List(fields.Nested(Checkpoint), required=True)
    checkpoints_to_record = fields.List(fields.Nested(CheckpointToRecord), required=True)


class JobQuery(Paged):
    pathway_id = fields.UUID()
    shedder_id = fields.UUID()
    state = Code(JobState)


_WEEKS = ", ".join(f'"{weeks}"' for weeks in CHECKPOINT_WEEKS)
_ONE = "/jobs/<uuid:job_id>"

ROUTES = [
    listing("/jobs", lists.list_jobs, may.SEE_PATHWAYS, Job, JobQuery),
    create("/pathways/<uuid:pathway_id>/jobs", jobs.start_job, may.RECORD_JOB, StartJob, Job, place="/jobs"),
    read(_ONE, jobs.read_job, may.SEE_PATHWAYS, Job),
    transition(f"{_ONE}/end", jobs.end_job, JOB, JobAction.END, EndJob, Job),
    change(
        f"{_ONE}/checkpoints/<any({_WEEKS}):weeks>",
        jobs.record_checkpoint,
        may.RECORD_CHECKPOINT,
        RecordCheckpoint,
        Job,
        method="PUT",
    ),
    history_route(_ONE, JOB, visible.jobs, may.SEE_PATHWAYS),
]
