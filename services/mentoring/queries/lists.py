"""The lists of mentoring, each scoped to what the caller may see, by keyset."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, select
from sqlalchemy.orm import selectinload

from services.mentoring.domain import permissions as may
from services.mentoring.domain.lifecycles import PROPOSABLE
from services.mentoring.models import (
    Job,
    KnownConsent,
    Mentor,
    MentoringSession,
    Mentorship,
    Obstacle,
    Pathway,
    Step,
    StepDefinition,
)
from services.mentoring.queries import visible
from services.mentoring.queries.room import with_room
from services.mentoring.settings import Work
from shared.database.finding import find
from shared.database.paging import Page, only, page_of


def list_mentors(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List mentors, by language or sector, each with the room he has and what keeps him from a match."""
    work.require(may.SEE_MENTORS)
    statement = only(visible.mentors(work.actor), Mentor, query, ("country", "municipality"))
    for name, column in (("language", Mentor.languages), ("sector", Mentor.sectors)):
        if name in query:
            statement = statement.where(cast(column, String).contains(f'"{query[name]}"', autoescape=True))
    found = page_of(work.session, statement, [Mentor.name, Mentor.id], query)
    return Page(with_room(work, found.items), found.cursor)


def list_mentor_names(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the mentors of all partners by name, as whoever makes accounts for them must know them."""
    work.require(may.KNOW_MENTORS)
    statement = visible.mentors_by_name(work.actor)
    return page_of(work.session, statement, [Mentor.name, Mentor.id], query)


def list_mentorships(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List mentorships, newest first."""
    work.require(may.SEE_MENTORSHIPS)
    filters = ("state", "mentor_id", "shedder_id")
    asking = work.actor.asking_for(query.get("shedder_id"))
    statement = only(visible.mentorships(asking), Mentorship, query, filters)
    by = [Mentorship.proposed_on, Mentorship.id]
    return page_of(work.session, statement, by, query, newest_first=True)


def list_waiting(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the men who wait for a mentor: they agreed to mentoring and have none, the longest first."""
    work.require(may.PROPOSE_MENTORSHIP)
    statement = visible.waiting(work.actor, work.today)
    return page_of(work.session, statement, [KnownConsent.given_on, KnownConsent.consent_id], query)


def list_sessions(work: Work, *, mentorship_id: UUID, query: Mapping[str, Any]) -> Page:
    """List the sessions of a mentorship, newest first."""
    find(work.session, visible.mentorships(work.actor), mentorship_id)
    work.require(may.SEE_MENTORSHIPS)
    statement = visible.mentoring_sessions(work.actor).where(MentoringSession.mentorship_id == mentorship_id)
    by = [MentoringSession.held_on, MentoringSession.id]
    return page_of(work.session, statement, by, query, newest_first=True)


def list_pathways(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List pathways, newest first."""
    work.require(may.SEE_PATHWAYS)
    filters = ("state", "mentor_id", "shedder_id")
    asking = work.actor.asking_for(query.get("shedder_id"))
    statement = only(visible.pathways(asking), Pathway, query, filters)
    if query.get("to_confirm"):
        statement = statement.where(Pathway.readiness_proposed_on.is_not(None), Pathway.state.in_(PROPOSABLE))
    return page_of(work.session, statement, [Pathway.enrolled_on, Pathway.id], query, newest_first=True)


def list_steps(work: Work, *, pathway_id: UUID, query: Mapping[str, Any]) -> Page:
    """List the steps of a pathway in their order, each with what shows it."""
    find(work.session, visible.pathways(work.actor), pathway_id)
    work.require(may.SEE_PATHWAYS)
    statement = visible.steps(work.actor).where(Step.pathway_id == pathway_id)
    shown = statement.options(selectinload(Step.evidence))
    return page_of(work.session, shown, [Step.place, Step.id], query)


def list_obstacles(work: Work, *, pathway_id: UUID, query: Mapping[str, Any]) -> Page:
    """List a man's open referrals as possible obstacles to work: category and state, no more."""
    pathway = find(work.session, visible.guided_pathways(work.actor), pathway_id)
    work.require(may.SEE_PATHWAYS)
    statement = select(Obstacle).where(Obstacle.shedder_id == pathway.shedder_id)
    return page_of(work.session, statement, [Obstacle.referral_id], query)


def list_jobs(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List jobs, newest first."""
    work.require(may.SEE_PATHWAYS)
    asking = work.actor.asking_for(query.get("shedder_id"))
    statement = only(visible.jobs(asking), Job, query, ("pathway_id", "shedder_id", "state"))
    return page_of(work.session, statement, [Job.started_on, Job.id], query, newest_first=True)


def list_step_definitions(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List the criteria of readiness, in their order."""
    work.require(may.SEE_STEP_LIST)
    by = [StepDefinition.place, StepDefinition.id]
    return page_of(work.session, visible.step_definitions(work.actor), by, query)
