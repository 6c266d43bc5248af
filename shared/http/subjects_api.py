"""What one service holds on a man, over HTTP: `GET /<service>/subjects/<shedder_id>`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import fields

from shared.audit.deed import Action
from shared.erasing import Held
from shared.errors import NotFound
from shared.http.routes import Route, read
from shared.http.schemas import Answer
from shared.permissions import Policy
from shared.unit_of_work import UnitOfWork

MayKnow = Callable[[UnitOfWork[Any], UUID], bool]


class SubjectShown(Answer):
    shedder_id = fields.UUID(required=True)
    held = fields.Dict(
        required=True,
        metadata={"description": "Per table a title, and every row about him with all columns."},
    )


def subject_route(held: Held, may_know: MayKnow, policy: Policy) -> Route:
    """The route of a service; `may_know` says whether the caller stands in a relation to the man."""

    def read_subject(work: UnitOfWork[Any], *, shedder_id: UUID) -> dict[str, Any]:
        """Read everything that this service holds on a man."""
        work.require(policy)
        if not may_know(work, shedder_id):
            raise NotFound
        return {"shedder_id": shedder_id, "held": held.export(work.session, shedder_id)}

    return read("/subjects/<uuid:shedder_id>", read_subject, policy, SubjectShown, does=Action.EXPORT)
