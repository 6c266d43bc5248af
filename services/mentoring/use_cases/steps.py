"""Steps of a pathway, with their evidence; and the programme's list of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import (
    OPEN_PATHWAY,
    PATHWAY,
    STEP,
    PathwayAction,
    PathwayState,
    StepAction,
    StepState,
)
from services.mentoring.domain.readiness import missing_steps
from services.mentoring.models import Evidence, Pathway, Step, StepDefinition
from services.mentoring.queries import visible
from services.mentoring.settings import Work
from services.mentoring.use_cases.pathways import require_guide
from services.mentoring.use_cases.pathways import take_step as take_pathway_step
from shared.database.finding import assign, find, refuse_second, touch
from shared.errors import TransitionNotAllowed
from shared.history import entry
from shared.lifecycle import Transition


def read_step(work: Work, *, step_id: UUID) -> Step:
    """Read one step, with its evidence."""
    step = find(work.session, visible.steps(work.actor), step_id)
    work.require(may.SEE_PATHWAYS)
    return step


def start_step(work: Work, *, step_id: UUID, values: Mapping[str, Any]) -> Step:
    """Begin work on a step."""
    step, row = _to_step(work, step_id, StepAction.START)
    dict(values)  # nothing is asked for, but what was sent must be right
    return _take_step(work, step, row)


def complete_step(work: Work, *, step_id: UUID, values: Mapping[str, Any]) -> Step:
    """Complete a step, with dated evidence."""
    step, row = _to_step(work, step_id, StepAction.COMPLETE)
    return _take_step(work, step, row, on=_keep_evidence(work, step, values["evidence"], "evidence"))


def waive_step(work: Work, *, step_id: UUID, values: Mapping[str, Any]) -> Step:
    """Waive a step that this man does not need, with the reason."""
    step, row = _to_step(work, step_id, StepAction.WAIVE)
    return _take_step(work, step, row, why=values["why"])


def reopen_step(work: Work, *, step_id: UUID, values: Mapping[str, Any]) -> Step:
    """Take up a step again that was completed or waived, with the reason."""
    step, row = _to_step(work, step_id, StepAction.REOPEN)
    return _take_step(work, step, row, why=values["why"])


def add_evidence(work: Work, *, step_id: UUID, values: Mapping[str, Any]) -> Step:
    """Add dated evidence to a step, whatever its state."""
    step = find(work.session, visible.steps(work.actor), step_id, for_change=True)
    work.require(may.ADD_EVIDENCE)
    require_guide(work, step.pathway_id)
    work.expect_version(step)
    _keep_evidence(work, step, values)
    touch(step)
    return step


def add_step_definition(work: Work, *, values: Mapping[str, Any]) -> StepDefinition:
    """Add a criterion of readiness to the programme's list; new pathways get it."""
    work.require(may.KEEP_STEP_LIST)
    same_code = select(StepDefinition).where(StepDefinition.code == values["code"])
    refuse_second(work.session, same_code, "There is a step with this code already.")
    definition = StepDefinition(code=values["code"], created_at=work.now, in_use=True)
    assign(definition, values, ("title", "required", "place", "in_use"))
    work.session.add(definition)
    return definition


def change_step_definition(work: Work, *, definition_id: UUID, values: Mapping[str, Any]) -> StepDefinition:
    """Change a criterion of readiness, or take it out of use; pathways that have it keep it."""
    definition = find(work.session, visible.step_definitions(work.actor), definition_id, for_change=True)
    work.require(may.KEEP_STEP_LIST)
    work.expect_version(definition)
    assign(definition, values, ("title", "required", "place", "in_use"))
    return definition


def read_step_definition(work: Work, *, definition_id: UUID) -> StepDefinition:
    """Read one criterion of readiness."""
    definition = find(work.session, visible.step_definitions(work.actor), definition_id)
    work.require(may.SEE_STEP_LIST)
    return definition


def _to_step(work: Work, step_id: UUID, action: StepAction) -> tuple[Step, Transition]:
    step = find(work.session, visible.steps(work.actor), step_id, for_change=True)
    require_guide(work, step.pathway_id)
    row = work.step(STEP, step, action)
    require_guide(work, step.pathway_id)
    pathway = work.session.get_one(Pathway, step.pathway_id, with_for_update=True)
    if pathway.state not in OPEN_PATHWAY:
        raise TransitionNotAllowed("The pathway has ended.", state=pathway.state.value)
    return step, row


def _take_step(
    work: Work, step: Step, row: Transition, *, why: str | None = None, on: date | None = None
) -> Step:
    day = on or work.today
    work.session.add(entry(work, step.id, row, step.state, remark=why))
    step.state, step.why = StepState(row.target), why
    step.changed_on = day
    work.session.flush()
    pathway = work.session.get_one(Pathway, step.pathway_id)
    touch(pathway)
    if pathway.state is PathwayState.ENROLLED:
        take_pathway_step(work, pathway, PATHWAY.transition(pathway.state, PathwayAction.PREPARE), on=day)
    elif pathway.state is PathwayState.WORK_READY and missing_steps([step]):
        # Work-ready needs every required step: without one he is preparing again.
        take_pathway_step(work, pathway, PATHWAY.transition(pathway.state, PathwayAction.LAPSE))
    work.record(
        row.event,
        step.id,
        {
            "step_id": step.id,
            "pathway_id": pathway.id,
            "shedder_id": pathway.shedder_id,
            "code": step.code,
            "state": step.state,
            "on": day,
        },
    )
    return step


def _keep_evidence(work: Work, step: Step, evidence: Mapping[str, Any], *within: str) -> date:
    """Keep what shows that a step was made; give the day that it is dated on."""
    dated_on = work.day(evidence, "dated_on", *within)
    step.evidence.append(
        Evidence(dated_on=dated_on, what=evidence["what"], recorded_at=work.now, recorded_by=work.actor.id)
    )
    return dated_on
