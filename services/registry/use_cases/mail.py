"""E-mails that tell people what waits for them: written from notices in one transaction, then sent.

An e-mail is written once, whatever stops when: its notices are marked by the same transaction. It says what
kind of thing waits, and where to sign in; it names no man, no case and no organisation.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from services.registry.domain.codes import MailWhen
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, LinkMail, Mail, Notice, Wish
from services.registry.settings import Settings, Work
from services.registry.use_cases.link_mail import send_link_mail
from services.registry.use_cases.mail_words import SUBJECT, text_of
from shared.actor import system_actor
from shared.languages import translated
from shared.mail import MailServer
from shared.mailing import KEPT, is_unsent, mailing_timer, send_one
from shared.unit_of_work import Service
from shared.worker import Timer

DAILY_HOUR = 7
"""From this hour on, as the programme's clocks show it, a day's e-mail is written."""
A_BREATH = timedelta(minutes=1)
"""What happens within this time of the first news goes into one e-mail."""
NO_NEWS = timedelta(days=3)
SOME = 50


def write_mail(work: Work) -> int:
    """Write the e-mails that are due, some at a time: how many."""
    accounts = work.session.execute(_due(work)).all()
    for account, language in accounts:
        waiting = select(Notice).where(Notice.account_id == account.id, Notice.mail_id.is_(None))
        notices = work.session.scalars(waiting.with_for_update()).all()
        if notices:
            _write(work, account, language or work.settings.language, notices)
    return len(accounts)


def _due(work: Work) -> Select[Account, str | None]:
    """Whoever has news and wants it now, and his language. Locked, so that no two write to him at once."""
    waiting = (
        select(Notice.account_id.label("account_id"), func.min(Notice.noted_at).label("first"))
        .where(Notice.mail_id.is_(None))
        .group_by(Notice.account_id)
        .subquery()
    )
    when = func.coalesce(Wish.mail_when, MailWhen.AT_ONCE)
    at_once = (when == MailWhen.AT_ONCE) & (waiting.c.first <= work.now - A_BREATH)
    daily = (when == MailWhen.DAILY) & (waiting.c.first < _this_morning(work))
    return (
        select(Account, Wish.language)
        .join(waiting, waiting.c.account_id == Account.id)
        .outerjoin(Wish, Wish.account_id == Account.id)
        .where(Account.state == AccountState.ACTIVE, Account.email.is_not(None), at_once | daily)
        .order_by(Account.id)
        .limit(SOME)
        .with_for_update(of=Account)
    )


def _this_morning(work: Work) -> datetime:
    """The last time that it was the hour of the day's e-mail."""
    local = work.now.astimezone(work.settings.zone)
    morning = local.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    if morning > local:
        morning -= timedelta(days=1)
    return morning.astimezone(UTC)


def _write(work: Work, account: Account, language: str, notices: Sequence[Notice]) -> None:
    mail = Mail(
        account_id=account.id,
        subject=translated(language, SUBJECT),
        text=text_of(language, (one.kind for one in notices), work.settings.origin),
        written_at=work.now,
        try_at=work.now,
    )
    work.session.add(mail)
    work.session.flush()
    for one in notices:
        one.mail_id = mail.id


def send_mail(service: Service[Settings], server: MailServer) -> int:
    """Hand in one e-mail that is due: 1, or 0 when none is. A link goes first: he cannot come in without."""
    addressed = (
        select(Mail, Account.email)
        .join(Account, Account.id == Mail.account_id)
        .where(Account.email.is_not(None))
    )
    return send_link_mail(service, server) or send_one(service, server, Mail, addressed)


def waiting_mail(session: Session, _today: date) -> int:
    """How many e-mails are written and not sent."""
    kinds = (Mail, LinkMail)
    return sum(session.scalar(select(func.count()).where(is_unsent(kind))) or 0 for kind in kinds)


def forget_mail(work: Work) -> None:
    """E-mails and notices go after thirty days; news that nobody was told of in three days is none."""
    session, old = work.session, work.now - KEPT
    session.execute(delete(Notice).where(Notice.mail_id.is_(None), Notice.noted_at < work.now - NO_NEWS))
    session.execute(delete(Notice).where(Notice.noted_at < old))
    gone = Mail.written_at < old
    still = select(Notice.mail_id).where(Notice.mail_id.is_not(None))
    session.execute(delete(Mail).where(gone, Mail.id.not_in(still)))


def writing_and_sending(service: Service[Settings]) -> Timer:
    """Writes what is due, and hands it in."""

    def write() -> None:
        written = SOME
        while written == SOME:
            with service.begin(system_actor()) as work:
                written = write_mail(work)

    return mailing_timer(service, send_mail, write)
