"""Answering a referral by a link: it is looked at as often as one likes, and answers once.

What it did stays visible by it for an hour, so that a lost connection loses nothing. Whoever has it acts as a
care worker of the organisation, on this one referral; that it was done by a link is on record.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.referrals.domain.codes import LinkUse
from services.referrals.models import AnswerLink, Referral
from services.referrals.queries import visible
from services.referrals.settings import Settings, Work
from services.referrals.use_cases.answer_links import ANSWERABLE, goes_there
from services.referrals.use_cases.answers import accept_referral, decline_referral
from services.referrals.use_cases.questions import ask_question
from shared.actor import Actor, Role, system_actor
from shared.audit.deed import Deed
from shared.database.finding import find_or_none
from shared.errors import AnswerLinkGone, TransitionNotAllowed
from shared.mailing import NO_SECRET
from shared.secrets import hash_of
from shared.unit_of_work import Service

SHOWN_AFTERWARDS = timedelta(hours=1)
RIGHT = "an answer link"
"""By which right it is done, for the record."""


@dataclass(frozen=True)
class Opened:
    """What a link opens: the referral as its organisation may see it, to this caller and nobody else."""

    work: Work
    link: AnswerLink
    referral: Referral

    @property
    def may(self) -> list[LinkUse]:
        """What can still be done by it."""
        if self.link.used_at is not None or self.referral.state not in ANSWERABLE:
            return []
        return list(LinkUse)

    @property
    def shows_referral(self) -> bool:
        """While it can be answered, and after it was accepted by this link: not what others did since."""
        return bool(self.may) or self.link.used_for is LinkUse.ACCEPT


@contextmanager
def look_by_link(service: Service[Settings], deed: Deed, secret: str) -> Iterator[Opened]:
    """What a link opens; it is not used by looking. Raises `AnswerLinkGone`."""
    with _opened(service, deed, secret) as opened:
        yield opened


def accept_by_link(service: Service[Settings], deed: Deed, values: Mapping[str, Any]) -> None:
    """Accept the referral of a link, which is used up. Raises `AnswerLinkGone`, `TransitionNotAllowed`."""
    _use(service, deed, values, LinkUse.ACCEPT, accept_referral)


def decline_by_link(service: Service[Settings], deed: Deed, values: Mapping[str, Any]) -> None:
    """Decline the referral of a link, which is used up. Raises `AnswerLinkGone`, `TransitionNotAllowed`."""
    _use(service, deed, values, LinkUse.DECLINE, decline_referral)


def ask_by_link(service: Service[Settings], deed: Deed, values: Mapping[str, Any]) -> None:
    """Ask about the referral of a link, which is used up; with the answer comes a new one.

    Raises `AnswerLinkGone`, `TransitionNotAllowed`.
    """
    _use(service, deed, values, LinkUse.ASK, ask_question)


def _use(
    service: Service[Settings],
    deed: Deed,
    values: Mapping[str, Any],
    use: LinkUse,
    act: Callable[..., Any],
) -> None:
    said = {name: value for name, value in values.items() if name != "secret"}
    with _opened(service, deed, values["secret"], to_use=True) as opened:
        work, link, referral = opened.work, opened.link, opened.referral
        if link.used_at is not None:
            raise AnswerLinkGone
        if referral.state not in ANSWERABLE:
            raise TransitionNotAllowed("It needs no answer any more.", state=referral.state.value)
        act(work, referral_id=referral.id, values=said)
        link.used_at, link.used_for, link.text = work.now, use, NO_SECRET["text"]
        deed.status = 204
        work.session.flush()
        work.put_on_record(deed)


@contextmanager
def _opened(service: Service[Settings], deed: Deed, secret: str, *, to_use: bool = False) -> Iterator[Opened]:
    with service.begin(system_actor(), reading=True) as work:
        link_id, organisation_id = _whose(work, secret)
    actor = Actor(link_id, Role.CARE_WORKER, organisation_id=organisation_id, by_link=True)
    deed.actor, deed.policy, deed.object_kind = actor, RIGHT, "referral"
    with service.begin(actor, if_match="*", reading=not to_use, men=deed.men) as work:
        if to_use:
            # The referral first, as whoever answers it otherwise does: two never wait for each other.
            locked = select(Referral.id).join(AnswerLink).where(AnswerLink.id == link_id)
            work.session.execute(locked.with_for_update(of=Referral)).all()
        link = work.session.scalars(_working(work, secret)).one_or_none()
        referral = find_or_none(work.session, visible.referrals(actor), link.referral_id) if link else None
        if link is None or referral is None:
            raise AnswerLinkGone
        deed.object_id = referral.id
        deed.men.add(referral.shedder_id)
        yield Opened(work, link, referral)


def _whose(work: Work, secret: str) -> tuple[UUID, UUID]:
    """The id of a link that works, and the organisation that it speaks for. Raises `AnswerLinkGone`."""
    link = work.session.scalars(_working(work, secret)).one_or_none()
    if link is None:
        raise AnswerLinkGone
    return link.id, work.session.get_one(Referral, link.referral_id).organisation_id


def _working(work: Work, secret: str) -> Select[AnswerLink]:
    """The link that a secret opens: until its day, and for a little while after it was used.

    Not when links go elsewhere now, or nowhere: who cannot read that mailbox any more answers no more.
    """
    lately = AnswerLink.used_at > work.now - SHOWN_AFTERWARDS
    return select(AnswerLink).where(
        AnswerLink.secret_hash == hash_of(secret),
        AnswerLink.ended_at.is_(None),
        AnswerLink.works_until > work.now,
        AnswerLink.used_at.is_(None) | lately,
        goes_there(),
    )
