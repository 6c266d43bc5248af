"""E-mails that tell people what waits for them: written from notices in one transaction, then sent.

An e-mail is written once, whatever stops when: its notices are marked by the same transaction. It is handed
in at least once: who is stopped between the server's yes and noting it hands it in again, under the same
Message-ID, by which mail servers and readers know it as the same. It says what kind of thing waits, and
where to sign in; it names no man, no case and no organisation.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from services.registry.domain.codes import MailWhen
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Mail, Notice, Wish
from services.registry.settings import Settings, Work
from services.registry.use_cases.mail_words import SUBJECT, text_of
from shared.actor import system_actor
from shared.languages import translated
from shared.mail import MailRefused, MailServer, MailUnavailable
from shared.unit_of_work import Service
from shared.worker import Timer

log = structlog.get_logger()

MAIL_EVERY = 15.0
DAILY_HOUR = 7
"""From this hour on, as the programme's clocks show it, a day's e-mail is written."""
A_BREATH = timedelta(minutes=1)
"""What happens within this time of the first news goes into one e-mail."""
LEASE = timedelta(minutes=5)
"""How long one who is sending has it for himself."""
MOST_ATTEMPTS = 12
KEPT = timedelta(days=30)
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
    """Hand in one e-mail that is due: 1, or 0 when none is. No transaction is open meanwhile."""
    with service.begin(system_actor()) as work:
        taken = _taken(work)
        if taken is None:
            return 0
        mail, to = taken
        identity, subject, text, attempts = mail.id, mail.subject, mail.text, mail.attempts
    try:
        server.send(to, subject, text, str(identity))
    except (MailRefused, MailUnavailable) as error:
        given_up = isinstance(error, MailRefused) or attempts >= MOST_ATTEMPTS
        log.warning("mail.not_sent", mail=str(identity), reason=str(error), given_up=given_up)
        _note(service, identity, given_up_at=service.clock.now() if given_up else None)
    else:
        _note(service, identity, sent_at=service.clock.now())
    return 1


def _taken(work: Work) -> tuple[Mail, str] | None:
    """The e-mail that is due first, taken for a time: whoever else sends passes it by until then."""
    due = (
        select(Mail, Account.email)
        .join(Account, Account.id == Mail.account_id)
        .where(
            Mail.sent_at.is_(None),
            Mail.given_up_at.is_(None),
            Mail.try_at <= work.now,
            Account.email.is_not(None),
        )
        .order_by(Mail.try_at)
        .limit(1)
        .with_for_update(of=Mail, skip_locked=True)
    )
    found = work.session.execute(due).one_or_none()
    if found is None:
        return None
    mail, email = found
    mail.attempts += 1
    mail.try_at = work.now + max(LEASE, timedelta(minutes=2**mail.attempts))
    return mail, str(email)


def _note(service: Service[Settings], identity: UUID, **what: datetime | None) -> None:
    with service.database.write() as session:
        session.execute(update(Mail).where(Mail.id == identity).values(**what))


def waiting_mail(session: Session, _today: date) -> int:
    """How many e-mails are written and not sent."""
    unsent = select(func.count()).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))
    return session.scalar(unsent) or 0


def forget_mail(work: Work) -> None:
    """E-mails and notices go after thirty days; news that nobody was told of in three days is none."""
    session, old = work.session, work.now - KEPT
    session.execute(delete(Notice).where(Notice.mail_id.is_(None), Notice.noted_at < work.now - NO_NEWS))
    session.execute(delete(Notice).where(Notice.noted_at < old))
    gone = Mail.written_at < old
    still = select(Notice.mail_id).where(Notice.mail_id.is_not(None))
    session.execute(delete(Mail).where(gone, Mail.id.not_in(still)))


def mailing_timer(service: Service[Settings]) -> Timer:
    """Writes what is due and hands it in. Without a server a demonstration's stays where it can be read."""

    def run() -> None:
        settings = service.settings
        if settings.mail is None and not settings.is_demonstration:
            return
        written = SOME
        while written == SOME:
            with service.begin(system_actor()) as work:
                written = write_mail(work)
        while settings.mail is not None and send_mail(service, settings.mail):
            pass

    return Timer("mail", MAIL_EVERY, run)
