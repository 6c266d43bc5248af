"""E-mails that a service has written: kept until they are handed in, and tried again until they are.

An e-mail is handed in at least once: who is stopped between the server's yes and noting it hands it in again,
under the same Message-ID, by which mail servers and readers know it as the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Index, Select, String, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from shared.actor import system_actor
from shared.database.columns import Id, Text
from shared.mail import MailRefused, MailServer, MailUnavailable
from shared.unit_of_work import Service, UnitOfWork
from shared.worker import Timer

log = structlog.get_logger()

MAIL_EVERY = 15.0
LEASE = timedelta(minutes=5)
"""How long one who is sending has it for himself."""
MOST_ATTEMPTS = 12
KEPT = timedelta(days=30)
"""How long an e-mail stays that is written, sent or not."""
NO_SECRET = {"text": ""}
"""In the place of an e-mail with a link that was sent, or never will be: it held the secret."""
_UNSENT = "sent_at is null and given_up_at is null"


class Mailed:
    """A row that is an e-mail: until it is sent it is tried again, at `try_at` at the earliest."""

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[Text]
    written_at: Mapped[datetime]
    try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


def unsent_index(table: str) -> Index:
    """By which the e-mails are found that are still to be sent."""
    return Index(f"ix_{table}_unsent", "try_at", sqlite_where=sql(_UNSENT), postgresql_where=sql(_UNSENT))


def is_unsent(kind: type[Mailed]) -> ColumnElement[bool]:
    """Whether it is still to be sent."""
    return kind.sent_at.is_(None) & kind.given_up_at.is_(None)


def send_one(
    service: Service[Any],
    server: MailServer,
    kind: type[Mailed],
    addressed: Select[Any, str | None],
    **when_done: Any,
) -> int:
    """Hand in one e-mail that is due: 1, or 0 when none is. No transaction is open meanwhile.

    `addressed` are the e-mails that may be sent, each with its address; `when_done` is noted with the moment,
    whether it was sent or is given up.
    """
    with service.begin(system_actor()) as work:
        taken = _taken(work, kind, addressed)
        if taken is None:
            return 0
        mail, to = taken
        identity, subject, text, attempts = mail.id, mail.subject, mail.text, mail.attempts
    try:
        server.send(to, subject, text, str(identity))
    except (MailRefused, MailUnavailable) as error:
        given_up = isinstance(error, MailRefused) or attempts >= MOST_ATTEMPTS
        log.warning("mail.not_sent", mail=str(identity), reason=str(error), given_up=given_up)
        if given_up:
            _note(service, kind, identity, given_up_at=service.clock.now(), **when_done)
    else:
        _note(service, kind, identity, sent_at=service.clock.now(), **when_done)
    return 1


def _taken(
    work: UnitOfWork[Any], kind: type[Mailed], addressed: Select[Any, str | None]
) -> tuple[Mailed, str] | None:
    """The e-mail that is due first, taken for a time: whoever else sends passes it by until then."""
    due = (
        addressed.where(is_unsent(kind), kind.try_at <= work.now)
        .order_by(kind.try_at)
        .limit(1)
        .with_for_update(of=kind, skip_locked=True)
    )
    found = work.session.execute(due).one_or_none()
    if found is None:
        return None
    mail, address = found
    mail.attempts += 1
    mail.try_at = work.now + max(LEASE, timedelta(minutes=2**mail.attempts))
    return mail, str(address)


def _note(service: Service[Any], kind: type[Mailed], identity: UUID, **what: Any) -> None:
    with service.database.write() as session:
        session.execute(update(kind).where(kind.id == identity).values(**what))


def mailing_timer(
    service: Service[Any],
    send: Callable[[Service[Any], MailServer], int],
    write: Callable[[], None] | None = None,
) -> Timer:
    """Writes what is due and hands it in. Without a server a demonstration's stays where it can be read."""

    def run() -> None:
        settings = service.settings
        if write is not None and settings.sends_mail:
            write()
        while settings.mail is not None and send(service, settings.mail):
            pass

    return Timer("mail", MAIL_EVERY, run)
