"""Partners and their sheds: adding, opening, changing, closing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.lifecycles import SHED, ShedAction, ShedState
from services.registry.models import Partner, Shed
from services.registry.queries import visible
from services.registry.settings import Work
from shared.database.finding import assign, find, find_or_none, refuse_second, refuse_second_ref
from shared.errors import InvalidInput
from shared.history import entry

EDITABLE = (
    "name",
    "municipality",
    "neighbourhood",
    "focus",
    "opening_hours",
    "capacity",
    "new_men",
)


def add_partner(work: Work, *, values: Mapping[str, Any]) -> Partner:
    """Add a partner of the programme."""
    work.require(may.KEEP_PARTNERS)
    same_name = select(Partner).where(Partner.name == values["name"])
    refuse_second(work.session, same_name, "There is a partner of this name already.")
    partner = Partner(name=values["name"], country=values["country"], created_at=work.now)
    work.session.add(partner)
    return partner


def change_partner(work: Work, *, partner_id: UUID, values: Mapping[str, Any]) -> Partner:
    """Change a partner's name or country."""
    partner = find(work.session, visible.partners(work.actor), partner_id, for_change=True)
    work.require(may.KEEP_PARTNERS)
    work.expect_version(partner)
    same_name = select(Partner).where(Partner.name == values.get("name"), Partner.id != partner_id)
    refuse_second(work.session, same_name, "There is a partner of this name already.")
    assign(partner, values, ("name", "country"))
    return partner


def read_partner(work: Work, *, partner_id: UUID) -> Partner:
    """Read one partner."""
    partner = find(work.session, visible.partners(work.actor), partner_id)
    work.require(may.SEE_PARTNERS)
    return partner


def open_shed(work: Work, *, values: Mapping[str, Any]) -> Shed:
    """Open a shed of one's own partner."""
    work.require(may.OPEN_SHED)
    refuse_second_ref(work.session, Shed, work.actor.ref_owner, values.get("external_ref"), "a shed")
    shed = Shed(
        partner_id=_own_partner(work, values),
        country=values["country"],
        opened_on=work.day(values, "opened_on"),
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        opening_hours=[],
    )
    assign(shed, values, EDITABLE)
    work.session.add(shed)
    work.session.flush()
    work.record("shed.opened", shed.id, told_of(shed))
    return shed


def told_of(shed: Shed) -> dict[str, Any]:
    """What an event tells of an opened shed."""
    return {
        "shed_id": shed.id,
        "partner_id": shed.partner_id,
        "country": shed.country,
        "focus": shed.focus,
        "opened_on": shed.opened_on,
    }


def told_of_closing(shed: Shed) -> dict[str, Any]:
    """What an event tells of a shed that closed."""
    return {"shed_id": shed.id, "closed_on": shed.closed_on}


def change_shed(work: Work, *, shed_id: UUID, values: Mapping[str, Any]) -> Shed:
    """Change what is known of a shed, its dial for new men included."""
    shed = find(work.session, visible.sheds(work.actor), shed_id, for_change=True)
    work.require(may.CHANGE_SHED)
    work.expect_version(shed)
    assign(shed, values, EDITABLE)
    return shed


def close_shed(work: Work, *, shed_id: UUID, values: Mapping[str, Any]) -> Shed:
    """Close a shed; a coordinator inherits the referrals that are open there."""
    shed = find(work.session, visible.sheds(work.actor), shed_id, for_change=True)
    step = work.step(SHED, shed, ShedAction.CLOSE)
    closed_on = work.day(values, "closed_on")
    if closed_on < shed.opened_on:
        raise InvalidInput.on("closed_on", "The shed was not open yet on this day.")
    work.session.add(entry(work, shed.id, step, shed.state))
    shed.state = ShedState(step.target)
    shed.closed_on = closed_on
    work.record(step.event, shed.id, told_of_closing(shed))
    return shed


def read_shed(work: Work, *, shed_id: UUID) -> Shed:
    """Read one shed."""
    shed = find(work.session, visible.sheds(work.actor), shed_id)
    work.require(may.SEE_SHEDS)
    return shed


def own_open_shed(work: Work, values: Mapping[str, Any]) -> Shed:
    """The shed that a body names, when it is the caller's own and still open. Raises `InvalidInput`."""
    shed = find_or_none(work.session, visible.own_sheds(work.actor), values["shed_id"])
    if shed is None:
        raise InvalidInput.on("shed_id", "This is not one of your sheds.")
    if shed.closed_on is not None:
        raise InvalidInput.on("shed_id", "This shed is closed.")
    return shed


def _own_partner(work: Work, values: Mapping[str, Any]) -> UUID:
    """A coordinator opens sheds for his own partner only; the system for the one it names."""
    if not work.actor.is_system:
        assert work.actor.partner_id is not None  # no coordinator's token is without one
        return work.actor.partner_id
    partner_id: UUID = values["partner_id"]
    return partner_id
