"""The colleagues of a demonstration's people: they stand in for them, or are away themselves."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Select, select

from deploy.programme import Programme
from services.registry.models import Ambassador, AmbassadorShed, MentorFact, Shed
from services.registry.queries.covering import fellow_ambassadors, fellow_mentors
from services.registry.use_cases.demonstration import COLLEAGUES
from shared.actor import SPEAKS_FOR, Actor, Role


def colleagues_of(programme: Programme, people: Mapping[str, Actor]) -> Iterator[Actor]:
    """A colleague of each of the people who can have a stand-in, as far as there is one.

    Each has an account of his own, which stays the same one whoever he speaks for at a later start.
    """
    for role in COLLEAGUES:
        if role.value in people:
            speaks_for = _speaks_for(programme, people[role.value])
            if speaks_for is not None:
                account_id = uuid5(NAMESPACE_URL, f"sbs:colleague {role.value}")
                relation: dict[str, Any] = {SPEAKS_FOR[role]: speaks_for}
                yield Actor(account_id, role, **relation)


def _speaks_for(programme: Programme, of: Actor) -> UUID | None:
    """Which ambassador or mentor the colleague is; a care worker's is of the same organisation."""
    if of.role is Role.CARE_WORKER:
        return of.organisation_id
    today = programme.registry.clock.today()
    wanted = _ambassadors(of) if of.role is Role.AMBASSADOR else _mentors(of, today)
    with programme.registry.database.read() as session:
        return session.scalar(wanted.limit(1))


def _ambassadors(of: Actor) -> Select[UUID]:
    """Of his partner, not left; first those of another shed: what they see is not what he sees."""
    own_sheds = select(AmbassadorShed.shed_id).where(AmbassadorShed.ambassador_id == of.ambassador_id)
    return (
        select(Ambassador.id)
        .join(AmbassadorShed, AmbassadorShed.ambassador_id == Ambassador.id)
        .join(Shed, Shed.id == AmbassadorShed.shed_id)
        .where(Ambassador.id.in_(fellow_ambassadors(of.ambassador_id)), Shed.closed_on.is_(None))
        .order_by(AmbassadorShed.shed_id.in_(own_sheds), Ambassador.external_ref.nulls_last())
    )


def _mentors(of: Actor, today: date) -> Select[UUID]:
    """Of the same partner or of none, with papers in order: nobody else stands in for a mentor."""
    papers = (MentorFact.in_order_until.desc(), MentorFact.mentor_id)
    return fellow_mentors(of.mentor_id, today).order_by(*papers)
