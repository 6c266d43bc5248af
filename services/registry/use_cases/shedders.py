"""Shedders: searching before registering, registering, changing, and which sheds they belong to."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.models import Membership, Shedder
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.sheds import own_open_shed
from services.registry.use_cases.timeline import enter
from shared.database.finding import assign, find, find_or_none, refuse_second_ref, touch
from shared.errors import Conflict, InvalidInput
from shared.text import fold

OPTIONAL = ("phone", "email", "address", "birth_year", "languages", "neighbourhood", "interests")


def register_shedder(work: Work, *, values: Mapping[str, Any]) -> Shedder:
    """Register a man in a shed, by the name he goes by. Search for him first."""
    work.require(may.REGISTER_SHEDDER)
    _refuse_year_to_come(work, values)
    shed = own_open_shed(work, values)
    refuse_second_ref(work.session, Shedder, work.actor.ref_owner, values.get("external_ref"), "a shedder")
    joined_on = work.day(values, "joined_on")
    shedder = Shedder(
        known_as=values["known_as"],
        search_name=fold(values["known_as"]),
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        languages=[],
    )
    assign(shedder, values, OPTIONAL)
    work.session.add(shedder)
    work.session.flush()
    _add_membership(work, shedder.id, shed.id, joined_on, "shedder.registered")
    return shedder


def change_shedder(work: Work, *, shedder_id: UUID, values: Mapping[str, Any]) -> Shedder:
    """Change what is known of a man."""
    shedder = find(work.session, visible.shedders(work.actor), shedder_id, for_change=True)
    work.require(may.CHANGE_SHEDDER)
    work.expect_version(shedder)
    _refuse_year_to_come(work, values)
    assign(shedder, values, ("known_as", *OPTIONAL))
    shedder.search_name = fold(shedder.known_as)
    return shedder


def _refuse_year_to_come(work: Work, values: Mapping[str, Any]) -> None:
    if (values.get("birth_year") or 0) > work.today.year:
        raise InvalidInput.on("birth_year", "This year is still to come.")


def read_shedder(work: Work, *, shedder_id: UUID) -> Shedder:
    """Read what is known of one man."""
    shedder = find(work.session, visible.shedders(work.actor), shedder_id)
    work.require(may.SEE_SHEDDERS)
    return shedder


def join_shed(work: Work, *, shedder_id: UUID, values: Mapping[str, Any]) -> Shedder:
    """Let a man belong to one more shed. He is still counted once."""
    shedder = _to_change(work, shedder_id)
    shed = own_open_shed(work, values)
    if _membership(work, shedder_id, shed.id) is not None:
        raise Conflict("He belongs to this shed already.")
    _add_membership(work, shedder_id, shed.id, work.day(values, "joined_on"), "shedder.joined")
    touch(shedder, "memberships")
    return shedder


def leave_shed(work: Work, *, shedder_id: UUID, values: Mapping[str, Any]) -> Shedder:
    """Record that a man no longer comes to a shed."""
    shedder = _to_change(work, shedder_id)
    shed = find_or_none(work.session, visible.own_sheds(work.actor), values["shed_id"])
    membership = _membership(work, shedder_id, shed.id) if shed else None
    if shed is None or membership is None:
        raise InvalidInput.on("shed_id", "He does not belong to this shed.")
    left_on = work.day(values, "left_on")
    if left_on < membership.joined_on:
        raise InvalidInput.on("left_on", "He had not joined yet on this day.")
    membership.left_on = left_on
    touch(shedder, "memberships")
    told = {"shedder_id": shedder_id, "shed_id": shed.id, "left_on": left_on}
    work.record("shedder.left", shedder_id, told)
    enter(work, shedder_id, left_on, "shedder.left", shed.id)
    return shedder


def _to_change(work: Work, shedder_id: UUID) -> Shedder:
    shedder = find(work.session, visible.shedders(work.actor), shedder_id, for_change=True)
    work.require(may.CHANGE_SHEDDER)
    work.expect_version(shedder)
    return shedder


def _add_membership(work: Work, shedder_id: UUID, shed_id: UUID, joined_on: date, event: str) -> None:
    work.session.add(Membership(shedder_id=shedder_id, shed_id=shed_id, joined_on=joined_on))
    told = {"shedder_id": shedder_id, "shed_id": shed_id, "joined_on": joined_on}
    work.record(event, shedder_id, told)
    enter(work, shedder_id, joined_on, event, shed_id)


def _membership(work: Work, shedder_id: UUID, shed_id: UUID) -> Membership | None:
    return work.session.scalars(
        select(Membership).where(
            Membership.shedder_id == shedder_id, Membership.shed_id == shed_id, Membership.left_on.is_(None)
        )
    ).first()
