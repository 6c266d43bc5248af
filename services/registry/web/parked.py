"""Parked events of all three services on one page: why each could not be applied, and trying it again."""

from typing import Any
from uuid import UUID

from flask import Response, request

from shared.actor import Role
from shared.tokens import SERVICES
from shared.web.client import Refusal
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit

PARKED = "/registry/pages/parked"
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


def parked(visit: Visit) -> Response:
    """What is parked where; of a service that does not answer, that it does not."""
    return visit.show("parked.html", services={name: _parked_in(visit, name) for name in SERVICES})


def _parked_in(visit: Visit, service: str) -> list[dict[str, Any]] | None:
    try:
        return whole_list(visit, f"/{service}/parked")
    except Refusal as refusal:
        if refusal.status < 500:
            raise
        return None


def send_retry(visit: Visit, service: str, parked_id: UUID) -> Response:
    """Have one tried again. When it is gone, it was applied meanwhile, and that is as good."""
    key = {"Idempotency-Key": request.form.get("_key", "")}
    try:
        visit.send(f"/{service}/parked/{parked_id}/retry", {}, **key)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return visit.go(PARKED, "parked_gone")
    return visit.go(PARKED, "parked_retried")


_ONE = f"/parked/<any({','.join(SERVICES)}):service>/<uuid:parked_id>/retry"

PAGES = [
    Page("/parked", parked, ADMINISTRATOR),
    Page(_ONE, send_retry, ADMINISTRATOR, "POST"),
]
