"""The operator's OpenID provider, as the registry knows it: where it is, its keys, and what it is asked.

Discovery (OpenID Connect Discovery 1.0) and keys are kept for an hour; a key that is not among them is
looked for again, at most once a minute, so that a provider may change its keys and nobody can make us ask.
"""

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from joserfc import jwk
from joserfc.errors import JoseError

from shared.openid.outgoing import ask, away

KEPT_FOR = 3600.0
LOOK_AGAIN_AFTER = 60.0
SCOPE = "openid profile email"
PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CURVES = frozenset({("EC", "P-256"), ("OKP", "Ed25519")})
SHORTEST_MODULUS = 342
"""Characters of base64url: an RSA key has 2048 bits or more."""


TOKEN_ERRORS = ("invalid_client", "invalid_grant", "invalid_request", "unauthorized_client", "invalid_scope")
"""What a provider may say of a code (RFC 6749, 5.2): these words and no others go into the log."""


class CodeRefused(Exception):
    """The provider gave nothing for a code: it was used, is too old, or is not for us. It says which."""


@dataclass(frozen=True)
class Registration:
    """What the operator agreed with the provider on: who it is, who we are, and where people come back to."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class Metadata:
    """What a provider says of itself, as far as it is needed here."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    secret_in_body: bool
    names_itself: bool
    """Whether it says who it is when it sends somebody back (RFC 9207)."""


class Provider:
    """Asks a provider. Every method raises `Unavailable` when it does not answer as it should."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, jwk.KeySet] | None = None
        self._looked_again = float("-inf")

    def metadata(self) -> Metadata:
        """What the provider says of itself, of the last hour."""
        if self._metadata is None or _is_old(self._metadata[0]):
            self._metadata = time.monotonic(), self._discover()
        return self._metadata[1]

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send somebody who wants to sign in."""
        asked = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": self.registration.redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = self.metadata().authorization_endpoint
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def redeem(self, code: str, verifier: str) -> str:
        """The ID token, for the code that somebody came back with. Raises `CodeRefused`."""
        metadata, registration = self.metadata(), self.registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": registration.redirect_uri,
            "code_verifier": verifier,
        }
        secret: dict[str, Any] = {}
        if metadata.secret_in_body:
            form |= {"client_id": registration.client_id, "client_secret": registration.client_secret}
        else:
            # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            secret["auth"] = (quote_plus(registration.client_id), quote_plus(registration.client_secret))
        status, answer = ask("POST", metadata.token_endpoint, data=form, **secret)
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            error = answer.get("error")
            raise CodeRefused(error if error in TOKEN_ERRORS else "no token")
        return token

    def keys(self, kid: str | None) -> jwk.KeySet:
        """The provider's public keys; asked anew when `kid` is not among those that are kept."""
        kept = self._keys
        if kept is None or _is_old(kept[0]) or (self._is_unknown(kid, kept[1]) and self._may_look_again()):
            kept = self._keys = time.monotonic(), self._fetch_keys()
        return kept[1]

    def _is_unknown(self, kid: str | None, keys: jwk.KeySet) -> bool:
        return kid is not None and kid not in {key.kid for key in keys}

    def _may_look_again(self) -> bool:
        if time.monotonic() - self._looked_again < LOOK_AGAIN_AFTER:
            return False
        self._looked_again = time.monotonic()
        return True

    def _discover(self) -> Metadata:
        issuer = self.registration.issuer
        told = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            away(issuer, "it calls itself by another name")
        places = {name: _as_safe_as(issuer, told.get(name)) for name in PLACES}
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Metadata(
            **places,
            secret_in_body="client_secret_basic" not in methods,
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )

    def _fetch_keys(self) -> jwk.KeySet:
        keys = _fetch(self.metadata().jwks_uri).get("keys")
        if not isinstance(keys, list):
            away(self.metadata().jwks_uri, "no keys")
        return jwk.KeySet([key for told in keys if (key := _imported(told)) is not None])


def challenge(verifier: str) -> str:
    """What is told of a verifier before it is shown (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _fetch(url: str) -> Mapping[str, Any]:
    status, document = ask("GET", url)
    if status != 200:
        away(url, f"status {status}")
    return document


def _is_old(since: float) -> bool:
    return time.monotonic() - since > KEPT_FOR


def _as_safe_as(issuer: str, place: Any) -> str:
    """A URL that is reached as safely as the issuer is. Raises `Unavailable` when it is none."""
    parts = urlsplit(place) if isinstance(place, str) else None
    if parts is None or not parts.hostname or parts.scheme != urlsplit(issuer).scheme:
        away(issuer, "it names no place for this, or one that is less safe than itself")
    return parts.geturl()


def _imported(told: Any) -> jwk.Key | None:
    """A key that a signature may be checked with; None for every other one that a provider may have."""
    if not isinstance(told, dict) or told.get("use", "sig") != "sig":
        return None
    try:
        if not _is_strong(told):
            return None
        return jwk.JWKRegistry.import_key({name: value for name, value in told.items() if name != "key_ops"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _is_strong(told: Mapping[str, Any]) -> bool:
    """Whether the key is of a kind and size that is taken."""
    if told.get("kty") == "RSA":
        return len(told["n"]) >= SHORTEST_MODULUS
    return (told.get("kty"), told.get("crv")) in CURVES
