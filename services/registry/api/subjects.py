"""Subject access over HTTP: what the registry holds on a man, and what all services hold, joined."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import fields, validate

from services.registry.domain import permissions as may
from services.registry.domain.personal_data import SERVICES
from services.registry.queries import visible
from services.registry.settings import Settings, Work
from services.registry.use_cases.erasures import HELD
from shared.actor import Actor
from shared.audit.deed import Action
from shared.database.finding import find, find_or_none
from shared.http.routes import Route
from shared.http.schemas import Answer, Input
from shared.http.subjects_api import subject_route
from shared.subject_access import as_page, joined, over_http
from shared.unit_of_work import Service


class ExportQuery(Input):
    format = fields.String(load_default="json", validate=validate.OneOf(["json", "html"]))


class MissingPart(Answer):
    service = fields.String(required=True)
    why = fields.String(required=True)


class Export(Answer):
    shedder_id = fields.UUID(required=True)
    made_at = fields.AwareDateTime(required=True)
    services = fields.Dict(required=True, metadata={"description": "Per service, per table: title and rows."})
    missing = fields.List(fields.Nested(MissingPart), required=True)


def export_subject(
    service: Service[Settings], actor: Actor, *, shedder_id: UUID, query: Mapping[str, Any]
) -> Response | dict[str, Any]:
    """Export everything that all services hold on a man, as JSON or as a page to give him."""
    with service.begin(actor, reading=True) as work:
        find(work.session, visible.shedders(actor), shedder_id)
        own = HELD.export(work.session, shedder_id)
        made_at = work.now
    authorization = request.headers["Authorization"]
    others = {
        name: partial(over_http, service.settings.origin, name, shedder_id, authorization)
        for name in sorted(SERVICES - {service.name})
    }
    document = joined(shedder_id, made_at, {service.name: lambda: own, **others})
    if query["format"] == "html":
        return Response(
            as_page(document), 200, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8"
        )
    return document | {"made_at": made_at}


def _may_know(work: Work, shedder_id: UUID) -> bool:
    return find_or_none(work.session, visible.shedders(work.actor), shedder_id) is not None


ROUTES = [
    subject_route(HELD, _may_know, may.EXPORT_SUBJECT),
    Route(
        "GET",
        "/shedders/<uuid:shedder_id>/export",
        export_subject,
        may.EXPORT_SUBJECT,
        Export,
        query=ExportQuery,
        own_transactions=True,
        also_page=True,
        does=Action.EXPORT,
    ),
]
