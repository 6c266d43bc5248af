"""Pathways over HTTP: enrolling, readiness proposed and what comes of it, stopping, obstacles."""

from typing import Any

from marshmallow import fields

from services.mentoring.api.mentorships import Remark, Stop
from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import (
    CONFIRMING,
    PATHWAY,
    PROPOSABLE,
    STEP,
    PathwayAction,
    PathwayState,
    ProposalAction,
    StepState,
)
from services.mentoring.domain.readiness import may_confirm, may_take_back, missing_steps
from services.mentoring.queries import lists, visible
from services.mentoring.use_cases import pathways, readiness
from shared.actor import Actor, Role
from shared.http.fields import Code, Day, FreeText
from shared.http.history_api import history_route
from shared.http.routes import action, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Paged


class Enrol(Input):
    mentorship_id = fields.UUID(required=True)
    enrolled_on = Day()


class Confirm(Remark):
    confirmed_on = Day()


class ProposeReadiness(Input):
    proposed_on = Day()
    asked_to_confirm = fields.UUID(
        allow_none=True, metadata={"description": "A mentor who may confirm; else a coordinator does."}
    )


class DeclineReadiness(Input):
    why = FreeText(required=True, longest=1000, metadata={"description": "What his mentor is to read."})


class EvidenceShown(Answer):
    id = fields.UUID(required=True)
    dated_on = fields.Date(required=True)
    what = fields.String(required=True)
    recorded_by = fields.UUID(required=True)


class Step(LifecycleAnswer):
    lifecycle = STEP
    path = "/mentoring/steps/{id}"

    id = fields.UUID(required=True)
    pathway_id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    state = Code(StepState, required=True)
    changed_on = fields.Date(allow_none=True)
    why = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceShown), required=True)


class StepOfPathway(Answer):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    state = Code(StepState, required=True)
    changed_on = fields.Date(allow_none=True)


class Pathway(LifecycleAnswer):
    lifecycle = PATHWAY
    path = "/mentoring/pathways/{id}"

    id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    mentor_id = fields.UUID(required=True)
    shed_id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    state = Code(PathwayState, required=True)
    enrolled_on = fields.Date(required=True)
    work_ready_on = fields.Date(allow_none=True, metadata={"description": "First confirmed."})
    readiness_confirmed_on = fields.Date(allow_none=True, metadata={"description": "Last confirmed."})
    readiness_proposed_on = fields.Date(allow_none=True)
    readiness_proposed_by = fields.UUID(allow_none=True)
    readiness_proposed_on_behalf_of = fields.UUID(allow_none=True)
    asked_to_confirm = fields.UUID(allow_none=True)
    readiness_declined_on = fields.Date(
        allow_none=True,
        metadata={"description": "Not yet, it was said; until it is confirmed. Why: in the history."},
    )
    ended_on = fields.Date(allow_none=True)
    coded_reason = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(StepOfPathway), required=True)
    missing_steps = fields.Function(
        lambda pathway: missing_steps(pathway.steps), metadata={"type": "array", "items": {"type": "string"}}
    )

    def available(self, thing: Any, actor: Actor) -> list[dict[str, Any]]:
        """Readiness is proposed by who guides him, and confirmed by a second person: to each his own."""
        offers = super().available(thing, actor)
        confirming = may_confirm(thing, actor)
        asked = actor.role is Role.MENTOR and confirming
        kept = [one for one in offers if (confirming if one["action"] in CONFIRMING else not asked)]
        proposable = thing.state in PROPOSABLE and not missing_steps(thing.steps)
        if proposable and not asked and may.PROPOSE_READINESS.allows(actor):
            kept.append(self.offer(self.href_of(thing), "propose_readiness"))
        return [*kept, *self._ending_a_proposal(thing, actor)]

    def _ending_a_proposal(self, thing: Any, actor: Actor) -> list[dict[str, Any]]:
        """A proposal that waits is declined by who might confirm it, and taken back by who made it."""
        if thing.state not in PROPOSABLE:
            return []
        place, offers = self.href_of(thing), []
        if may_confirm(thing, actor) and may.DECLINE_READINESS.allows(actor):
            offers.append(self.offer(place, ProposalAction.DECLINE_READINESS, ("why",)))
        if may_take_back(thing, actor) and may.TAKE_BACK_READINESS.allows(actor):
            offers.append(self.offer(place, ProposalAction.TAKE_BACK_READINESS))
        return offers


class PathwayQuery(Paged):
    state = Code(PathwayState)
    mentor_id = fields.UUID()
    shedder_id = fields.UUID()
    to_confirm = fields.Boolean(
        truthy={"true"}, falsy={"false"}, metadata={"description": "Readiness was proposed, and waits."}
    )


class Obstacle(Answer):
    referral_id = fields.UUID(required=True)
    need_category = fields.String(required=True)
    state = fields.String(required=True)


_ONE = "/pathways/<uuid:pathway_id>"


def _move(doing: PathwayAction, act: Any, body: type[Input], name: str | None = None) -> Any:
    return transition(f"{_ONE}/{name or doing.value}", act, PATHWAY, doing, body, Pathway)


ROUTES = [
    listing("/pathways", lists.list_pathways, may.SEE_PATHWAYS, Pathway, PathwayQuery),
    create("/pathways", pathways.enrol, may.ENROL, Enrol, Pathway),
    read(_ONE, pathways.read_pathway, may.SEE_PATHWAYS, Pathway),
    _move(PathwayAction.PREPARE, pathways.prepare_pathway, Remark),
    action(
        f"{_ONE}/propose_readiness",
        readiness.propose_readiness,
        may.PROPOSE_READINESS,
        ProposeReadiness,
        Pathway,
    ),
    _move(PathwayAction.CONFIRM, readiness.confirm_readiness, Confirm),
    _move(PathwayAction.RECONFIRM, readiness.reconfirm_readiness, Confirm),
    action(
        f"{_ONE}/decline_readiness",
        readiness.decline_readiness,
        may.DECLINE_READINESS,
        DeclineReadiness,
        Pathway,
    ),
    action(
        f"{_ONE}/take_back_readiness",
        readiness.take_back_readiness,
        may.TAKE_BACK_READINESS,
        Remark,
        Pathway,
    ),
    _move(PathwayAction.STOP, pathways.stop_pathway, Stop),
    history_route(_ONE, PATHWAY, visible.pathways, may.SEE_PATHWAYS),
    listing(f"{_ONE}/steps", lists.list_steps, may.SEE_PATHWAYS, Step),
    listing(f"{_ONE}/obstacles", lists.list_obstacles, may.SEE_PATHWAYS, Obstacle),
]
