"""Signing in with a password. Whatever is wrong, the words, the work and the waiting are the same.

First the attempt is counted, then the password checked with no transaction open, then the rest decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account
from services.registry.settings import Settings, Work
from services.registry.use_cases import passwords
from services.registry.use_cases.attempts import Attempt, begin_attempt, forget_attempts, forgive
from services.registry.use_cases.factors import factors_of, is_proved_by
from services.registry.use_cases.own import Person, person
from services.registry.use_cases.sign_ins import Browser, actor_of, begin_sign_in, refuse_where_only_openid
from shared.actor import system_actor
from shared.audit.deed import Deed
from shared.errors import SecondFactorNeeded, SignInRefused
from shared.unit_of_work import Service


@dataclass(frozen=True)
class SignedIn:
    """Who has signed in, and the secret for his cookie, shown this once."""

    person: Person
    secret: str


def sign_in(
    service: Service[Settings], deed: Deed, browser: Browser, *, values: Mapping[str, Any]
) -> SignedIn:
    """Sign in. Raises `SignInRefused`, `SecondFactorNeeded` or, while one must wait, `TooManyRequests`."""
    refuse_where_only_openid(service.settings)
    email, password = values["email"], values["password"]
    with service.begin(system_actor()) as work:
        attempt = begin_attempt(work, email)
        kept = _kept_password(work, deed, email)
    if not passwords.is_right(password, kept) or kept is None:
        raise SignInRefused
    renewed = passwords.hashed(password) if passwords.is_outdated(kept) else kept
    with service.begin(system_actor()) as work:
        found = work.session.scalars(_active(email).with_for_update()).one_or_none()
        if found is None or found.password_hash != kept:
            raise SignInRefused  # it was closed, or its password was changed, this very moment
        found.password_hash = renewed
        missing = _missing_factors(work, found, attempt, values.get("code"))
        if not missing:
            return let_in(work, deed, found, browser, SignInMethod.PASSWORD)
    raise SecondFactorNeeded(second_factors=missing)


def _kept_password(work: Work, deed: Deed, email: str) -> str | None:
    """The hash of the password of an email, if somebody signs in with it; whose it is, for the record."""
    account = work.session.scalars(_active(email)).one_or_none()
    if account is None:
        return None
    deed.object_kind, deed.object_id = "account", account.id
    return account.password_hash


def _missing_factors(work: Work, account: Account, attempt: Attempt, code: str | None) -> list[str]:
    """The second factors of which one is still to be shown. Raises `SignInRefused` for a wrong code."""
    factors = factors_of(work, account)
    if not factors:
        return []
    if code is None:
        forgive(work, attempt)
        return factors
    if not is_proved_by(work, account, code):
        raise SignInRefused
    return []


def let_in(work: Work, deed: Deed, account: Account, browser: Browser, method: SignInMethod) -> SignedIn:
    """Begin a sign-in for who has shown all that his account asks for, and put it on record."""
    assert account.email is not None  # who has none signs in with the provider alone
    forget_attempts(work, account.email)
    sign_in, secret = begin_sign_in(
        work.session,
        account,
        method,
        browser,
        second_factor=bool(factors_of(work, account)),
        now=work.now,
    )
    deed.actor = actor_of(account, sign_in)
    work.put_on_record(deed)
    return SignedIn(person(work, account, sign_in), secret)


def _active(email: str) -> Select[Account]:
    return select(Account).where(Account.email == email, Account.state == AccountState.ACTIVE)
