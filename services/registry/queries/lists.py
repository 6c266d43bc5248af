"""The registry's lists, each scoped to what the caller may see, by keyset."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.registry.domain import permissions as may
from services.registry.domain.names import beginning, may_be_one
from services.registry.models import (
    Account,
    Activity,
    Ambassador,
    AmbassadorShed,
    Client,
    Consent,
    EmergencyAccess,
    Erasure,
    LegalHold,
    Membership,
    Partner,
    Session,
    Shed,
    Shedder,
    TimelineEntry,
)
from services.registry.queries import visible
from services.registry.queries.serving import with_shed_names
from services.registry.settings import Work
from shared.database.finding import find
from shared.database.paging import Page, only, page_of

MOST_COMPARED = 2000
"""So many men with the same beginning of a name are compared with the one that is looked for."""


def list_partners(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the partners of the programme."""
    work.require(may.SEE_PARTNERS)
    return page_of(work.session, visible.partners(work.actor), [Partner.name, Partner.id], query)


def list_sheds(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List sheds, by country, municipality, partner or state."""
    work.require(may.SEE_SHEDS)
    filters = ("country", "municipality", "partner_id", "state")
    statement = only(visible.sheds(work.actor), Shed, query, filters)
    return page_of(work.session, statement, [Shed.name, Shed.id], query)


def list_ambassadors(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List ambassadors, of one shed or of all."""
    work.require(may.SEE_AMBASSADORS)
    statement = visible.ambassadors(work.actor)
    if "shed_id" in query:
        serving = select(AmbassadorShed.ambassador_id).where(
            AmbassadorShed.shed_id == query["shed_id"], AmbassadorShed.until.is_(None)
        )
        statement = statement.where(Ambassador.id.in_(serving))
    return page_of(work.session, statement, [Ambassador.name, Ambassador.id], query)


def list_ambassador_names(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the ambassadors of all partners by name, as whoever makes accounts for them must know them."""
    work.require(may.KEEP_ACCOUNTS)
    statement = visible.ambassadors_by_name(work.actor)
    found = page_of(work.session, statement, [Ambassador.name, Ambassador.id], query)
    return Page(with_shed_names(work.session, found.items, "id"), found.cursor)


def list_shedders(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the men of one shed, or of all that the caller may see."""
    work.require(may.SEE_SHEDDERS)
    statement = visible.own_shedders(work.actor)
    if "shed_id" in query:
        members = select(Membership.shedder_id).where(
            Membership.shed_id == query["shed_id"], Membership.left_on.is_(None)
        )
        statement = statement.where(Shedder.id.in_(members))
    return page_of(work.session, statement, [Shedder.search_name, Shedder.id], query)


def search_shedders(work: Work, *, values: Mapping[str, Any]) -> Page:
    """Search for a man by part of his name, telephone, reference or identifier: whoever fits any of them."""
    work.require(may.SEE_SHEDDERS)
    terms = []
    if "name" in values:
        terms.append(Shedder.search_name.contains(values["name"], autoescape=True))
    if "name_like" in values:
        terms.append(Shedder.id.in_(_who_may_be(work, values["name_like"])))
    if "phone" in values:
        terms.append(Shedder.phone == values["phone"])
    if "external_ref" in values:
        terms.append(Shedder.external_ref == values["external_ref"])
    if "ids" in values:
        terms.append(Shedder.id.in_(values["ids"]))
    statement = visible.own_shedders(work.actor).where(or_(*terms))
    return page_of(work.session, statement, [Shedder.search_name, Shedder.id], values)


def _who_may_be(work: Work, name: str) -> list[UUID]:
    """The men whose name may be this one written otherwise; of others with its beginning nothing is told."""
    begins = visible.own_shedders(work.actor).with_only_columns(Shedder.id, Shedder.search_name)
    found = begins.where(Shedder.search_name.contains(beginning(name), autoescape=True)).limit(MOST_COMPARED)
    return [id_ for id_, other in work.session.execute(found) if other and may_be_one(name, other)]


def list_consents(work: Work, *, shedder_id: UUID, query: Mapping[str, Any]) -> Page:
    """List a man's consents, newest first."""
    find(work.session, visible.shedders(work.actor), shedder_id)
    work.require(may.SEE_CONSENTS)
    statement = visible.consents(work.actor).where(Consent.shedder_id == shedder_id)
    return page_of(work.session, statement, [Consent.given_on, Consent.id], query, newest_first=True)


def list_activities(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the activities of one shed, or of all that the caller may see."""
    work.require(may.SEE_ACTIVITIES)
    statement = only(visible.activities(work.actor), Activity, query, ("shed_id",))
    return page_of(work.session, statement, [Activity.name, Activity.id], query)


def list_sessions(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List sessions, newest first, of one shed or activity and of a period."""
    work.require(may.SEE_ACTIVITIES)
    statement = only(visible.sessions(work.actor), Session, query, ("shed_id", "activity_id"))
    if "since" in query:
        statement = statement.where(Session.held_on >= query["since"])
    if "until" in query:
        statement = statement.where(Session.held_on <= query["until"])
    return page_of(work.session, statement, [Session.held_on, Session.id], query, newest_first=True)


def read_timeline(work: Work, *, shedder_id: UUID, query: Mapping[str, Any]) -> Page:
    """Read what happened to a man across all services, newest first."""
    find(work.session, visible.shedders(work.actor), shedder_id)
    work.require(may.SEE_TIMELINE)
    statement = visible.timeline_entries(work.actor).where(TimelineEntry.shedder_id == shedder_id)
    by = [TimelineEntry.happened_on, TimelineEntry.id]
    return page_of(work.session, statement, by, query, newest_first=True)


def list_attendance(work: Work, *, shedder_id: UUID, query: Mapping[str, Any]) -> Page:
    """List the sessions that a man came to, newest first."""
    find(work.session, visible.shedders(work.actor), shedder_id)
    work.require(may.SEE_TIMELINE)
    statement = visible.sessions_of(work.actor, shedder_id)
    return page_of(work.session, statement, [Session.held_on, Session.id], query, newest_first=True)


def list_erasures(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List erasures, newest first: those that wait for a second person, and how far the others are."""
    work.require(may.SEE_ERASURES)
    statement = only(visible.erasures(work.actor), Erasure, query, ("state", "shedder_id"))
    return page_of(work.session, statement, [Erasure.created_at, Erasure.id], query, newest_first=True)


def list_holds(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List legal holds, newest first."""
    work.require(may.KEEP_HOLDS)
    statement = only(visible.holds(work.actor), LegalHold, query, ("state", "shedder_id"))
    return page_of(work.session, statement, [LegalHold.created_at, LegalHold.id], query, newest_first=True)


def list_emergency_accesses(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List emergency accesses, newest first: who looked at whom, when and for which reason."""
    work.require(may.SEE_EMERGENCIES)
    filters = ("state", "shedder_id")
    statement = only(visible.emergency_accesses(work.actor), EmergencyAccess, query, filters)
    by = [EmergencyAccess.begun_at, EmergencyAccess.id]
    return page_of(work.session, statement, by, query, newest_first=True)


def list_clients(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the machine clients, by state or by whom they speak for."""
    work.require(may.KEEP_CLIENTS)
    filters = ("state", "organisation_id", "partner_id")
    statement = only(visible.clients(work.actor), Client, query, filters)
    return page_of(work.session, statement, [Client.name, Client.id], query)


def list_accounts(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List accounts, newest first, of one state or role."""
    work.require(may.KEEP_ACCOUNTS)
    statement = only(visible.accounts(work.actor), Account, query, ("state", "role"))
    return page_of(work.session, statement, [Account.created_at, Account.id], query, newest_first=True)
