"""What a secret must be before anything starts with it: there, long enough, and nobody's default.

Faults never repeat the secret itself.
"""

import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHORTEST_PASSWORD = 12
SHORTEST_EDGE_SECRET = 32
DEFAULTS = frozenset(
    {"admin", "changeme", "changeit", "guest", "password", "postgres", "rabbitmq", "sbs", "secret", "test"}
)
LINK_PLACE = "/registry/pages/link"
"""Where a link leads by which somebody chooses his password; its secret stands behind that in the path."""
ANSWER_LINK_PLACE = "/referrals/pages/answer"
"""Where a link leads by which a referral is answered; likewise."""
_IN_A_LINK = re.compile(rf"({LINK_PLACE}|{ANSWER_LINK_PLACE})/[^\s?#\"'<>]+")
DEMO = "demo-"
"""How the name (`kid`) of a key begins that was made for a demonstration."""
_PROVES_ITSELF_OTHERWISE = frozenset({"sslcert", "passfile", "service"})


def new_secret() -> str:
    """A secret of 256 bits that is shown once: in a link, a cookie, or to who registers a client."""
    return secrets.token_urlsafe(32)


def without_secrets(text: str) -> str:
    """A text that may hold an address, such as a line of a log, without the secrets of links."""
    return _IN_A_LINK.sub(r"\1/-", text)


def hash_of(secret: str) -> str:
    """What is kept of such a secret. It is random and long, so a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def password_fault(url: str) -> str | None:
    """What is wrong with the password in the URL of a server, or None. A socket or a file needs none."""
    parts = urlsplit(url)
    if not parts.hostname or _PROVES_ITSELF_OTHERWISE & parse_qs(parts.query).keys():
        return None
    password = unquote(parts.password or "")
    if not password:
        return "it holds no password"
    if password == parts.username:
        return "its password is a default that everybody knows"
    fault = secret_fault(password)
    return f"its password {fault}" if fault else None


def secret_fault(secret: str) -> str | None:
    """What is wrong with a secret that somebody else chose, or None."""
    if secret.casefold() in DEFAULTS:
        return "is a default that everybody knows"
    if len(secret) < SHORTEST_PASSWORD:
        return f"is shorter than {SHORTEST_PASSWORD} characters"
    return None


def edge_secret(text: str) -> str:
    """What a proxy shows that asks for tokens. Raises `ValueError` when it is too short to be random."""
    if len(text) < SHORTEST_EDGE_SECRET or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError(f"it must be {SHORTEST_EDGE_SECRET} or more letters, digits, - and _")
    return text


def trusted_keys(text: str) -> str:
    """A JWK set of Ed25519 public keys. Raises `ValueError` when it is none, or holds a private key."""
    keys = _parsed(text).get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise ValueError("it must be a JWK set with the public keys")
    if any("d" in key for key in keys):
        raise ValueError("it holds a private key; the services need the public half only")
    if not all(_is_ed25519(key) for key in keys):
        raise ValueError("every key in it must be an Ed25519 key (RFC 8037)")
    return text


def signing_key(text: str) -> str:
    """The JWK of an Ed25519 private key. Raises `ValueError` when it is none, or too short to be one."""
    key = _parsed(text)
    if not _is_ed25519(key) or len(str(key.get("d", ""))) < 43:
        raise ValueError("it must be the JWK of an Ed25519 private key of 32 bytes")
    return text


def is_of_a_demonstration(text: str) -> bool:
    """Whether one of these keys was made for a demonstration, where anybody may read it."""
    return any(_of_a_demonstration(text))


def is_only_of_a_demonstration(text: str) -> bool:
    """Whether every one of these keys was."""
    return all(_of_a_demonstration(text))


def _of_a_demonstration(text: str) -> list[bool]:
    document = _parsed(text)
    return [str(key.get("kid", "")).startswith(DEMO) for key in document.get("keys", [document])]


def public_halves(text: str) -> frozenset[str]:
    """The public halves of a key, or of a set of them."""
    document = _parsed(text)
    return frozenset(str(key["x"]) for key in document.get("keys", [document]))


def _is_ed25519(key: dict[str, Any]) -> bool:
    public = key.get("x")
    return (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519") and len(str(public)) == 43


def _parsed(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")
    return document
