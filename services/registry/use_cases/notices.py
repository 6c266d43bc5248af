"""Noting who must know of an event: with the event itself, so once, and never lost.

Who does something in the registry is not told of it; an event of another service does not say who did what.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.registry.domain.lifecycles import AccountState
from services.registry.domain.notices import STALE, Rule, Whose, rules_of
from services.registry.models import Account, Membership, Notice, ReferralFact, Shed
from services.registry.settings import Work
from shared.actor import Role
from shared.database.upsert import insert_once
from shared.identifiers import new_id

OF_A_COVER = {
    Whose.STAND_IN: ("stand_in_account_id",),
    Whose.ABSENT: ("absent_account_id",),
    Whose.ALL_OF_THE_COVER: ("stand_in_account_id", "absent_account_id", "named_by"),
}
"""The accounts that the event of a cover is for, as it names them."""


def note(work: Work, name: str, source_id: UUID, at: datetime, told: Mapping[str, Any]) -> None:
    """Note who must know of an event, if anybody must and it is news."""
    if at < work.now - STALE:
        return
    for rule in rules_of(name, told.get("asked_by") or told.get("whom")):
        others = _accounts(rule, told).where(Account.id != work.actor.id)
        for account_id in work.session.scalars(others).all():
            values = {
                "id": new_id(),
                "account_id": account_id,
                "source_id": source_id,
                "kind": rule.kind,
                "noted_at": work.now,
            }
            insert_once(work.session, Notice, values, "account_id", "source_id")


def _accounts(rule: Rule, told: Mapping[str, Any]) -> Select[UUID]:
    """The accounts that a rule names. A referral without an ambassador is the coordinators'."""
    active = select(Account.id).where(Account.state == AccountState.ACTIVE).order_by(Account.id)
    if rule.whose is Whose.ORGANISATION:
        return active.where(
            Account.role == Role.CARE_WORKER, Account.organisation_id == told["organisation_id"]
        )
    if rule.whose is Whose.MENTOR:
        return active.where(Account.role == Role.MENTOR, Account.mentor_id == told["mentor_id"])
    if rule.whose is Whose.SENDER and told["ambassador_id"] is not None:
        return active.where(Account.role == Role.AMBASSADOR, Account.ambassador_id == told["ambassador_id"])
    if rule.whose in OF_A_COVER:
        return active.where(Account.id.in_([told[name] for name in OF_A_COVER[rule.whose]]))
    return active.where(Account.role == Role.COORDINATOR, Account.partner_id.in_(_partners(told)))


def _partners(told: Mapping[str, Any]) -> Select[UUID]:
    """The partners whose coordinators answer: that of the referral's shed, or those of the man's."""
    if "referral_id" in told:
        shed = select(ReferralFact.shed_id).where(ReferralFact.referral_id == told["referral_id"])
    else:
        shed = select(Membership.shed_id).where(
            Membership.shedder_id == told["shedder_id"], Membership.left_on.is_(None)
        )
    return select(Shed.partner_id).where(Shed.id.in_(shed))
