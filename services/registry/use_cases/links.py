"""Links that work once: given by an administrator, looked at and used by whoever holds one.

The secret stands at the end of its address, which no log holds; here is its hash alone,
and an e-mail that brings it holds it until it is sent (`link_mail`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from services.registry.domain.codes import LinkPurpose
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, Link
from services.registry.settings import Settings, Work
from services.registry.use_cases import passwords
from services.registry.use_cases.account_steps import activate
from services.registry.use_cases.attempts import forget_attempts
from services.registry.use_cases.factors import clear_factors
from services.registry.use_cases.link_mail import write_link_mail
from services.registry.use_cases.sign_ins import actor_of, end_sign_ins, refuse_where_only_openid
from shared.actor import system_actor
from shared.audit.deed import Deed
from shared.errors import LinkGone
from shared.secrets import LINK_PLACE, hash_of, new_secret
from shared.unit_of_work import Service


def give_link(
    work: Work,
    account: Account,
    purpose: LinkPurpose,
    *,
    by_email: bool = False,
    clears_second_factors: bool = False,
) -> Account:
    """The account with a new link for it, shown this once, or sent to him; an earlier one works no more."""
    refuse_where_only_openid(work.settings)
    end_links(work, account)
    secret = new_secret()
    link = Link(
        account_id=account.id,
        purpose=purpose,
        secret_hash=hash_of(secret),
        clears_second_factors=clears_second_factors,
        made_by=work.actor.id,
        made_at=work.now,
        works_until=work.now + work.settings.link_lasts,
    )
    work.session.add(link)
    address = f"{work.settings.origin}{LINK_PLACE}/{secret}"
    if by_email:
        write_link_mail(work, account, link, address)
    else:
        account.link = address
    account.works_until = link.works_until
    return account


def end_links(work: Work, account: Account) -> None:
    """Let no link for this account work any more."""
    open_ones = update(Link).where(Link.account_id == account.id, Link.ended_at.is_(None))
    work.session.execute(open_ones.values(ended_at=work.now))


def look_at_link(service: Service[Settings], *, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a link is for and until when; it is not used by looking. Raises `LinkGone`."""
    with service.begin(system_actor(), reading=True) as work:
        link, account = _found(work, values["secret"])
        return {
            "purpose": link.purpose,
            "works_until": link.works_until,
            "email": account.email,
            "name": account.name,
            "role": account.role,
        }


def use_link(service: Service[Settings], deed: Deed, *, values: Mapping[str, Any]) -> None:
    """Choose a password by a link, which is used up; an invited account becomes active by it.

    Every sign-in of the account ends. Raises `LinkGone`, in the same words whatever became of the link.
    """
    refuse_where_only_openid(service.settings)
    with service.begin(system_actor(), reading=True) as work:
        _, account = _found(work, values["secret"])
    assert account.email is not None  # who signs in by the provider is given no link
    passwords.refuse_weak(values["password"], (account.email, account.name))
    kept = passwords.hashed(values["password"])
    with service.begin(system_actor()) as work:
        link, account = _found(work, values["secret"], for_change=True)
        assert account.email is not None
        end_links(work, account)
        end_sign_ins(work.session, account.id, work.now)
        forget_attempts(work, account.email)
        if link.clears_second_factors:
            clear_factors(work, account)
        account.password_hash = kept
        if link.purpose is LinkPurpose.INVITATION:
            activate(work, account)
        deed.actor, deed.object_kind, deed.object_id = actor_of(account), "account", account.id
        deed.status = 204
        work.session.flush()
        work.put_on_record(deed)


def _found(work: Work, secret: str, *, for_change: bool = False) -> tuple[Link, Account]:
    """The link that a secret opens, and its account, locked when it is to be used. Raises `LinkGone`."""
    if for_change:
        # The account first, as whoever gives a link does: two who want both never wait for each other.
        locked = select(Account.id).where(Account.id.in_(_account_of(secret))).with_for_update()
        work.session.execute(locked).all()
    row = work.session.execute(_working(secret, work.now)).one_or_none()
    if row is None:
        raise LinkGone
    return row[0], row[1]


def _account_of(secret: str) -> Select[Any]:
    return select(Link.account_id).where(Link.secret_hash == hash_of(secret))


def _working(secret: str, now: datetime) -> Select[Link, Account]:
    wanted = {LinkPurpose.INVITATION: AccountState.INVITED, LinkPurpose.RESET: AccountState.ACTIVE}
    fits = [(Link.purpose == purpose) & (Account.state == state) for purpose, state in wanted.items()]
    return (
        select(Link, Account)
        .join(Account, Account.id == Link.account_id)
        .where(
            Link.secret_hash == hash_of(secret),
            Link.ended_at.is_(None),
            Link.works_until > now,
            fits[0] | fits[1],
        )
    )
