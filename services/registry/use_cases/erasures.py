"""Erasures: asked for, confirmed by a second person and then carried out, complete when all have answered."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.registry.domain import permissions as may
from services.registry.domain.codes import ErasureGround
from services.registry.domain.lifecycles import ERASURE, ErasureAction, ErasureState
from services.registry.domain.personal_data import PERSONAL_DATA, SERVICES
from services.registry.models import Base, Erasure, ErasureReceipt, Membership, Shedder
from services.registry.queries import visible
from services.registry.settings import Work
from shared import erased
from shared.database.finding import find, refuse_second, touch
from shared.database.upsert import upsert
from shared.erasing import Held
from shared.errors import Conflict, Forbidden
from shared.history import entry

HELD = Held(Base.metadata, PERSONAL_DATA)


def ask_erasure(work: Work, *, shedder_id: UUID, values: Mapping[str, Any]) -> Erasure:
    """Record that a man asks to be erased: when and how. A second person confirms it."""
    find(work.session, visible.shedders(work.actor), shedder_id, for_change=True)
    work.require(may.ASK_ERASURE)
    under_way = select(Erasure).where(Erasure.shedder_id == shedder_id, Erasure.state != ErasureState.REFUSED)
    refuse_second(work.session, under_way, "There is an erasure of this man already.")
    return _begin(
        work,
        shedder_id,
        ErasureGround.ASKED,
        asked_on=work.day(values, "asked_on"),
        asked_how=values["asked_how"],
    )


def read_erasure(work: Work, *, erasure_id: UUID) -> Erasure:
    """Read one erasure: how far it is, and which services have answered."""
    erasure = find(work.session, visible.erasures(work.actor), erasure_id)
    work.require(may.SEE_ERASURES)
    return erasure


def confirm_erasure(work: Work, *, erasure_id: UUID, values: Mapping[str, Any]) -> Erasure:
    """Confirm, as a second person, that a man is to be erased. It is carried out at once, for good."""
    erasure = find(work.session, visible.erasures(work.actor), erasure_id, for_change=True)
    work.step(ERASURE, erasure, ErasureAction.CONFIRM)
    dict(values)  # nothing is asked for, but what was sent must be right
    if erasure.recorded_by in work.actor.people and not work.actor.is_system:
        raise Forbidden("Another person than the one who recorded it confirms.")
    work.session.get_one(Shedder, erasure.shedder_id, with_for_update=True)
    if erased.is_held(work.session, erasure.shedder_id):
        raise Conflict("There is a legal hold on this man: what is held on him must stay for now.")
    erasure.confirmed_by = work.actor.id
    _take_step(work, erasure, ErasureAction.CONFIRM)
    _carry_out(work, erasure)
    return erasure


def refuse_erasure(work: Work, *, erasure_id: UUID, values: Mapping[str, Any]) -> Erasure:
    """Refuse an erasure that was asked for, with the reason."""
    erasure = find(work.session, visible.erasures(work.actor), erasure_id, for_change=True)
    work.step(ERASURE, erasure, ErasureAction.REFUSE)
    _take_step(work, erasure, ErasureAction.REFUSE, reason=values["reason"])
    return erasure


def erase_for(work: Work, shedder_id: UUID, ground: ErasureGround) -> bool:
    """Erase a man whose period has ended, or who came back with a backup; False when there is no such man.

    The system alone does this; who is under a legal hold is left out by whoever asks.
    """
    shedder = work.session.get(Shedder, shedder_id, with_for_update=True)
    if shedder is None or shedder.erased_on is not None:
        return False
    erasure = work.session.scalars(
        select(Erasure).where(Erasure.shedder_id == shedder_id, Erasure.state != ErasureState.REFUSED)
    ).one_or_none()
    if erasure is None:
        erasure = _begin(work, shedder_id, ground)
    if erasure.state is ErasureState.ASKED:
        erasure.confirmed_by = work.actor.id
        _take_step(work, erasure, ErasureAction.CONFIRM)
    _carry_out(work, erasure)
    return True


def receive_receipt(work: Work, shedder_id: UUID, service: str, given_on: date) -> None:
    """Keep that a service has erased the man. With the last one his erasure is complete."""
    erasure = work.session.scalars(
        select(Erasure)
        .where(Erasure.shedder_id == shedder_id, Erasure.state != ErasureState.REFUSED)
        .with_for_update()
    ).one_or_none()
    if erasure is None:
        return
    receipt = {"erasure_id": erasure.id, "service": service, "given_on": given_on}
    upsert(work.session, ErasureReceipt, receipt, update=())
    touch(erasure, "receipts")
    answered = {receipt.service for receipt in erasure.receipts}
    if erasure.state is ErasureState.CARRIED_OUT and answered >= SERVICES:
        erasure.completed_on = work.today
        _take_step(work, erasure, ErasureAction.COMPLETE)


def _begin(work: Work, shedder_id: UUID, ground: ErasureGround, **asked: Any) -> Erasure:
    erasure = Erasure(
        shedder_id=shedder_id, ground=ground, recorded_by=work.actor.id, created_at=work.now, **asked
    )
    work.session.add(erasure)
    work.session.flush()
    return erasure


def _carry_out(work: Work, erasure: Erasure) -> None:
    """Erase him here, and tell the others. His memberships end: no later period counts him."""
    shedder_id = erasure.shedder_id
    HELD.erase(work.session, shedder_id, work.today)
    work.session.execute(update(Shedder).where(Shedder.id == shedder_id).values(erased_on=work.today))
    still_open = Membership.shedder_id == shedder_id, Membership.left_on.is_(None)
    work.session.execute(update(Membership).where(*still_open).values(left_on=work.today))
    erasure.erased_on = work.today
    _take_step(work, erasure, ErasureAction.CARRY_OUT)
    receive_receipt(work, shedder_id, "registry", work.today)


def _take_step(work: Work, erasure: Erasure, action: ErasureAction, reason: StrEnum | None = None) -> None:
    """Move the erasure, keep who did it and why, and tell the other services.

    Its events are about the erasure, not about the man: an event of his that cannot be applied somewhere
    must not keep his erasure waiting behind it.
    """
    step = ERASURE.transition(erasure.state, action)
    work.session.add(entry(work, erasure.id, step, erasure.state, reason=reason))
    erasure.state = ErasureState(step.target)
    erasure.coded_reason = reason.value if reason else None
    work.session.flush()
    told = {
        "erasure_id": erasure.id,
        "shedder_id": erasure.shedder_id,
        "state": erasure.state,
        "reason": erasure.coded_reason,
        "on": work.today,
    }
    work.record(step.event, erasure.id, told)
