"""Entering on a man's timeline what happened to him, each thing once."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.models import TimelineEntry
from services.registry.settings import Work
from shared.database.upsert import insert_once
from shared.identifiers import new_id


def enter(
    work: Work,
    shedder_id: UUID,
    happened_on: date,
    what: str,
    subject_id: UUID,
    details: dict[str, Any] | None = None,
    *,
    ambassador_id: UUID | None = None,
    source_id: UUID | None = None,
) -> None:
    """Enter what happened. `source_id`, the event's own id, was entered before: then nothing changes.

    A man who was erased has no timeline any more, whatever is still told of him.
    """
    if shedder_id in work.erased:
        return
    insert_once(
        work.session,
        TimelineEntry,
        {
            "id": new_id(),
            "shedder_id": shedder_id,
            "happened_on": happened_on,
            "recorded_at": work.now,
            "what": what,
            "subject_id": subject_id,
            "ambassador_id": ambassador_id,
            "details": details or {},
            "source_id": source_id or new_id(),
        },
        "source_id",
    )
