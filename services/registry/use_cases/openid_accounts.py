"""What the operator's OpenID provider says of somebody, made into his account here.

An account is found by issuer and subject alone, never by an email. Role and relation are taken from the
claims at every sign-in, and a sign-in that was given by other ones ends.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.registry.domain.claim_map import Given
from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import ACCOUNT, AccountState
from services.registry.domain.permissions import NEEDS_SECOND_FACTOR
from services.registry.models import Account, SignIn
from services.registry.settings import OpenId, Settings, Work
from services.registry.use_cases.account_steps import activate
from services.registry.use_cases.sign_ins import Browser, actor_of, begin_sign_in, end_sign_ins
from shared.actor import SPEAKS_FOR, Actor, system_actor
from shared.audit import records
from shared.audit.deed import Action, Deed, Via
from shared.errors import Forbidden
from shared.text import LONGEST_NAME, tidy, unprintable, without_bsn
from shared.unit_of_work import Service

NAMELESS = "Without a name"
CLOSED = "Your account in this programme is closed."
TAKEN = (
    "There is an account with a password for your email address. It is not handed over without a word:"
    " an administrator closes it, and then you can sign in with the OpenID provider."
)
ONE_FACTOR = "Your role needs a second factor, and your OpenID provider does not say that you used one."


@dataclass
class Comer:
    """Who comes in: his browser, and the sign-in that it had until now.

    `account_id` is filled in when it is known whose it is.
    """

    browser: Browser
    present_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True)
class Admitted:
    """Who came in: the caller that he is now, and the secret that stands for his sign-in."""

    actor: Actor
    secret: str


def admit(
    service: Service[Settings], openid: OpenId, claims: Mapping[str, Any], comer: Comer
) -> Admitted | Forbidden:
    """Let somebody in, or say why not. That is given, not raised: what it ended must stay ended."""
    with service.begin(system_actor()) as work:
        account = _account_of(work, openid, claims)
        comer.account_id = account.id if account is not None else None
        try:
            given = openid.roles.given_by(claims)
        except Forbidden as refusal:
            if account is not None:
                end_sign_ins(work.session, account.id, work.now)
            return refusal
        try:
            account = _kept(work, openid, claims, given, account)
        except Forbidden as refusal:
            return refusal
        comer.account_id = account.id
        return _let_in(work, account, comer, second_factor=openid.had_second_factor(claims))


def _let_in(work: Work, account: Account, comer: Comer, *, second_factor: bool) -> Admitted:
    """A sign-in for him. The one that the browser had until now ends: it keeps one at a time."""
    if comer.present_id is not None:
        present = update(SignIn).where(SignIn.id == comer.present_id, SignIn.ended_at.is_(None))
        work.session.execute(present.values(ended_at=work.now))
    sign_in, secret = begin_sign_in(
        work.session,
        account,
        SignInMethod.OPENID,
        comer.browser,
        second_factor=second_factor,
        now=work.now,
    )
    return Admitted(actor_of(account, sign_in), secret)


def _account_of(work: Work, openid: OpenId, claims: Mapping[str, Any]) -> Account | None:
    return work.session.scalars(
        select(Account)
        .where(
            Account.openid_issuer == openid.registration.issuer,
            Account.openid_subject == claims["sub"],
        )
        .with_for_update()
    ).one_or_none()


def _kept(
    work: Work, openid: OpenId, claims: Mapping[str, Any], given: Given, account: Account | None
) -> Account:
    """His account, as the claims say it now; a new one at his first time. Raises `Forbidden`."""
    if account is not None and account.state is AccountState.CLOSED:
        raise Forbidden(CLOSED)
    if account is not None:
        _take_over(work, account, given)  # first, so that what his claims gave before ends in any case
    if given.role in NEEDS_SECOND_FACTOR and not openid.had_second_factor(claims):
        raise Forbidden(ONE_FACTOR)
    if account is None:
        return _new_account(work, openid, claims, given)
    account.name = _name(claims)
    return account


def _new_account(work: Work, openid: OpenId, claims: Mapping[str, Any], given: Given) -> Account:
    """An account of his own, active at once. Raises `Forbidden` where he has one with a password."""
    if not openid.only:
        _refuse_second_way_in(work, claims)
    account = Account(
        name=_name(claims),
        role=given.role,
        **given.speaks_for,
        openid_issuer=openid.registration.issuer,
        openid_subject=claims["sub"],
        state=AccountState(ACCOUNT.initial),
        created_at=work.now,
    )
    work.session.add(account)
    work.session.flush()
    activate(work, account)
    return account


def _refuse_second_way_in(work: Work, claims: Mapping[str, Any]) -> None:
    """Nobody has two accounts. Only an email that the provider has verified says that it is the same man."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return
    same = select(Account.id).where(Account.email == email.lower(), Account.state != AccountState.CLOSED)
    if work.session.scalars(same).first() is not None:
        raise Forbidden(TAKEN)


def _take_over(work: Work, account: Account, given: Given) -> None:
    """Give the account what the claims say now; sign-ins of another role or relation end, on record."""
    relations = {name: given.speaks_for.get(name) for name in SPEAKS_FOR.values()}
    was = {name: getattr(account, name) for name in relations}
    if (account.role, was) == (given.role, relations):
        return
    end_sign_ins(work.session, account.id, work.now)
    records.keep(work.session, work.now, [_changed(account.id)])
    account.role = given.role
    for name, identity in relations.items():
        setattr(account, name, identity)


def _changed(account_id: UUID) -> Deed:
    right = "what the OpenID provider says"
    return Deed(
        "change_role_by_claims", Action.UPDATE, Via.HTTP, system_actor(), right, "account", account_id
    )


def _name(claims: Mapping[str, Any]) -> str:
    for told in (claims.get("name"), claims.get("preferred_username")):
        with suppress(ValueError):
            name = tidy(told if isinstance(told, str) else "")
            if name and not unprintable(name):
                return without_bsn(name)[:LONGEST_NAME]
    return NAMELESS
