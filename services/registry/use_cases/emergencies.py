"""Emergency access: a coordinator looks at one man who is not of his partner's sheds, for an hour.

It is for looking only: what may be read by it stands in the policies of each service (`emergency`), and
whose things those are in its `queries.visible`. Everything that is read by it says so in the man's log.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain import permissions as may
from services.registry.domain.access import (
    EMERGENCY_ACCESS,
    EMERGENCY_LASTS,
    EmergencyAction,
    EmergencyState,
)
from services.registry.models import EmergencyAccess, Shedder
from services.registry.queries import visible
from services.registry.settings import Work
from shared.actor import Actor, Role
from shared.database.finding import find
from shared.errors import Conflict, Duplicate, InvalidInput
from shared.history import entry

LAPSE_AT_ONCE = 100


def begin_emergency_access(work: Work, *, values: Mapping[str, Any]) -> EmergencyAccess:
    """Look at a man who is not of your partner's sheds, in an emergency: for an hour, with the reason."""
    work.require(may.BEGIN_EMERGENCY)
    _refuse_second(work)
    shedder = _the_one_man(work, values)
    if visible.knows_man(work.session, work.actor, shedder.id):
        raise Conflict("You see this man as it is: he is of your partner's sheds.")
    access = EmergencyAccess(
        account_id=work.actor.id,
        shedder_id=shedder.id,
        reason=values["reason"],
        remark=values["remark"],
        begun_at=work.now,
        ends_at=work.now + EMERGENCY_LASTS,
        created_at=work.now,
    )
    work.session.add(access)
    work.session.flush()
    work.record("emergency.begun", access.id, _told_of(access))
    return access


def read_emergency_access(work: Work, *, emergency_access_id: UUID) -> EmergencyAccess:
    """Read one emergency access."""
    access = find(work.session, visible.emergency_accesses(work.actor), emergency_access_id)
    work.require(may.SEE_EMERGENCIES)
    return access


def end_emergency_access(
    work: Work, *, emergency_access_id: UUID, values: Mapping[str, Any]
) -> EmergencyAccess:
    """End an emergency access before its hour is over. That is never stale: no If-Match is asked."""
    seen = visible.emergency_accesses(work.actor)
    access = find(work.session, seen, emergency_access_id, for_change=True)
    work.require(EMERGENCY_ACCESS.policy(EmergencyAction.END))
    EMERGENCY_ACCESS.transition(access.state, EmergencyAction.END)
    dict(values)  # nothing is asked for, but what was sent must be right
    _end(work, access, EmergencyAction.END)
    return access


def lapse_emergencies(work: Work) -> int:
    """Let lapse those whose hour is over; say how many."""
    over = (
        select(EmergencyAccess)
        .where(EmergencyAccess.state == EmergencyState.OPEN, EmergencyAccess.ends_at <= work.now)
        .limit(LAPSE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    lapsed = work.session.scalars(over).all()
    for access in lapsed:
        _end(work, access, EmergencyAction.LAPSE)
    return len(lapsed)


def in_emergency(session: Session, actor: Actor, now: datetime) -> Actor:
    """The caller, with the one man whom he may look at now by emergency access, if there is one."""
    if actor.role is not Role.COORDINATOR:
        return actor
    open_now = select(EmergencyAccess.shedder_id).where(
        EmergencyAccess.account_id == actor.id,
        EmergencyAccess.state == EmergencyState.OPEN,
        EmergencyAccess.ends_at > now,
    )
    return replace(actor, emergency_shedder_id=session.scalar(open_now))


def _refuse_second(work: Work) -> None:
    """One at a time. What is over, though nobody has let it lapse yet, stands in nobody's way."""
    own = select(EmergencyAccess).where(
        EmergencyAccess.account_id == work.actor.id, EmergencyAccess.state == EmergencyState.OPEN
    )
    access = work.session.scalars(own.with_for_update()).one_or_none()
    if access is None:
        return
    if access.ends_at > work.now:
        raise Duplicate(
            "You have emergency access to somebody already: end it first.", existing=str(access.id)
        )
    _end(work, access, EmergencyAction.LAPSE)


def _the_one_man(work: Work, values: Mapping[str, Any]) -> Shedder:
    """The man of this id or telephone, locked. Why there is not exactly one, is told to nobody."""
    field = "shedder_id" if "shedder_id" in values else "phone"
    column = Shedder.id if field == "shedder_id" else Shedder.phone
    named = select(Shedder).where(column == values[field], Shedder.erased_on.is_(None)).limit(2)
    found = work.session.scalars(named.with_for_update()).all()
    if len(found) != 1:
        raise InvalidInput.on(field, "Nobody could be found by this.")
    return found[0]


def _end(work: Work, access: EmergencyAccess, action: EmergencyAction) -> None:
    step = EMERGENCY_ACCESS.transition(access.state, action)
    ended_at = min(work.now, access.ends_at)
    work.session.add(entry(work, access.id, step, access.state, at=ended_at))
    access.state, access.ended_at = EmergencyState(step.target), ended_at
    access.ended_by = work.actor.id if action is EmergencyAction.END else None
    work.session.flush()
    work.record(step.event, access.id, _told_of(access))


def _told_of(access: EmergencyAccess) -> dict[str, Any]:
    """What an event tells of it: whose and about whom, not why."""
    return {
        "emergency_access_id": access.id,
        "account_id": access.account_id,
        "shedder_id": access.shedder_id,
        "state": access.state,
    }
