"""Parked events over HTTP: an administrator sees what could not be applied, why, and has it tried again.

What such an event says is not shown: it names whom it is about. The operator's command shows it whole.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields

from shared.actor import Role
from shared.database.finding import find
from shared.database.paging import Page, page_of
from shared.http.routes import Route, listing
from shared.http.schemas import Answer, Nothing
from shared.messaging import parked
from shared.messaging.parked import ParkedEvent
from shared.permissions import policy
from shared.unit_of_work import UnitOfWork

KEEP_PARKED = policy("see and retry events that could not be applied", Role.ADMINISTRATOR)


class ParkedShown(Answer):
    id = fields.UUID(required=True)
    producer = fields.String(required=True, metadata={"description": "The service that told it."})
    position = fields.Integer(required=True, allow_none=True)
    type = fields.String(required=True, allow_none=True, metadata={"description": "Null: it is no event."})
    reason = fields.String(required=True)
    attempts = fields.Integer(required=True)
    next_attempt_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Null: it rests until it is retried."}
    )
    parked_at = fields.AwareDateTime(required=True)


def list_parked(work: UnitOfWork[Any], *, query: Mapping[str, Any]) -> Page:
    """List the events that could not be applied, the one that waits longest first."""
    work.require(KEEP_PARKED)
    return page_of(work.session, parked.every(), [ParkedEvent.parked_at, ParkedEvent.id], query)


def retry_parked(work: UnitOfWork[Any], *, parked_id: UUID, values: Mapping[str, Any]) -> ParkedEvent:
    """Have an event tried again in a moment, its attempts counted anew. It is gone once it is applied."""
    work.require(KEEP_PARKED)
    row = find(work.session, parked.every(), parked_id, for_change=True)
    dict(values)  # nothing is asked for, but what was sent must be right
    parked.retry_now(work.session, work.now, [row.id])
    return row


ROUTES = [
    listing("/parked", list_parked, KEEP_PARKED, ParkedShown),
    Route(
        "POST",
        "/parked/<uuid:parked_id>/retry",
        retry_parked,
        KEEP_PARKED,
        ParkedShown,
        Nothing,
        idempotent=True,
    ),
]
