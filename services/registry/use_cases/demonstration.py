"""The people of a demonstration: an account for each role, that is entered without a password.

In the roles in which one stands in for another there is a colleague besides, for who is away or stands in.

A set-up is a demonstration while it signs with the key that `make start` made, over plain HTTP; with any
other key, or under https, nobody enters here.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Link, LinkMail, Mail
from services.registry.settings import Settings, Work
from services.registry.use_cases.own import language_of
from services.registry.use_cases.sign_ins import Browser, actor_of, begin_sign_in
from shared.actor import SPEAKS_FOR, Actor, Role, system_actor
from shared.audit.deed import Action, Deed, Via
from shared.errors import NotFound
from shared.mailing import NO_SECRET
from shared.unit_of_work import Service

NAMES = {
    Role.AMBASSADOR: "Ambassador of the demonstration",
    Role.CARE_WORKER: "Care worker of the demonstration",
    Role.MENTOR: "Mentor of the demonstration",
    Role.COORDINATOR: "Coordinator of the demonstration",
    Role.EVALUATOR: "Evaluator of the demonstration",
    Role.ADMINISTRATOR: "Administrator of the demonstration",
}
COLLEAGUES = {
    Role.AMBASSADOR: "Colleague ambassador",
    Role.CARE_WORKER: "Colleague care worker",
    Role.MENTOR: "Colleague mentor",
}
"""Who may stand in for the person of his role, or be away himself."""
SHOWN = 50


@dataclass(frozen=True)
class Entering:
    """As whom somebody enters: the person of a role, or his colleague. Raises `NotFound` for nobody."""

    role: Role
    is_colleague: bool = False

    def __post_init__(self) -> None:
        if self.role not in (COLLEAGUES if self.is_colleague else NAMES):
            raise NotFound

    @property
    def name(self) -> str:
        return (COLLEAGUES if self.is_colleague else NAMES)[self.role]

    @property
    def email(self) -> str:
        called = self.role.value.replace("_", "-")
        return f"{'colleague-' if self.is_colleague else ''}{called}@demonstration.invalid"


def keep_person(work: Work, actor: Actor, *, is_colleague: bool = False) -> None:
    """Let there be an account of this person, so that he can be entered as; his is the id of his token."""
    entering = Entering(actor.role, is_colleague)
    account = work.session.get(Account, actor.id)
    if account is None:
        account = Account(id=actor.id, name=entering.name, role=actor.role, created_at=work.now)
        work.session.add(account)
    account.email = entering.email
    account.state = AccountState.ACTIVE
    for name in SPEAKS_FOR.values():
        setattr(account, name, getattr(actor, name))


def account_id_of(service: Service[Settings], entering: Entering) -> UUID:
    """Whose account one would enter. Raises `NotFound`."""
    with service.begin(system_actor(), reading=True) as work:
        return _person(work, entering).id


def enter(service: Service[Settings], entering: Entering, browser: Browser) -> tuple[str, str | None]:
    """Sign in as a person of the demonstration: the secret for his cookie, and the language that he reads.

    Raises `NotFound`.
    """
    deed = Deed("enter", Action.EXECUTE, Via.HTTP, remote_address=browser.remote_address)
    with service.begin(system_actor()) as work:
        account = _person(work, entering)
        sign_in, secret = begin_sign_in(
            work.session, account, SignInMethod.PASSWORD, browser, second_factor=True, now=work.now
        )
        deed.actor, deed.object_kind, deed.object_id = actor_of(account, sign_in), "account", account.id
        work.put_on_record(deed)
        return secret, language_of(work.session, account)


def last_mail(service: Service[Settings]) -> list[tuple[Mail | LinkMail, str]]:
    """The e-mails that were written last, each with the name of whom it is to. Raises `NotFound`."""
    if not service.settings.is_demonstration:
        raise NotFound
    with service.database.read() as session:
        written = (
            select(Mail, Account.name)
            .join(Account, Account.id == Mail.account_id)
            .order_by(Mail.written_at.desc(), Mail.id)
            .limit(SHOWN)
        )
        links = (
            select(LinkMail, Account.name)
            .join(Link, Link.id == LinkMail.link_id)
            .join(Account, Account.id == Link.account_id)
            .where(LinkMail.text != NO_SECRET["text"])
            .order_by(LinkMail.written_at.desc(), LinkMail.id)
            .limit(SHOWN)
        )
        found = [(mail, name) for some in (written, links) for mail, name in session.execute(some)]
        return sorted(found, key=lambda one: one[0].written_at, reverse=True)[:SHOWN]


def _person(work: Work, entering: Entering) -> Account:
    if not work.settings.is_demonstration:
        raise NotFound
    found = work.session.scalars(
        select(Account).where(Account.email == entering.email, Account.state == AccountState.ACTIVE)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
