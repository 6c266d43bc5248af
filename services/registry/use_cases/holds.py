"""Legal holds: placed and lifted by an administrator, who names a man by his id and sees nothing of him."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.lifecycles import HOLD, HoldAction, HoldState
from services.registry.models import LegalHold, Shedder
from services.registry.queries import visible
from services.registry.settings import Work
from shared import erased
from shared.database.finding import find, refuse_second
from shared.errors import InvalidInput
from shared.history import entry


def place_hold(work: Work, *, values: Mapping[str, Any]) -> LegalHold:
    """Place a legal hold on a man: he is not erased, and no retention period ends for him."""
    work.require(may.KEEP_HOLDS)
    shedder = work.session.get(Shedder, values["shedder_id"], with_for_update=True)
    if shedder is None or shedder.erased_on is not None:
        raise InvalidInput.on("shedder_id", "There is no such man.")
    placed = select(LegalHold).where(LegalHold.shedder_id == shedder.id, LegalHold.state == HoldState.PLACED)
    refuse_second(work.session, placed, "There is a legal hold on this man already.")
    hold = LegalHold(
        shedder_id=shedder.id,
        reason=values["reason"],
        placed_on=work.today,
        placed_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(hold)
    work.session.flush()
    erased.hold(work.session, shedder.id, hold.id)
    work.record("hold.placed", hold.id, _told_of(work, hold))
    return hold


def read_hold(work: Work, *, hold_id: UUID) -> LegalHold:
    """Read one legal hold."""
    hold = find(work.session, visible.holds(work.actor), hold_id)
    work.require(may.KEEP_HOLDS)
    return hold


def lift_hold(work: Work, *, hold_id: UUID, values: Mapping[str, Any]) -> LegalHold:
    """Lift a legal hold."""
    hold = find(work.session, visible.holds(work.actor), hold_id, for_change=True)
    step = work.step(HOLD, hold, HoldAction.LIFT)
    dict(values)  # nothing is asked for, but what was sent must be right
    work.session.add(entry(work, hold.id, step, hold.state))
    hold.state, hold.lifted_on, hold.lifted_by = HoldState(step.target), work.today, work.actor.id
    erased.release(work.session, hold.shedder_id, hold.id)
    work.session.flush()
    work.record(step.event, hold.id, _told_of(work, hold))
    return hold


def _told_of(work: Work, hold: LegalHold) -> dict[str, Any]:
    return {"hold_id": hold.id, "shedder_id": hold.shedder_id, "on": work.today}
