"""Ambassadors: adding, changing, which sheds they serve, leaving."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.lifecycles import AMBASSADOR, AmbassadorAction, AmbassadorState
from services.registry.models import Ambassador, AmbassadorShed
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.sheds import own_open_shed
from shared.database.finding import assign, find, refuse_second_ref, touch
from shared.errors import Conflict, InvalidInput
from shared.history import entry


def add_ambassador(work: Work, *, values: Mapping[str, Any]) -> Ambassador:
    """Add an ambassador to a shed."""
    work.require(may.KEEP_AMBASSADORS)
    refuse_second_ref(
        work.session, Ambassador, work.actor.ref_owner, values.get("external_ref"), "an ambassador"
    )
    shed = own_open_shed(work, values)
    ambassador = Ambassador(
        partner_id=shed.partner_id,
        name=values["name"],
        phone=values.get("phone"),
        trained_on=values.get("trained_on"),
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
    )
    work.session.add(ambassador)
    work.session.flush()
    work.session.add(AmbassadorShed(ambassador_id=ambassador.id, shed_id=shed.id, since=work.today))
    work.record("ambassador.added", ambassador.id, told_of(ambassador, shed.id))
    return ambassador


def told_of(ambassador: Ambassador, shed_id: UUID) -> dict[str, Any]:
    """What an event tells of an ambassador who was added to a shed."""
    return {"ambassador_id": ambassador.id, "partner_id": ambassador.partner_id, "shed_id": shed_id}


def change_ambassador(work: Work, *, ambassador_id: UUID, values: Mapping[str, Any]) -> Ambassador:
    """Change an ambassador's name, telephone or training."""
    ambassador = find(work.session, visible.ambassadors(work.actor), ambassador_id, for_change=True)
    work.require(may.KEEP_AMBASSADORS)
    work.expect_version(ambassador)
    assign(ambassador, values, ("name", "phone", "trained_on"))
    return ambassador


def read_ambassador(work: Work, *, ambassador_id: UUID) -> Ambassador:
    """Read one ambassador."""
    ambassador = find(work.session, visible.ambassadors(work.actor), ambassador_id)
    work.require(may.SEE_AMBASSADORS)
    return ambassador


def assign_shed(work: Work, *, ambassador_id: UUID, values: Mapping[str, Any]) -> Ambassador:
    """Let an ambassador serve one more shed."""
    ambassador = _to_change(work, ambassador_id)
    shed = own_open_shed(work, values)
    if _service(work, ambassador_id, shed.id) is not None:
        raise Conflict("He serves this shed already.")
    work.session.add(AmbassadorShed(ambassador_id=ambassador_id, shed_id=shed.id, since=work.today))
    touch(ambassador, "sheds")
    work.record("ambassador.assigned", ambassador_id, {"ambassador_id": ambassador_id, "shed_id": shed.id})
    return ambassador


def release_from_shed(work: Work, *, ambassador_id: UUID, values: Mapping[str, Any]) -> Ambassador:
    """Let an ambassador no longer serve a shed; from this moment he sees its men no more."""
    ambassador = _to_change(work, ambassador_id)
    shed_id: UUID = values["shed_id"]
    service = _service(work, ambassador_id, shed_id)
    if service is None:
        raise InvalidInput.on("shed_id", "He does not serve this shed.")
    service.until = work.today
    touch(ambassador, "sheds")
    work.record("ambassador.released", ambassador_id, {"ambassador_id": ambassador_id, "shed_id": shed_id})
    return ambassador


def leave_programme(work: Work, *, ambassador_id: UUID, values: Mapping[str, Any]) -> Ambassador:
    """Record that an ambassador has left; a coordinator inherits his open referrals."""
    ambassador = find(work.session, visible.ambassadors(work.actor), ambassador_id, for_change=True)
    step = work.step(AMBASSADOR, ambassador, AmbassadorAction.LEAVE)
    left_on = work.day(values, "left_on")
    work.session.add(entry(work, ambassador_id, step, ambassador.state))
    ambassador.state = AmbassadorState(step.target)
    ambassador.left_on = left_on
    for service in work.session.scalars(
        select(AmbassadorShed).where(
            AmbassadorShed.ambassador_id == ambassador_id, AmbassadorShed.until.is_(None)
        )
    ):
        service.until = left_on
    touch(ambassador, "sheds")
    work.record(step.event, ambassador_id, {"ambassador_id": ambassador_id, "left_on": left_on})
    return ambassador


def _to_change(work: Work, ambassador_id: UUID) -> Ambassador:
    ambassador = find(work.session, visible.ambassadors(work.actor), ambassador_id, for_change=True)
    work.require(may.KEEP_AMBASSADORS)
    if ambassador.state is AmbassadorState.GONE:
        raise Conflict("This ambassador has left.")
    work.expect_version(ambassador)
    return ambassador


def _service(work: Work, ambassador_id: UUID, shed_id: UUID) -> AmbassadorShed | None:
    return work.session.scalars(
        select(AmbassadorShed).where(
            AmbassadorShed.ambassador_id == ambassador_id,
            AmbassadorShed.shed_id == shed_id,
            AmbassadorShed.until.is_(None),
        )
    ).one_or_none()
