"""Putting requests on record: what the route and the request say, what came of it, and whom it was about.

A change is recorded in its own transaction; a read after its answer is made and before it leaves; a
refusal after the change was undone. What cannot be recorded is not answered (503).
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.audit.deed import Action, Deed, Via, men_of
from shared.audit.records import AuditRecord
from shared.database.paging import Page
from shared.errors import Unauthenticated
from shared.http import problems
from shared.http.idempotency import StoredAnswer
from shared.http.routes import Route
from shared.permissions import PUBLIC
from shared.unit_of_work import Service

NOT_KEPT = (429, 503)
"""Who asks too often, or when nothing can be written, would only fill the record or fail again."""
LONGEST_ADDRESS = 45


def asked(route: Route, variables: Mapping[str, Any], trace_id: str) -> Deed:
    """The deed of a request that has just come, before anything is known of the caller."""
    named = next((name for name in variables if name.endswith("_id")), None)
    deed = Deed(
        operation=route.name,
        action=route.deed,
        via=Via.HTTP,
        policy=route.policy.right,
        object_kind=named.removesuffix("_id") if named else _kind(route),
        object_id=variables[named] if named else None,
        trace_id=trace_id,
        remote_address=(request.remote_addr or "")[:LONGEST_ADDRESS] or None,
    )
    g.deed = deed
    return deed


def current(*, dry_run: bool = False) -> Deed:
    """The deed of the present request, for a route that keeps its own transactions and so its own record.

    A dry run makes nothing, whatever the route does otherwise.
    """
    deed: Deed = g.deed
    if dry_run:
        deed.action = Action.EXECUTE
    return deed


def finished(deed: Deed, route: Route, result: Any, status: int) -> None:
    """Note what came of a request: its status, how many things it showed, and the men it was about."""
    deed.status = status
    shown = [result]
    if isinstance(result, Page):
        shown = list(result.items)
        deed.items = len(shown)
    if deed.object_kind == "shedder" and deed.object_id is not None:
        deed.men.add(deed.object_id)
    else:
        deed.men.update(man for thing in shown for man in men_of(thing))
    if status == 201:
        deed.object_kind, deed.object_id = _kind(route), getattr(result, "id", None)


def replayed(session: Session, deed: Deed, stored: StoredAnswer) -> None:
    """An answer that is given again was read again: it is about what the first one was about."""
    deed.action, deed.status = Action.READ, stored.status
    first = session.scalars(select(AuditRecord).where(AuditRecord.id == stored.record_id)).one_or_none()
    if first is not None:
        deed.object_kind, deed.object_id = first.object_kind, first.object_id
        deed.men.update(first.men)


def refused(service: Service[Any], route: Route, deed: Deed, error: Exception) -> None:
    """Put a refusal on record, in a transaction of its own; an attempt without any credential is none."""
    deed.status, deed.reason = problems.outcome_of(error)
    if isinstance(error, Unauthenticated):
        if "Authorization" not in request.headers and route.policy is not PUBLIC:
            return
    elif deed.object_kind == "shedder" and isinstance(deed.object_id, UUID):
        deed.men.add(deed.object_id)
    if deed.status not in NOT_KEPT:
        service.put_on_record(deed)


def _kind(route: Route) -> str | None:
    """What a route is about, from what it answers: `TimelineEntry` is a timeline_entry."""
    name = route.answer.__name__ if route.answer else None
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() if name else None
