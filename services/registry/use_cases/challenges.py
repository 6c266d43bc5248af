"""Challenges for devices: given once, answered once, within minutes; and where passkeys can be at all."""

import ipaddress
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete
from webauthn.helpers import base64url_to_bytes, generate_challenge
from webauthn.helpers.exceptions import WebAuthnException

from services.registry.models import PasskeyChallenge
from services.registry.settings import Work
from shared.errors import Conflict
from shared.secrets import hash_of

LASTS = timedelta(minutes=5)
Credential = Mapping[str, Any]
"""What a browser's `navigator.credentials` gives, as JSON."""
NOT_RIGHT = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
"""What the library raises for an answer that is not right, or no answer at all."""


def relying_party_id(work: Work) -> str:
    """The name that passkeys belong to: the host of our origin. Raises `Conflict` when that is a number."""
    host = urlsplit(work.settings.origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    raise Conflict("Passkeys need a host name, and this programme is reached by a number (SBS_ORIGIN).")


def give_challenge(work: Work, account_id: UUID | None) -> bytes:
    """A new challenge, to add a passkey to an account, or to sign in."""
    challenge = generate_challenge()
    given = PasskeyChallenge(
        challenge_hash=hash_of(challenge.hex()), account_id=account_id, works_until=work.now + LASTS
    )
    work.session.add(given)
    return challenge


def use_up_challenge(work: Work, credential: Credential, account_id: UUID | None) -> bytes | None:
    """The challenge that an answer is to, if it was given for this and still waits. Asking uses it up."""
    try:
        data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(data["challenge"])
    except NOT_RIGHT:
        return None
    used = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge_hash == hash_of(challenge.hex()),
        PasskeyChallenge.account_id.is_not_distinct_from(account_id),
        PasskeyChallenge.works_until > work.now,
    )
    gone = work.session.execute(used.returning(PasskeyChallenge.challenge_hash)).all()
    return challenge if gone else None


def forget_old_challenges(work: Work) -> None:
    """Delete those that nobody answered in time."""
    old = PasskeyChallenge.works_until < work.now
    work.session.execute(delete(PasskeyChallenge).where(old))
