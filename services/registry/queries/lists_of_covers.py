"""The lists of covers, and of those who may stand in, each scoped to what the caller may see."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registry.domain import permissions as may
from services.registry.models import Account, Cover
from services.registry.queries import covering
from services.registry.queries.serving import with_shed_names
from services.registry.settings import Work
from shared.database.finding import find
from shared.database.paging import Page, only, page_of


def list_covers(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List who stands in for whom, newest first: for you, you for others, and of your partner's people."""
    work.require(may.SEE_COVERS)
    statement = only(covering.covers(work.actor), Cover, query, ("state",))
    return page_of(work.session, statement, [Cover.created_at, Cover.id], query, newest_first=True)


def list_covered(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List those for whom you may name a stand-in: yourself, or your ambassadors and mentors."""
    work.require(may.NAME_COVER)
    return _with_sheds(work, page_of(work.session, covering.covered(work.actor), _BY_NAME, query))


def list_stand_ins(work: Work, *, account_id: UUID, query: Mapping[str, Any]) -> Page:
    """List those who may stand in for somebody: for yourself, or for your ambassador or mentor."""
    absent = find(work.session, covering.covered(work.actor), account_id)
    work.require(may.NAME_COVER)
    return _with_sheds(work, page_of(work.session, covering.stand_ins(absent, work.today), _BY_NAME, query))


_BY_NAME = [Account.name, Account.id]


def _with_sheds(work: Work, found: Page) -> Page:
    return Page(with_shed_names(work.session, found.items, "ambassador_id"), found.cursor)
