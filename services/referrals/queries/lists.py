"""The lists of referrals and of the directory, each scoped to what the caller may see, by keyset."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, false, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Stage
from services.referrals.domain.lifecycles import STAGES, TO_COME
from services.referrals.models import (
    Appointment,
    CareService,
    Location,
    Organisation,
    Question,
    Referral,
)
from services.referrals.queries import visible
from services.referrals.queries.answer_times import with_days_taken
from services.referrals.queries.overdue import is_overdue, waits_for_sender, waits_to_be_sent_on
from services.referrals.settings import Work
from shared.actor import Role
from shared.database.finding import find
from shared.database.paging import Order, Page, only, page_of


def list_organisations(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the care organisations."""
    work.require(may.SEE_DIRECTORY)
    filters = ("country", "municipality")
    statement = only(visible.organisations(work.actor), Organisation, query, filters)
    return page_of(work.session, statement, [Organisation.name, Organisation.id], query)


def list_locations(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the places of care organisations."""
    work.require(may.SEE_DIRECTORY)
    statement = only(visible.locations(work.actor), Location, query, ("organisation_id",))
    return page_of(work.session, statement, [Location.name, Location.id], query)


def list_services(work: Work, *, query: Mapping[str, Any]) -> Page:
    """Search the directory: services for a need, in a place, in a language, taking referrals or not."""
    work.require(may.SEE_DIRECTORY)
    filters = ("organisation_id", "country", "municipality", "need_category", "taking_referrals")
    statement = only(visible.care_services(work.actor), CareService, query, filters)
    if "language" in query:
        statement = statement.where(_speaks(query["language"]))
    found = page_of(work.session, statement, [CareService.name, CareService.id], query)
    return Page(with_days_taken(work.session, found.items), found.cursor)


def list_referrals(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List referrals: a care worker's inbox by what is next to be done, the others' newest first.

    His are by the day an answer is due; of a stage, those on a waiting list by the day a place is expected,
    those under way by their next appointment, those without one after them by the day they were accepted, and
    those that ended by that day, the newest first.
    """
    work.require(may.SEE_REFERRALS)
    filters = ("state", "shedder_id", "service_id", "urgency", "need_category")
    asking = work.actor.asking_for(query.get("shedder_id"))
    statement = only(visible.referrals(asking), Referral, query, filters)
    if "stage" in query:
        statement = statement.where(Referral.state.in_(STAGES[query["stage"]]))
    statement = statement.where(*_waiting(work.today, query))
    if query.get("own"):
        statement = statement.where(visible.is_own(work.actor))
    if may.speaks_as(work.actor) is Role.CARE_WORKER:
        if query.keys() & {"urgency", "need_category"}:
            # A filter must not tell what the fields do not.
            statement = statement.where(Referral.consent_withdrawn_on.is_(None))
        if query.get("to_send_on") or query.get("own"):
            # Nor whether he went to another organisation, or who answers for him.
            statement = statement.where(false())
        return _inbox(work, statement, query)
    return page_of(work.session, statement, [Referral.created_at, Referral.id], query, newest_first=True)


def _waiting(today: date, query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """What a query asks of whom a referral waits for, and for what."""
    asked = {
        "overdue": is_overdue(today),
        "asked_back": waits_for_sender(),
        "to_send_on": waits_to_be_sent_on(today),
    }
    return [condition for name, condition in asked.items() if query.get(name)]


def _inbox(work: Work, statement: Select[Referral], query: Mapping[str, Any]) -> Page:
    """By the oldest day first, but for those that ended: there one looks for what was lately done."""
    stage = query.get("stage")
    if stage is Stage.UNDER_WAY:
        by: Order = [_next_appointment(work.today), Referral.accepted_on, Referral.id]
        return page_of(work.session, statement, by, query, mark="next_appointment")
    day = _DAYS.get(stage)
    if day is None:
        return page_of(work.session, statement, [Referral.answer_due_on, Referral.id], query)
    newest_first = stage is Stage.ENDED
    return page_of(
        work.session, statement, [day, Referral.id], query, newest_first=newest_first, mark=day.key
    )


_DAYS: Mapping[Stage | None, InstrumentedAttribute[date | None]] = {
    Stage.WAITING: Referral.expected_on,
    Stage.ENDED: Referral.ended_on,
}
"""The day by which those of a stage are sorted, which each of them has; others by when an answer is due."""


def _next_appointment(today: date) -> ColumnElement[date]:
    """The day of a referral's first appointment that is to come; the last day of all where there is none.

    Worked out for each that is under way, which are never many: what ends, leaves them.
    """
    to_come = select(func.min(Appointment.day)).where(
        Appointment.referral_id == Referral.id, Appointment.state.in_(TO_COME), Appointment.day >= today
    )
    return func.coalesce(to_come.correlate(Referral).scalar_subquery(), literal(date.max))


def list_appointments(work: Work, *, referral_id: UUID, query: Mapping[str, Any]) -> Page:
    """List the appointments of a referral."""
    find(work.session, visible.referrals(work.actor), referral_id)
    work.require(may.SEE_APPOINTMENTS)
    statement = visible.appointments(work.actor).where(Appointment.referral_id == referral_id)
    return page_of(work.session, statement, [Appointment.starts_at, Appointment.id], query)


def search_appointments(work: Work, *, values: Mapping[str, Any]) -> Page:
    """Search for the appointments of several referrals at once, the first one first."""
    work.require(may.SEE_APPOINTMENTS)
    statement = visible.appointments(work.actor.asking_for(None)).where(
        Appointment.referral_id.in_(values["referral_ids"])
    )
    if values["to_come"]:
        statement = statement.where(Appointment.state.in_(TO_COME), Appointment.day >= work.today)
    # Whether consent is withdrawn, and so what is shown of each, stands with its referral.
    whole = statement.options(selectinload(Appointment.referral))
    return page_of(work.session, whole, [Appointment.starts_at, Appointment.id], values)


def list_questions(work: Work, *, referral_id: UUID, query: Mapping[str, Any]) -> Page:
    """List the questions on a referral, with their answers."""
    find(work.session, visible.referrals(work.actor), referral_id)
    work.require(may.SEE_QUESTIONS)
    statement = visible.questions(work.actor).where(Question.referral_id == referral_id)
    return page_of(work.session, statement, [Question.created_at, Question.id], query)


def _speaks(language: str) -> ColumnElement[bool]:
    """That a service's list of languages holds one. A code has no quotes, so this looks for it whole."""
    return cast(CareService.languages, String).contains(f'"{language}"', autoescape=True)
