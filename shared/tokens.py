"""Signed tokens that say who is calling: issued by a command, checked the same way by every service.

An Ed25519 JWT of type `at+jwt` (RFC 9068) with a fixed algorithm; `iss`, `aud` and `exp` are required.
Each service's worker has a key of its own, for the feeds of the others: whatever a token says that such a key
has signed, it opens the feed and nothing else.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from joserfc import jwk, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from shared.actor import COVERED, OF_A_SERVICE, OF_AN_ORGANISATION, SPEAKS_FOR, Actor, Role
from shared.errors import Unauthenticated
from shared.secrets import DEMO

ALGORITHM = "Ed25519"
ISSUER = "sbs"
SERVICES = ("registry", "referrals", "mentoring")
# Which claim carries which identifier of the actor.
_CLAIMS = {
    "ambassador_id": "ambassador_id",
    "organisation_id": "organisation_id",
    "mentor_id": "mentor_id",
    "partner_id": "partner_id",
    "act_for": "on_behalf_of",
    "emergency": "emergency_shedder_id",
    "sid": "sign_in_id",
}
LONGEST_TOKEN = 4096
LATELY = 1024
"""Of how many tokens a process remembers that their signature is right."""
FEED_TOKEN_LASTS = timedelta(seconds=60)


def new_signing_key(mark: str = "") -> str:
    """A fresh private key as a JWK document. Keep it in a file that only its owner can read."""
    key = jwk.OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    return json.dumps(key.as_dict(private=True) | {"kid": f"{mark}{key.kid}"})


def public_keys(private: str) -> str:
    """The JWK set that those who check tokens need: the public half only."""
    key = jwk.OKPKey.import_key(json.loads(private))
    return json.dumps({"keys": [key.as_dict(private=False)]})


def ensure_keys(folder: Path) -> None:
    """Make a demonstration's two key files once: `signing.jwk`, for its owner alone, and `trusted.jwks`."""
    signing = folder / "signing.jwk"
    if not signing.exists():
        folder.mkdir(parents=True, exist_ok=True)
        private = new_signing_key(DEMO)
        descriptor = os.open(signing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(private)
    (folder / "trusted.jwks").write_text(public_keys(signing.read_text()))


@dataclass(frozen=True)
class Issuer:
    """Signs tokens with a private key."""

    private_key: str

    @cached_property
    def _key(self) -> jwk.OKPKey:
        return jwk.OKPKey.import_key(json.loads(self.private_key))

    def issue(self, actor: Actor, now: datetime, lasts: timedelta) -> str:
        """A token for `actor` that every service accepts until it ends."""
        claims: dict[str, Any] = {"sub": str(actor.id), "aud": list(SERVICES), "role": actor.role.value}
        claims |= {claim: str(value) for claim, name in _CLAIMS.items() if (value := getattr(actor, name))}
        if actor.scopes:
            claims["scope"] = " ".join(sorted(actor.scopes))
        return _signed(self._key, claims, now, lasts)


def feed_token(private_key: str, reader: str, producer: str, now: datetime) -> str:
    """A token with which the worker of one service reads another's feed."""
    key = jwk.OKPKey.import_key(json.loads(private_key))
    return _signed(key, {"sub": reader, "aud": [producer]}, now, FEED_TOKEN_LASTS)


def _signed(key: jwk.OKPKey, claims: Mapping[str, Any], now: datetime, lasts: timedelta) -> str:
    times = {"iat": int(now.timestamp()), "exp": int((now + lasts).timestamp())}
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, {"iss": ISSUER, **times, **claims}, key, algorithms=[ALGORITHM])


class Verifier:
    """Checks tokens against the trusted public keys, for one service as their audience.

    `feed_keys` are those of the other services' workers, where they run by themselves.
    """

    def __init__(self, trusted: str, audience: str, feed_keys: str | None = None) -> None:
        self._keys = Signatures(trusted)
        self._feed_keys = Signatures(feed_keys) if feed_keys else None
        self._audience = audience

    def actor(self, token: str, now: datetime) -> Actor:
        """Who the token speaks for. Raises `Unauthenticated`, always with the same words."""
        try:
            if len(token) > LONGEST_TOKEN:
                raise ValueError("too long")
            return self._person(token, now) or self._reader(token, now)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unauthenticated from error

    def _person(self, token: str, now: datetime) -> Actor | None:
        """Whom a token speaks for that a trusted key has signed; None where it may be a worker's."""
        try:
            return _actor(self._claims(token, self._keys, now, role=True))
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            if self._feed_keys is None:
                raise
            return None

    def _reader(self, token: str, now: datetime) -> Actor:
        """The worker of another service."""
        assert self._feed_keys is not None
        claims = self._claims(token, self._feed_keys, now, role=False)
        scopes = frozenset({"events:read", OF_A_SERVICE})
        return Actor(uuid5(NAMESPACE_URL, f"sbs:feed:{claims['sub']}"), Role.INTEGRATOR, scopes=scopes)

    def _claims(self, token: str, keys: "Signatures", now: datetime, *, role: bool) -> Mapping[str, Any]:
        """What the token says, which is checked at each use: it may have ended since the last one."""
        claims = keys.claims(token)
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
            role={"essential": role},
        ).validate(claims)
        return claims


class Signatures:
    """The access tokens that one set of keys has signed. Those of the last callers are remembered.

    Who calls sends the same token again and again, and a signature that is right stays so: each key set
    remembers its own. What is refused is not remembered, so nobody pushes others out with what is no token.
    """

    def __init__(self, keys: str) -> None:
        self._keys = jwk.KeySet.import_key_set(json.loads(keys))
        self._signed = lru_cache(LATELY)(self._verified)

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says that one of these keys has signed, not yet checked. Raises as joserfc does."""
        return dict(self._signed(token))

    def _verified(self, token: str) -> Mapping[str, Any]:
        decoded = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
        if decoded.header.get("typ") != "at+jwt":
            raise ValueError("not an access token")
        return decoded.claims


def _actor(claims: Mapping[str, Any]) -> Actor:
    role = Role(claims["role"])
    if role is Role.SYSTEM:
        raise ValueError("no token speaks for the system itself")
    identifiers: dict[str, Any] = {
        name: UUID(claims[claim]) for claim, name in _CLAIMS.items() if claim in claims
    }
    if role in SPEAKS_FOR and SPEAKS_FOR[role] not in identifiers:
        raise ValueError("the token does not say for whom its role speaks")
    if "on_behalf_of" in identifiers and role not in COVERED:
        raise ValueError("nobody stands in for this role")
    if "emergency_shedder_id" in identifiers and role is not Role.COORDINATOR:
        raise ValueError("only a coordinator has emergency access")
    scopes = frozenset(str(claims.get("scope", "")).split())
    if scopes & OF_AN_ORGANISATION and "organisation_id" not in identifiers:
        raise ValueError("the token does not say for which organisation its client speaks")
    return Actor(id=UUID(claims["sub"]), role=role, scopes=scopes, **identifiers)
