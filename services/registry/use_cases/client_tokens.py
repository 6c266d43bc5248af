"""Access tokens for machine clients: a client proves who it is, and gets a token of some minutes.

A client that there is not, one that was revoked and a wrong secret are refused in the same words, after the
same work: nobody learns from it which clients there are.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, lazyload

from services.registry.domain.clients import ClientState, scopes_fault
from services.registry.models import Client, ClientKey, ClientSecret, UsedAssertion
from services.registry.settings import Settings, Work
from shared import assertions
from shared.actor import Actor, Role, system_actor
from shared.secrets import hash_of
from shared.unit_of_work import Service

LASTS = timedelta(minutes=5)
NOBODY = UUID(int=0)


class ClientUnproven(Exception):
    """It is not known who asks. `client` is the one that he says he is, if there is such a one."""

    def __init__(self, client: UUID | None) -> None:
        super().__init__()
        self.client = client


class ScopeRefused(Exception):
    """The client asks for what it does not have. `actor` is the client; the message is for people."""

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(reason)
        self.actor = actor


@dataclass(frozen=True)
class Issued:
    """A token, and the caller that it stands for."""

    token: str
    actor: Actor


@dataclass(frozen=True)
class Proof:
    """Which client somebody says he is, and how he proves it: by its secret, or by what its key signed."""

    client_id: str
    secret: str | None = None
    assertion: str | None = None

    @property
    def identity(self) -> UUID:
        """The client that is named. What is no identifier is looked for too: it takes no less time."""
        try:
            return UUID(self.client_id)
        except ValueError:
            return NOBODY


def issue_token(service: Service[Settings], proof: Proof, audience: str, asked: frozenset[str]) -> Issued:
    """A token for the client, with the scopes that are asked of those it has; all, when none are.

    Raises `ClientUnproven` and `ScopeRefused`.
    """
    client = _prove(service, proof, audience)
    scopes = frozenset(client.scopes)
    actor = _actor_of(client, scopes & asked if asked else scopes)
    if not asked <= scopes:
        raise ScopeRefused(actor, "The client does not have every scope that is asked for.")
    fault = scopes_fault(actor.scopes, organisation_id=client.organisation_id, partner_id=client.partner_id)
    if fault is not None:
        raise ScopeRefused(actor, fault)
    return Issued(service.settings.issuer.issue(actor, service.clock.now(), LASTS), actor)


def _actor_of(client: Client, scopes: frozenset[str]) -> Actor:
    return Actor(
        id=client.id,
        role=Role.INTEGRATOR,
        organisation_id=client.organisation_id,
        partner_id=client.partner_id,
        scopes=scopes,
    )


def _prove(service: Service[Settings], proof: Proof, audience: str) -> Client:
    """The client, once it has proven who it is; that it did, and that an assertion was shown, is kept."""
    identity = proof.identity
    with service.begin(system_actor(), reading=True) as work:
        client = work.session.scalars(_BARE.where(Client.id == identity)).one_or_none()
        if proof.assertion is None:
            used = _by_secret(work.session, identity, proof.secret or "")
        else:
            used = _by_assertion(work, identity, proof.assertion, audience)
    if client is None or client.state is not ClientState.ACTIVE or used is None:
        raise ClientUnproven(client.id if client is not None else None)
    try:
        _note_use(service, used)
    except IntegrityError:  # the same assertion, shown before or at this moment by another
        raise ClientUnproven(client.id) from None
    return client


_BARE = select(Client).options(lazyload(Client.secrets), lazyload(Client.keys))
"""Without what belongs to it, which would be looked up for a client that there is, and for no other."""


@dataclass(frozen=True)
class _Used:
    """By what a client proved itself."""

    credential: ClientSecret | ClientKey
    proven: assertions.Proven | None = None


def _by_secret(session: Session, client_id: UUID, secret: str) -> _Used | None:
    """The client's valid secret that this is. It is found by its hash, which tells nothing of its letters."""
    found = session.scalars(
        select(ClientSecret).where(
            ClientSecret.secret_hash == hash_of(secret),
            ClientSecret.client_id == client_id,
            ClientSecret.retired_on.is_(None),
        )
    ).one_or_none()
    return _Used(found) if found is not None else None


def _by_assertion(work: Work, client_id: UUID, assertion: str, audience: str) -> _Used | None:
    """The client's valid key that made this assertion, if one did."""
    valid = select(ClientKey).where(ClientKey.client_id == client_id, ClientKey.retired_on.is_(None))
    keys = {key.kid: key for key in work.session.scalars(valid)}
    try:
        known = [key.jwk for key in keys.values()]
        proven = assertions.check(assertion, str(client_id), known, audience, work.now)
    except assertions.NotProven:
        return None
    return _Used(keys[proven.kid], proven)


def _note_use(service: Service[Settings], used: _Used) -> None:
    """Keep the day of the last use, and an assertion's name: `IntegrityError` when it was shown before."""
    credential, proven = used.credential, used.proven
    today = service.clock.today()
    if proven is None and credential.last_used_on == today:
        return
    with service.begin(system_actor()) as work:
        kind = type(credential)
        work.session.execute(update(kind).where(kind.id == credential.id).values(last_used_on=today))
        if proven is not None:
            work.session.add(
                UsedAssertion(
                    client_id=credential.client_id, jti_hash=hash_of(proven.jti), expires_at=proven.ends_at
                )
            )


def forget_assertions(work: Work) -> None:
    """Delete the names of assertions that have ended: whoever shows one again is refused for its age."""
    work.session.execute(delete(UsedAssertion).where(UsedAssertion.expires_at < work.now))
