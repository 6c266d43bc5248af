"""The secrets and public keys of machine clients: two at a time, so that one can take the other's place."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.registry.domain import permissions as may
from services.registry.domain.clients import MOST_CREDENTIALS, ClientState
from services.registry.models import Client, ClientKey, ClientSecret
from services.registry.queries import visible
from services.registry.settings import Work
from shared.assertions import public_key
from shared.database.finding import find, touch
from shared.errors import Conflict, Duplicate, InvalidInput, NotFound, TransitionNotAllowed
from shared.secrets import hash_of, new_secret

C = TypeVar("C", ClientSecret, ClientKey)


def add_secret(work: Work, *, client_id: UUID, values: Mapping[str, Any]) -> Client:
    """Give a machine client one more secret, which is shown this once; the old one stays valid."""
    client = to_change(work, client_id)
    _refuse_third(client.secrets, "secrets")
    work.expect_version(client)
    dict(values)  # nothing is asked for, but what was sent must be right
    give_secret(work, client)
    return client


def retire_secret(work: Work, *, client_id: UUID, secret_id: UUID, values: Mapping[str, Any]) -> Client:
    """Retire a secret of a machine client: no token is given for it any more."""
    client = to_change(work, client_id)
    _retire(work, client, _named(client.secrets, secret_id), values)
    touch(client, "secrets")
    return client


def add_key(work: Work, *, client_id: UUID, values: Mapping[str, Any]) -> Client:
    """Give a machine client one more public key; the old one stays valid."""
    client = to_change(work, client_id)
    _refuse_third(client.keys, "keys")
    work.expect_version(client)
    give_key(work, client, values["jwk"])
    return client


def retire_key(work: Work, *, client_id: UUID, key_id: UUID, values: Mapping[str, Any]) -> Client:
    """Retire a public key of a machine client: it proves nothing any more."""
    client = to_change(work, client_id)
    _retire(work, client, _named(client.keys, key_id), values)
    touch(client, "keys")
    return client


def to_change(work: Work, client_id: UUID) -> Client:
    """A client that is in use, locked. Its version is the caller's to expect."""
    client = find(work.session, visible.clients(work.actor), client_id, for_change=True)
    work.require(may.KEEP_CLIENTS)
    if client.state is not ClientState.ACTIVE:
        raise TransitionNotAllowed("A client that was revoked stays as it is.", state=client.state.value)
    return client


def give_secret(work: Work, client: Client) -> None:
    """Make a client a secret, which it holds in `secret` for the one answer that shows it."""
    secret = new_secret()
    work.session.add(ClientSecret(client_id=client.id, secret_hash=hash_of(secret), added_on=work.today))
    touch(client, "secrets")
    client.secret = secret


def give_key(work: Work, client: Client, jwk: Mapping[str, Any]) -> None:
    """Take a public key of a client. Raises `InvalidInput`, and `Duplicate` for the same `kid`."""
    try:
        key = public_key(jwk)
    except ValueError as error:
        raise InvalidInput.on("jwk", str(error)) from None
    if any(one.kid == key["kid"] for one in _valid(client.keys)):
        raise Duplicate("The client has a key with this kid already.")
    work.session.add(ClientKey(client_id=client.id, kid=key["kid"], jwk=key, added_on=work.today))
    touch(client, "keys")


def _valid(credentials: Sequence[C]) -> list[C]:
    return [one for one in credentials if one.retired_on is None]


def _refuse_third(credentials: Sequence[C], what: str) -> None:
    if len(_valid(credentials)) >= MOST_CREDENTIALS:
        raise Conflict(f"The client has two valid {what}. Retire one first.")


def _named(credentials: Sequence[C], identity: UUID) -> C:
    named = next((one for one in credentials if one.id == identity), None)
    if named is None:
        raise NotFound
    return named


def _retire(work: Work, client: Client, credential: C, values: Mapping[str, Any]) -> None:
    if credential.retired_on is not None:
        raise Conflict("This was retired already.")
    work.expect_version(client)
    dict(values)  # nothing is asked for, but what was sent must be right
    credential.retired_on = work.today
