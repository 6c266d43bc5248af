"""E-mails that bring people their links: written with the link, handed in until taken, and then emptied."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update

from services.registry.domain.codes import LinkMailState
from services.registry.models import Account, Link, LinkMail, Wish
from services.registry.settings import Settings, Work
from services.registry.use_cases.link_mail_words import SUBJECTS, text_of
from shared.errors import Conflict, InvalidInput
from shared.languages import translated
from shared.mail import MailServer
from shared.mailing import NO_SECRET, is_unsent, send_one
from shared.unit_of_work import Service

PAUSE = timedelta(minutes=5)
"""So long nothing more is sent to an address: what is pressed twice is sent once."""
MOST_A_DAY = 5
"""So many go to one address: nobody's mailbox is filled by us."""
MOST_AN_HOUR = 100
"""So many one administrator has sent: whoever got hold of his sign-in writes to no crowd."""


def write_link_mail(work: Work, account: Account, link: Link, address: str) -> None:
    """Write the e-mail with a link, whose whole address this is. Raises `InvalidInput` and `Conflict`."""
    if not work.settings.sends_mail:
        raise InvalidInput.on("by_email", "No e-mail is sent from here: give him the link yourself.")
    _refuse_too_many(work, account)
    wish = work.session.get(Wish, account.id)
    language = (wish.language if wish else None) or work.settings.language
    work.session.flush()
    work.session.add(
        LinkMail(
            link_id=link.id,
            subject=translated(language, SUBJECTS[link.purpose]),
            text=text_of(language, link.purpose, address, link.works_until.astimezone(work.settings.zone)),
            written_at=work.now,
            try_at=work.now,
        )
    )


def send_link_mail(service: Service[Settings], server: MailServer) -> int:
    """Hand in one that is due: 1, or 0 when none is. Of a link that works no more none is."""
    return send_one(service, server, LinkMail, _addressed(service.clock.now()), **NO_SECRET)


def link_mail_state(work: Work, account: Account) -> LinkMailState | None:
    """What became of the e-mail with the link that an account has; None where there is none."""
    its_own = (
        select(LinkMail)
        .join(Link, Link.id == LinkMail.link_id)
        .where(Link.account_id == account.id, Link.ended_at.is_(None))
    )
    mail = work.session.scalars(its_own).one_or_none()
    if mail is None:
        return None
    if mail.sent_at is not None:
        return LinkMailState.SENT
    return LinkMailState.NOT_TAKEN if mail.given_up_at is not None else LinkMailState.WAITING


def forget_link_mail(work: Work, before: datetime) -> None:
    """One is given up, and emptied, once its link works no more; with a link that goes, its e-mail goes."""
    of_use = select(Link.id).where(Link.ended_at.is_(None), Link.works_until > work.now)
    over = update(LinkMail).where(is_unsent(LinkMail), LinkMail.link_id.not_in(of_use))
    work.session.execute(over.values(NO_SECRET | {"given_up_at": work.now}))
    old = select(Link.id).where(Link.works_until < before)
    work.session.execute(delete(LinkMail).where(LinkMail.link_id.in_(old)))


def _addressed(now: datetime) -> Select[LinkMail, str | None]:
    """Those whose link works, each with the address that it goes to."""
    return (
        select(LinkMail, Account.email)
        .join(Link, Link.id == LinkMail.link_id)
        .join(Account, Account.id == Link.account_id)
        .where(Link.ended_at.is_(None), Link.works_until > now)
    )


def _refuse_too_many(work: Work, account: Account) -> None:
    written = select(func.count(), func.max(LinkMail.written_at)).join(Link, Link.id == LinkMail.link_id)
    to_him = written.join(Account, Account.id == Link.account_id).where(
        Account.email == account.email, LinkMail.written_at > work.now - timedelta(days=1)
    )
    count, last = work.session.execute(to_him).one()
    if last is not None and last > work.now - PAUSE:
        raise Conflict("A link was sent to him a moment ago. Wait five minutes, or give him one yourself.")
    if count >= MOST_A_DAY:
        raise Conflict("So many links were sent to him today that he gets no more: give it to him yourself.")
    by_him = written.where(Link.made_by == work.actor.id, LinkMail.written_at > work.now - timedelta(hours=1))
    if work.session.execute(by_him).one()[0] >= MOST_AN_HOUR:
        raise Conflict("You had very many links sent in this hour. Wait, or give this one to him yourself.")
