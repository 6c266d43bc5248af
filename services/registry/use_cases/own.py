"""What belongs to whoever is calling: his account, the sign-in he came by, and what both say of him."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.registry.domain import permissions as may
from services.registry.models import Account, SignIn, Wish
from services.registry.queries import visible
from services.registry.settings import Settings, Work
from services.registry.use_cases import passwords
from services.registry.use_cases.attempts import begin_attempt, forget_attempts
from services.registry.use_cases.factors import factors_of, recovery_codes_left
from services.registry.use_cases.sign_ins import may_go_on
from shared.actor import SPEAKS_FOR, Actor
from shared.database.finding import find, find_or_none
from shared.errors import Conflict, Forbidden, InvalidInput
from shared.unit_of_work import Service

Person = Mapping[str, Any]
"""Who is signed in, as he is told: his account, his second factors, and whether he lacks one."""
_TOLD = ("id", "email", "name", "role", *SPEAKS_FOR.values())


def person(work: Work, account: Account, sign_in: SignIn | None) -> Person:
    """What an account says of itself to whoever came by this sign-in."""
    return {name: getattr(account, name) for name in _TOLD} | {
        "second_factors": factors_of(work, account),
        "recovery_codes_left": recovery_codes_left(work, account),
        "language": language_of(work.session, account),
        "must_set_up_second_factor": sign_in is not None and not may_go_on(account, sign_in),
    }


def language_of(session: Session, account: Account) -> str | None:
    """The language that somebody chose to read; None: he has not said."""
    wish = session.get(Wish, account.id)
    return wish.language if wish else None


def own_account(work: Work, *, for_change: bool = False) -> Account:
    """The caller's own account, while it is active. Raises `Forbidden` for a client, else `NotFound`."""
    work.require(may.KEEP_OWN_ACCOUNT)
    return find(work.session, visible.own_account(work.actor), work.actor.id, for_change=for_change)


def own_sign_in(work: Work) -> SignIn | None:
    """The sign-in that the caller came by, while it stands; a token that was issued otherwise has none."""
    standing = visible.own_sign_ins(work.actor, work.now, work.settings)
    return find_or_none(work.session, standing, work.actor.sign_in_id)


def sign_in_to_change_factors(work: Work, account: Account) -> SignIn:
    """The sign-in by which second factors may be changed: it showed one, or there is none yet.

    Else who knows a password alone could put his own device beside the owner's. Raises `Forbidden`.
    """
    sign_in = own_sign_in(work)
    if sign_in is None:
        raise Forbidden("Second factors are changed by whoever has signed in.")
    if factors_of(work, account) and not sign_in.second_factor:
        raise Forbidden("Sign in with your second factor to change it.")
    return sign_in


@dataclass(frozen=True)
class Proved:
    """Whose password was shown, and the hash that it was found right by."""

    email: str
    name: str
    password_hash: str | None


def prove_password(
    service: Service[Settings], actor: Actor, password: str, field: str = "password"
) -> Proved:
    """Whose account it is, once he has shown his password again; a failure makes the next try wait.

    Raises `InvalidInput` when it is wrong, `TooManyRequests` when he must wait, `Conflict` when he has none.
    """
    with service.begin(actor) as work:
        account = own_account(work)
        if account.email is None:
            raise Conflict("You sign in with the OpenID provider, who keeps your password.")
        proved = Proved(account.email, account.name, account.password_hash)
        begin_attempt(work, own_attempts(actor))
    if not passwords.is_right(password, proved.password_hash):
        raise InvalidInput.on(field, "This is not your password.")
    with service.begin(actor) as work:
        forget_attempts(work, own_attempts(actor))
    return proved


def own_attempts(actor: Actor) -> str:
    """What attempts of who has signed in are counted by: others, who know his email, cannot slow him down.

    No email holds the character that it begins with.
    """
    return f"\0{actor.id}"
