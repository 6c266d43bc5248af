"""Cover: an absent person's stand-in is named for some days, and takes it up when he acts for him.

Taking it up belongs to one sign-in: from then on what is done in it is done by the stand-in on behalf of the
absent person, and is recorded as both, until he lays it down, it ends, or either of them is no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain import permissions as may
from services.registry.domain.access import COVER, CoverAction, CoverState, check_period
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Cover, SignIn
from services.registry.queries import covering
from services.registry.settings import Work
from services.registry.use_cases.notices import note
from shared.actor import Actor
from shared.database.finding import find, find_or_none, refuse_second
from shared.errors import Conflict, Forbidden, InvalidInput
from shared.history import entry

LAPSE_AT_ONCE = 100


def name_cover(work: Work, *, values: Mapping[str, Any]) -> Cover:
    """Name a stand-in for some days: for yourself, or as a coordinator for your ambassador or mentor."""
    work.require(may.NAME_COVER)
    if work.actor.on_behalf_of is not None:
        raise Forbidden("Who stands in for somebody names nobody else: lay it down first.")
    absent_id = values.get("absent_account_id", work.actor.id)
    absent = find(work.session, covering.covered(work.actor), absent_id, for_change=True)
    from_day, until_day = values.get("from_day", work.today), values["until_day"]
    _refuse_overlap(work, absent, from_day, until_day)
    check_period(from_day, until_day, work.today)
    stand_in = _stand_in(work, absent, values["stand_in_account_id"])
    cover = Cover(
        absent_account_id=absent.id,
        stand_in_account_id=stand_in.id,
        from_day=from_day,
        until_day=until_day,
        named_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(cover)
    work.session.flush()
    work.session.refresh(cover, ["absent_name", "stand_in_name"])
    _tell(work, "cover.named", cover)
    return cover


def read_cover(work: Work, *, cover_id: UUID) -> Cover:
    """Read who stands in for whom, and when."""
    cover = find(work.session, covering.covers(work.actor), cover_id)
    work.require(may.SEE_COVERS)
    return cover


def end_cover(work: Work, *, cover_id: UUID, values: Mapping[str, Any]) -> Cover:
    """End a cover before its last day. That is never stale: no If-Match is asked."""
    cover = find(work.session, covering.covers(work.actor), cover_id, for_change=True)
    work.require(COVER.policy(CoverAction.END))
    COVER.transition(cover.state, CoverAction.END)
    dict(values)  # nothing is asked for, but what was sent must be right
    _end(work, cover, CoverAction.END)
    return cover


def take_up_cover(work: Work, *, cover_id: UUID, values: Mapping[str, Any]) -> Cover:
    """Act on behalf of the absent person from now on, in this sign-in, until you lay it down."""
    cover = find(work.session, covering.covers(work.actor), cover_id)
    work.require(may.TAKE_UP_COVER)
    if cover.stand_in_account_id != work.actor.id:
        raise Forbidden("Only the stand-in takes it up.")
    sign_in = _sign_in(work)
    if _absent(work.session, cover, work.actor.id, work.today) is None:
        raise Conflict("It holds on its own days only, while both of you may do this work.")
    dict(values)  # nothing is asked for, but what was sent must be right
    sign_in.cover_id = cover.id
    return cover


def lay_down_cover(work: Work, *, values: Mapping[str, Any]) -> Cover:
    """Act in your own name again, in this sign-in."""
    work.require(may.TAKE_UP_COVER)
    sign_in = _sign_in(work)
    if sign_in.cover_id is None:
        raise Conflict("You stand in for nobody in this sign-in.")
    dict(values)  # nothing is asked for, but what was sent must be right
    cover = work.session.get_one(Cover, sign_in.cover_id)
    sign_in.cover_id = None
    return cover


def lapse_covers(work: Work) -> int:
    """Let lapse those whose last day is over; say how many."""
    over = (
        select(Cover)
        .where(Cover.state == CoverState.NAMED, Cover.until_day < work.today)
        .limit(LAPSE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    lapsed = work.session.scalars(over).all()
    for cover in lapsed:
        _end(work, cover, CoverAction.LAPSE)
    return len(lapsed)


def standing_in(session: Session, sign_in: SignIn, actor: Actor, today: date) -> Actor:
    """The caller of a sign-in: on behalf of the absent person while he stands in for one, else himself."""
    cover = session.get(Cover, sign_in.cover_id) if sign_in.cover_id else None
    absent = _absent(session, cover, actor.id, today) if cover else None
    if absent is None:
        return actor
    return replace(
        actor,
        on_behalf_of=absent.id,
        ambassador_id=absent.ambassador_id,
        mentor_id=absent.mentor_id,
        organisation_id=absent.organisation_id,
    )


def _refuse_overlap(work: Work, absent: Account, from_day: date, until_day: date) -> None:
    """On one day one person stands in for somebody: with two, nobody would know who does it."""
    overlapping = select(Cover).where(
        Cover.absent_account_id == absent.id,
        Cover.state == CoverState.NAMED,
        Cover.from_day <= until_day,
        Cover.until_day >= from_day,
    )
    refuse_second(work.session, overlapping, "There is a stand-in for him on some of these days already.")


def _stand_in(work: Work, absent: Account, account_id: UUID) -> Account:
    """Who was named, if he may stand in. Why he may not, is told to nobody."""
    stand_in = find_or_none(work.session, covering.stand_ins(absent, work.today), account_id)
    if stand_in is None:
        raise InvalidInput.on("stand_in_account_id", "This is nobody who may stand in for him.")
    return stand_in


def _absent(session: Session, cover: Cover, stand_in_id: UUID, today: date) -> Account | None:
    """For whom somebody stands in by a cover today; None when he does not, for whatever cause."""
    if cover.stand_in_account_id != stand_in_id or not cover.holds_on(today):
        return None
    absent = session.get_one(Account, cover.absent_account_id)
    if absent.state is not AccountState.ACTIVE:
        return None
    allowed = find_or_none(session, covering.stand_ins(absent, today), stand_in_id)
    return absent if allowed is not None else None


def _sign_in(work: Work) -> SignIn:
    """The caller's sign-in, locked. Raises `Conflict` for who came by another way."""
    named = select(SignIn).where(
        SignIn.id == work.actor.sign_in_id, SignIn.account_id == work.actor.id, SignIn.ended_at.is_(None)
    )
    sign_in = work.session.scalars(named.with_for_update()).one_or_none()
    if sign_in is None:
        raise Conflict("One stands in for somebody in a sign-in, and you came without one: sign in first.")
    return sign_in


def _end(work: Work, cover: Cover, action: CoverAction) -> None:
    step = COVER.transition(cover.state, action)
    work.session.add(entry(work, cover.id, step, cover.state))
    cover.state, cover.ended_at = CoverState(step.target), work.now
    cover.ended_by = work.actor.id if action is CoverAction.END else None
    work.session.flush()
    _tell(work, step.event, cover)


def _tell(work: Work, event: str, cover: Cover) -> None:
    """Tell the other services, and by e-mail who acts on it or relies on it. A last day surprises nobody."""
    told = {
        "cover_id": cover.id,
        "absent_account_id": cover.absent_account_id,
        "stand_in_account_id": cover.stand_in_account_id,
        "from_day": cover.from_day,
        "until_day": cover.until_day,
        "state": cover.state,
    }
    event_id = work.record(event, cover.id, told)
    if not work.actor.is_system:
        note(work, event, event_id, work.now, told | {"named_by": cover.named_by})
