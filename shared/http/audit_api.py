"""Reading the audit over HTTP: an administrator searches it, and a man is given his own log."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actor import Actor, Role
from shared.audit import words
from shared.audit.deed import Action, Via
from shared.audit.records import AuditRecord, of_man
from shared.database.paging import Page, only, page_of
from shared.errors import NotFound
from shared.http.fields import Code, Line, Moment, Whole
from shared.http.routes import Route, listing
from shared.http.schemas import Answer, Paged
from shared.permissions import Policy, policy
from shared.unit_of_work import UnitOfWork

READ_AUDIT = policy("search the audit", Role.ADMINISTRATOR)


class AuditQuery(Paged):
    actor_id = fields.UUID()
    shedder_id = fields.UUID()
    object_id = fields.UUID()
    action = Code(Action)
    operation = Line(longest=80, metadata={"example": "read_shedder"})
    status = Whole(100, 599, metadata={"description": "What came of it, such as 403."})
    since = Moment()
    until = Moment()


def _one_of(kind: type[StrEnum]) -> fields.String:
    """Kept as text: the audit is shown even where somebody wrote into it what we never would."""
    return fields.String(required=True, validate=validate.OneOf([member.value for member in kind]))


class AuditEntry(Answer):
    id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    actor_role = fields.String(required=True, allow_none=True)
    on_behalf_of = fields.UUID(required=True, allow_none=True)
    action = _one_of(Action)
    operation = fields.String(required=True)
    object_kind = fields.String(required=True, allow_none=True)
    object_id = fields.UUID(required=True, allow_none=True)
    right = fields.String(required=True, allow_none=True, metadata={"description": "By what right."})
    status = fields.Integer(required=True, metadata={"description": "What came of it, as HTTP says it."})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it was refused."})
    items = fields.Integer(required=True, allow_none=True, metadata={"description": "Shown or imported."})
    via = _one_of(Via)
    trace_id = fields.String(required=True, allow_none=True)
    remote_address = fields.String(required=True, allow_none=True)
    shedder_ids = fields.List(fields.UUID(), attribute="men", required=True)


def search_audit(work: UnitOfWork[Any], *, query: Mapping[str, Any]) -> Page:
    """Search the audit, newest first."""
    work.require(READ_AUDIT)
    filters = ("actor_id", "object_id", "action", "operation", "status")
    statement = only(select(AuditRecord), AuditRecord, query, filters)
    if "shedder_id" in query:
        work.men.add(query["shedder_id"])
        statement = statement.where(AuditRecord.id.in_(of_man(query["shedder_id"])))
    if "since" in query:
        statement = statement.where(AuditRecord.at >= query["since"])
    if "until" in query:
        statement = statement.where(AuditRecord.at <= query["until"])
    return page_of(work.session, statement, [AuditRecord.id], query, newest_first=True)


ROUTES = [listing("/audit", search_audit, READ_AUDIT, AuditEntry, AuditQuery)]


class LogEntry(Answer):
    at = fields.AwareDateTime(required=True)
    who = fields.String(required=True)
    what = fields.String(required=True)
    right = fields.String(required=True)
    refused = fields.Boolean(required=True)


def log_route(
    routes: Sequence[Route], policy: Policy, knows: Callable[[Session, Actor, UUID], bool]
) -> Route:
    """The route by which a man is given his own log of a service; `knows`: may the caller know of him."""

    def read_log(work: UnitOfWork[Any], *, shedder_id: UUID, query: Mapping[str, Any]) -> Page:
        """Read who saw or changed what of a man, in plain words, newest first."""
        if not knows(work.session, work.actor, shedder_id):
            raise NotFound
        work.require(policy)
        statement = select(AuditRecord).where(AuditRecord.id.in_(of_man(shedder_id)))
        found = page_of(work.session, statement, [AuditRecord.id], query, newest_first=True)
        return Page([words.tell(record, summaries) for record in found.items], found.cursor)

    route = listing("/shedders/<uuid:shedder_id>/log", read_log, policy, LogEntry)
    summaries = {one.name: one.summary for one in [*routes, *ROUTES, route]}
    return route
