"""Sign-ins: how one begins once somebody has proved who he is, how it is found again, and how it ends.

What the browser keeps is a random secret, and says nothing by itself: ending the row here ends it at once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.domain.permissions import NEEDS_SECOND_FACTOR
from services.registry.models import Account, SignIn
from services.registry.queries import visible
from services.registry.settings import Settings
from shared.actor import Actor
from shared.errors import Forbidden
from shared.secrets import LINK_PLACE, hash_of, new_secret

LONGEST_AGENT = 200
OPEN_TO_ALL_SIGN_INS = (
    "/registry/me",
    "/registry/sign-out",
    "/registry/pages/me",
    "/registry/pages/sign-in",
    "/registry/pages/sign-out",
    "/registry/pages/language",
    LINK_PLACE,
)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from, and with what."""

    remote_address: str | None
    user_agent: str | None


def begin_sign_in(
    session: Session,
    account: Account,
    method: SignInMethod,
    browser: Browser,
    *,
    second_factor: bool,
    now: datetime,
) -> tuple[SignIn, str]:
    """The sign-in and the secret that stands for it, which is shown this once."""
    secret = new_secret()
    sign_in = SignIn(
        account_id=account.id,
        secret_hash=hash_of(secret),
        method=method,
        second_factor=second_factor,
        started_at=now,
        seen_at=now,
        remote_address=browser.remote_address,
        user_agent=(browser.user_agent or "")[:LONGEST_AGENT] or None,
    )
    session.add(sign_in)
    session.flush()
    return sign_in, secret


def sign_in_of(
    session: Session, secret: str, now: datetime, settings: Settings
) -> tuple[SignIn, Account] | None:
    """The sign-in that a secret stands for, and whose it is; None when it ended, lapsed or never was."""
    found = session.execute(
        select(SignIn, Account)
        .join(Account, Account.id == SignIn.account_id)
        .where(
            SignIn.secret_hash == hash_of(secret),
            *visible.not_over(now, settings),
            Account.state == AccountState.ACTIVE,
        )
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None


def refuse_where_only_openid(settings: Settings) -> None:
    """Where everybody comes by the OpenID provider no password, passkey or link opens anything.

    Raises `Forbidden`.
    """
    if settings.openid is not None and settings.openid.only:
        raise Forbidden("One signs in with the OpenID provider here: /registry/openid/sign-in.")


def may_go_on(account: Account, sign_in: SignIn) -> bool:
    """Whether a sign-in may do more than set up a second factor: not when its role needs one and it has none.

    Whoever exchanges a cookie for a token asks this, and `is_open_to_all_sign_ins`.
    """
    return sign_in.second_factor or account.role not in NEEDS_SECOND_FACTOR


def is_open_to_all_sign_ins(path: str) -> bool:
    """Whether also a sign-in that may not go on may come here: to set up its second factor, or to leave.

    A path that leads on by ".." leads nowhere here, however a proxy reads it.
    """
    return ".." not in path and any(
        path == place or path.startswith(f"{place}/") for place in OPEN_TO_ALL_SIGN_INS
    )


def end_sign_ins(session: Session, account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End every sign-in of an account, all `but` one."""
    open_ones = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    if but is not None:
        open_ones = open_ones.where(SignIn.id != but)
    session.execute(open_ones.values(ended_at=now))


def actor_of(account: Account, sign_in: SignIn | None = None) -> Actor:
    """The caller that an account is: its role, and whom it speaks for."""
    return Actor(
        id=account.id,
        role=account.role,
        ambassador_id=account.ambassador_id,
        organisation_id=account.organisation_id,
        mentor_id=account.mentor_id,
        partner_id=account.partner_id,
        sign_in_id=sign_in.id if sign_in is not None else None,
    )
