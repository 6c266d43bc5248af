"""`GET /<collection>/<id>/history`: every transition of one thing, the same for whatever has a lifecycle."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import Select

from shared.actor import Actor, Role
from shared.database.finding import find
from shared.database.paging import Page
from shared.history import entries_of
from shared.http.fields import Code
from shared.http.routes import Route, listing
from shared.http.schemas import Answer
from shared.lifecycle import Lifecycle, a
from shared.permissions import Policy
from shared.unit_of_work import UnitOfWork


class HistoryEntry(Answer):
    """A transition as it is shown. A subclass may hide fields from some callers."""

    id = fields.UUID(required=True)
    action = fields.String(required=True)
    source = fields.String(required=True)
    target = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True)
    actor_role = Code(Role, required=True)
    on_behalf_of = fields.UUID(allow_none=True, metadata={"description": "For whom a stand-in acted."})
    reason = fields.String(allow_none=True)
    remark = fields.String(allow_none=True)
    details = fields.Dict(allow_none=True, metadata={"description": "Codes and moments of this transition."})


def history_route(
    path: str,
    lifecycle: Lifecycle,
    visible: Callable[[Actor], Select[Any]],
    policy: Policy,
    answer: type[HistoryEntry] = HistoryEntry,
) -> Route:
    """The route of a thing's history, for whoever may see the thing itself. `path` is the thing's own."""

    def read_history(work: UnitOfWork[Any], *, query: Mapping[str, Any], **identity: UUID) -> Page:
        (thing_id,) = identity.values()
        thing = find(work.session, visible(work.actor), thing_id)
        work.require(policy)
        return entries_of(work, thing, query)

    read_history.__name__ = f"read_{lifecycle.name.replace(' ', '_')}_history"
    read_history.__doc__ = f"Read every transition of {a(lifecycle.name)}: who, when, and why."
    return listing(f"{path}/history", read_history, policy, answer)
