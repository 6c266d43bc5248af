"""ID tokens (OpenID Connect Core 1.0, 3.1.3.7): what one says, once all that can be checked of it was."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from shared.openid.provider import Provider

ALGORITHMS = ["RS256", "ES256", "Ed25519", "EdDSA"]
LEEWAY = 60
"""Seconds by which the provider's clock and ours may differ."""
LONGEST_TOKEN = 64 * 1024
LONGEST_SUBJECT = 255


class BadIdToken(Exception):
    """A token that proves nothing. It says why in one word, for the log."""


class _Registry(jws.JWSRegistry):
    """The fixed algorithms, and headers as providers send them: unknown ones are passed over (RFC 7515)."""

    max_header_length = 8192

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        # Providers say EdDSA, as RFC 8037 did; joserfc would warn of the old name at every token.
        return self.algorithms[name] if name == "EdDSA" else super().get_alg(name)


_REGISTRY = _Registry()


def checked(token: str, provider: Provider, *, nonce: str, now: datetime) -> Mapping[str, Any]:
    """The claims of a token that this provider signed for us, just now, for the sign-in of this nonce.

    Raises `BadIdToken`, and `Unavailable` when its keys cannot be had.
    """
    claims = _signed(token, provider)
    client_id = provider.registration.client_id
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.registration.issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise BadIdToken(str(error)) from error
    _check_for_us(claims, client_id)
    if not isinstance(claims["nonce"], str) or not hmac.compare_digest(
        claims["nonce"].encode(), nonce.encode()
    ):
        raise BadIdToken("nonce")
    if len(claims["sub"]) > LONGEST_SUBJECT or not claims["sub"].isprintable():
        raise BadIdToken("sub")
    return claims


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    if len(token) > LONGEST_TOKEN:
        raise BadIdToken("size")
    try:
        kid = jws.extract_compact(token.encode(), registry=_REGISTRY).headers().get("kid")
        keys = provider.keys(kid if isinstance(kid, str) else None)
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadIdToken("signature") from error
    if decoded.header.get("typ", "JWT").upper() != "JWT":
        raise BadIdToken("typ")
    return decoded.claims


def _check_for_us(claims: Mapping[str, Any], client_id: str) -> None:
    """It is issued to us and to nobody else: where it names who it was issued to, that is us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise BadIdToken("azp")
