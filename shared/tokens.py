"""Signed tokens that say who is calling: issued by a command, checked the same way by every service.

An Ed25519 JWT of type `at+jwt` (RFC 9068) with a fixed algorithm; `iss`, `aud` and `exp` are required.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jwk, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from shared.actor import COVERED, OF_AN_ORGANISATION, SPEAKS_FOR, Actor, Role
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
MOST_CHECKED = 1000


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
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": str(actor.id),
            "aud": list(SERVICES),
            "iat": int(now.timestamp()),
            "exp": int((now + lasts).timestamp()),
            "role": actor.role.value,
        }
        claims |= {claim: str(value) for claim, name in _CLAIMS.items() if (value := getattr(actor, name))}
        if actor.scopes:
            claims["scope"] = " ".join(sorted(actor.scopes))
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


class Verifier:
    """Checks tokens against the trusted public keys, for one service as their audience."""

    def __init__(self, trusted: str, audience: str) -> None:
        self._keys = jwk.KeySet.import_key_set(json.loads(trusted))
        self._audience = audience
        self._checked: dict[str, tuple[Actor, int]] = {}

    def actor(self, token: str, now: datetime) -> Actor:
        """Who the token speaks for. Raises `Unauthenticated`, always with the same words.

        What was found good once is so until it ends; its signature is looked at no second time.
        """
        actor, ends = self._checked.get(token, (None, 0))
        if actor is not None and now.timestamp() < ends:
            return actor
        actor, ends = self._check(token, now)
        if len(self._checked) >= MOST_CHECKED:
            self._checked = {}
        self._checked[token] = actor, ends
        return actor

    def _check(self, token: str, now: datetime) -> tuple[Actor, int]:
        try:
            if len(token) > LONGEST_TOKEN:
                raise ValueError("too long")
            decoded = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            if decoded.header.get("typ") != "at+jwt":
                raise ValueError("not an access token")
            self._registry(now).validate(decoded.claims)
            return _actor(decoded.claims), int(decoded.claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unauthenticated from error

    def _registry(self, now: datetime) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
            role={"essential": True},
        )


def _actor(claims: Mapping[str, Any]) -> Actor:
    role = Role(claims["role"])
    if role is Role.SYSTEM:
        raise ValueError("no token speaks for the system itself")
    identifiers = {name: UUID(claims[claim]) for claim, name in _CLAIMS.items() if claim in claims}
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
