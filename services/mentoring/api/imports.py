"""The CSV files of mentoring: their columns, as rows of the API's own schemas, and how rows are checked."""

from collections.abc import Sequence

from marshmallow import ValidationError, validates_schema
from sqlalchemy import select

from services.mentoring.api.jobs import StartJob
from services.mentoring.api.mentors import AddMentor
from services.mentoring.domain import permissions as may
from services.mentoring.domain.checkpoints import due_on
from services.mentoring.domain.codes import CheckpointStatus, Contract
from services.mentoring.domain.lifecycles import OPEN_PATHWAY, TAKES_ROOM
from services.mentoring.models import KNOWN, Mentorship, Pathway
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases import past_records
from shared.http.fields import Code, Day, Line, Whole
from shared.http.imports_api import imports_route
from shared.http.schemas import Input
from shared.imported_rows import (
    References,
    Row,
    blame_before,
    blame_to_come,
    blame_twins,
    find_all,
    good,
    own_refs,
)
from shared.importing import Importer
from shared.references import references_route

KINDS = {"mentors": visible.mentors}
_OF_A_JOB = ("sector", "hours_per_week", "contract")


class MentorRow(AddMentor):
    class Meta(Input.Meta):
        exclude = ("phone", "applied_on", "interviewed_on", "training_course")

    external_ref = Line(longest=100, required=True, data_key="mentor_ref")


class PathwayRow(StartJob):
    class Meta(Input.Meta):
        exclude = ("employer", "started_on")

    external_ref = Line(longest=100, required=True, data_key="pathway_ref")
    shedder_ref = Line(longest=100, required=True)
    mentor_ref = Line(longest=100, required=True)
    enrolled_on = Day(required=True)
    work_ready_on = Day()
    job_started_on = Day()
    sector = Line(longest=40)
    hours_per_week = Whole(1, 80)
    contract = Code(Contract)
    checkpoint_13w = Code(CheckpointStatus)
    checkpoint_26w = Code(CheckpointStatus)

    @validates_schema
    def is_a_history(self, values: dict[str, object], **_kwargs: object) -> None:
        """A job needs what belongs to it, and comes after being work-ready."""
        has_job = "job_started_on" in values
        if has_job and "work_ready_on" not in values:
            raise ValidationError("Fill it in: the job came after it.", "work_ready_on")
        for column in _OF_A_JOB:
            if has_job and column not in values:
                raise ValidationError("Fill it in: there is a job.", column)
        for column in (*_OF_A_JOB, "checkpoint_13w", "checkpoint_26w"):
            if not has_job and column in values:
                raise ValidationError("Leave it empty: there is no job.", column)


def _check_mentors(work: Work, rows: Sequence[Row], _references: References) -> None:
    blame_twins(rows, "mentor_ref", "external_ref")
    blame_to_come(work, rows, "trained_on", "vog_on")


def _check_pathways(work: Work, rows: Sequence[Row], references: References) -> None:
    blame_twins(rows, "pathway_ref", "external_ref")
    blame_twins(rows, "shedder_ref", "shedder_ref")
    blame_before(rows, "work_ready_on", "enrolled_on")
    blame_before(rows, "job_started_on", "work_ready_on")
    blame_to_come(work, rows, "enrolled_on", "work_ready_on", "job_started_on")
    find_all(rows, references, "shedder_ref", "shedders", "shedder")
    find_all(rows, references, "mentor_ref", "mentors", "mentor")
    on_their_way = dict(
        work.session.execute(
            select(Pathway.shedder_id, Pathway.external_ref).where(Pathway.state.in_(OPEN_PATHWAY))
        ).all()
    )
    there = own_refs(work, Pathway)
    for row in good(rows):
        ref = on_their_way.get(row.values["shedder_id"], row.values["external_ref"])
        if ref != row.values["external_ref"]:
            row.blame("shedder_ref", "This man is on an open pathway already.")
        elif KNOWN.any_shed_of(work.session, row.values["shedder_id"]) is None:
            row.blame("shedder_ref", "This man was registered a moment ago. Try again in a second.")
        _blame_early_checkpoints(work, row)
    _blame_matches(work, [row for row in good(rows) if row.values["external_ref"] not in there])


def _blame_early_checkpoints(work: Work, row: Row) -> None:
    for weeks, column in ((13, "checkpoint_13w"), (26, "checkpoint_26w")):
        if column in row.values and due_on(row.values["job_started_on"], weeks) > work.today:
            row.blame(column, f"The job has not lasted {weeks} weeks yet.")


def _blame_matches(work: Work, rows: Sequence[Row]) -> None:
    """A match that still goes on needs his consent today, and there is one of these two at most."""
    men = {row.values["shedder_id"] for row in rows}
    agreed = KNOWN.agreed(work.session, men, "mentoring", work.today)
    going_on = set(
        work.session.execute(
            select(Mentorship.mentor_id, Mentorship.shedder_id).where(Mentorship.state.in_(TAKES_ROOM))
        )
    )
    for row in rows:
        if past_records.lasts(row.values):
            continue
        if (row.values["shedder_id"], None) not in agreed:
            row.blame("shedder_ref", "His way still goes on, and his consent to mentoring is not active.")
        elif (row.values["mentor_id"], row.values["shedder_id"]) in going_on:
            row.blame("mentor_ref", "There is a mentorship of these two already.")


IMPORTERS = [
    Importer(
        "mentors.csv",
        MentorRow,
        _check_mentors,
        past_records.store_mentors,
        lists=frozenset({"sectors", "languages"}),
    ),
    Importer(
        "pathways.csv",
        PathwayRow,
        _check_pathways,
        past_records.store_pathways,
        elsewhere={"shedder_ref": "shedders"},
    ),
]

ROUTES = [
    imports_route(IMPORTERS, KINDS, may.IMPORT_RECORDS),
    references_route(KINDS, may.IMPORT_RECORDS),
]
