"""Steps of a pathway over HTTP, and the programme's list of them."""

from marshmallow import fields, validate

from services.mentoring.api.pathways import Step
from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import STEP, StepAction
from services.mentoring.queries import lists, visible
from services.mentoring.use_cases import steps
from shared.http.fields import Day, FreeText, Line, Whole, YesOrNo
from shared.http.history_api import history_route
from shared.http.routes import action, change, create, listing, read, transition
from shared.http.schemas import Answer, Input, Nothing


class Evidence(Input):
    what = FreeText(required=True, longest=1000)
    dated_on = Day()


class CompleteStep(Input):
    evidence = fields.Nested(Evidence, required=True)


class Why(Input):
    why = FreeText(required=True, longest=1000)


class StepDefinitionFields(Input):
    in_use = YesOrNo()


class AddStepDefinition(StepDefinitionFields):
    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z", error="Use small letters and underscores."),
    )
    title = Line(required=True)
    required = YesOrNo(required=True)
    place = Whole(0, 1000, required=True, metadata={"description": "Its place in the order."})


class ChangeStepDefinition(StepDefinitionFields):
    title = Line()
    required = YesOrNo()
    place = Whole(0, 1000)


class StepDefinition(Answer):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    place = fields.Integer(required=True)
    in_use = fields.Boolean(required=True)


_ONE = "/steps/<uuid:step_id>"
_ACTIONS = (
    (StepAction.START, steps.start_step, Nothing),
    (StepAction.COMPLETE, steps.complete_step, CompleteStep),
    (StepAction.WAIVE, steps.waive_step, Why),
    (StepAction.REOPEN, steps.reopen_step, Why),
)
_LIST = "/step-definitions"
_ENTRY = "/step-definitions/<uuid:definition_id>"

ROUTES = [
    read(_ONE, steps.read_step, may.SEE_PATHWAYS, Step),
    *(transition(f"{_ONE}/{doing.value}", act, STEP, doing, body, Step) for doing, act, body in _ACTIONS),
    history_route(_ONE, STEP, visible.steps, may.SEE_PATHWAYS),
    action(f"{_ONE}/add_evidence", steps.add_evidence, may.ADD_EVIDENCE, Evidence, Step),
    listing(_LIST, lists.list_step_definitions, may.SEE_STEP_LIST, StepDefinition),
    create(_LIST, steps.add_step_definition, may.KEEP_STEP_LIST, AddStepDefinition, StepDefinition),
    read(_ENTRY, steps.read_step_definition, may.SEE_STEP_LIST, StepDefinition),
    change(_ENTRY, steps.change_step_definition, may.KEEP_STEP_LIST, ChangeStepDefinition, StepDefinition),
]
