"""Signing in with the operator's OpenID provider: going there, and coming back (OpenID Connect Core 3.1).

The browser keeps one random secret while it is away. The PKCE verifier and the nonce are made from it and
from `state`, and only hashes are kept here: what is in the database lets nobody finish a sign-in, and
neither does what stands in a URL, in any other browser.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from services.registry.models import PendingSignIn
from services.registry.settings import OpenId, Settings, Work
from services.registry.use_cases.openid_accounts import Admitted, Comer, admit
from shared.actor import system_actor
from shared.errors import Forbidden, NotFound, SignInFailed
from shared.openid.id_token import BadIdToken, checked
from shared.openid.provider import CodeRefused
from shared.secrets import hash_of, new_secret
from shared.unit_of_work import Service

log = structlog.get_logger()

PENDING_FOR = timedelta(minutes=10)
AGAIN = (
    "This sign-in was finished before, took longer than ten minutes, or began in another browser."
    " Begin again."
)
UNPROVEN = "What the OpenID provider sent does not prove who you are."
REFUSALS = {
    "access_denied": "The OpenID provider says that you may not sign in here, or that you did not want to.",
    "login_required": "The OpenID provider wants you to sign in there first.",
    "interaction_required": "The OpenID provider wants to ask you something first.",
    "consent_required": "The OpenID provider wants you to agree first.",
    "temporarily_unavailable": "The OpenID provider cannot sign anybody in just now.",
    "server_error": "Something went wrong at the OpenID provider.",
}
REFUSED = "The OpenID provider did not sign you in."


@dataclass
class Return:
    """What a browser came back with: from the provider, in its cookies, and from where."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None
    secret: str | None
    comer: Comer


def go_to_provider(service: Service[Settings], next_path: str) -> tuple[str, str]:
    """Where to send the browser, and the secret that it must bring back. Raises `Unavailable`."""
    openid = _openid(service)
    state, secret = new_secret(), new_secret()
    url = openid.provider.authorization_url(
        state=state, nonce=_nonce(secret, state), verifier=_verifier(secret, state)
    )
    with service.begin(system_actor()) as work:
        pending = PendingSignIn(
            state_hash=hash_of(state), browser_hash=hash_of(secret), next_path=next_path, started_at=work.now
        )
        work.session.add(pending)
    return url, secret


def come_back(service: Service[Settings], back: Return) -> tuple[Admitted, str]:
    """Who signed in, and where he wanted to go.

    Raises `SignInFailed` when it is not proven who he is, `Forbidden` when he may not come in, and
    `Unavailable` when the provider does not answer. Nothing can be tried twice with what was brought.
    """
    openid = _openid(service)
    next_path = _take_pending(service, back)
    claims = _proven(service, openid, back)
    try:
        admitted = admit(service, openid, claims, back.comer)
    except IntegrityError:  # He came in another window at the same moment, and has an account now.
        admitted = admit(service, openid, claims, back.comer)
    if isinstance(admitted, Forbidden):
        raise admitted
    return admitted, next_path


def _openid(service: Service[Settings]) -> OpenId:
    if service.settings.openid is None:
        raise NotFound("This programme has no OpenID provider to sign in with.")
    return service.settings.openid


def _take_pending(service: Service[Settings], back: Return) -> str:
    """Take away what is pending, whatever comes of it: a `state` is good for one answer. Its next path."""
    with service.begin(system_actor()) as work:
        taken = work.session.execute(
            delete(PendingSignIn)
            .where(PendingSignIn.state_hash == hash_of(back.state))
            .returning(PendingSignIn.browser_hash, PendingSignIn.next_path, PendingSignIn.started_at)
        ).one_or_none()
    if taken is None or taken.started_at <= work.now - PENDING_FOR:
        raise SignInFailed(AGAIN)
    if back.secret is None or hash_of(back.secret) != taken.browser_hash:
        raise SignInFailed(AGAIN)
    next_path: str = taken.next_path
    return next_path


def _proven(service: Service[Settings], openid: OpenId, back: Return) -> dict[str, object]:
    """The claims that the provider makes about who came back."""
    provider, secret = openid.provider, back.secret or ""
    _check_sender(openid, back)
    if back.error is not None or back.code is None:
        raise SignInFailed(REFUSALS.get(back.error or "", REFUSED))
    try:
        token = provider.redeem(back.code, _verifier(secret, back.state))
        nonce = _nonce(secret, back.state)
        return dict(checked(token, provider, nonce=nonce, now=service.clock.now()))
    except (CodeRefused, BadIdToken) as error:
        log.warning("openid.refused", why=str(error))
        raise SignInFailed(UNPROVEN) from error


def _check_sender(openid: OpenId, back: Return) -> None:
    """That the answer is of this provider and of no other (RFC 9207)."""
    if back.issuer is None and not openid.provider.metadata().names_itself:
        return
    if back.issuer != openid.registration.issuer:
        raise SignInFailed(UNPROVEN)


def _verifier(secret: str, state: str) -> str:
    return hash_of(f"verifier {state} {secret}")


def _nonce(secret: str, state: str) -> str:
    return hash_of(f"nonce {state} {secret}")


def forget_pending(work: Work) -> None:
    """Delete the sign-ins of those who did not come back from the provider in time."""
    work.session.execute(delete(PendingSignIn).where(PendingSignIn.started_at <= work.now - PENDING_FOR))
