"""Signed assertions by which a client proves who it is without a secret (`private_key_jwt`, RFC 7523).

A key is Ed25519, or on the curve P-256, which every library knows; and has one algorithm. RSA is left out:
larger, slower, and with more ways to be wrong.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwt import JWTClaimsRegistry

ALGORITHMS = {("OKP", "Ed25519"): "Ed25519", ("EC", "P-256"): "ES256"}
_PARTS = {"OKP": ("x",), "EC": ("x", "y")}
LONGEST = 300
"""The most seconds that an assertion may be good for."""
LEEWAY = 30
"""As many seconds may the clocks of the two sides be apart."""
LONGEST_ASSERTION = 4096
LONGEST_JTI = 500
LONGEST_KID = 200
_KID = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KID}}}")
_FAULTS = (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class NotProven(Exception):
    """An assertion does not prove what it says."""


@dataclass(frozen=True)
class Proven:
    """By which key an assertion was proven, its own name, and until when it must not be shown again."""

    kid: str
    jti: str
    ends_at: datetime


def public_key(given: Mapping[str, Any]) -> dict[str, str]:
    """A public key as it is kept: what it consists of, and its `kid` (else its thumbprint, RFC 7638).

    Raises `ValueError`, in words, when it is none that is taken, or a private one.
    """
    if "d" in given:
        raise ValueError("It is a private key, which nobody should ever be given. Make a new one.")
    kind, curve = given.get("kty"), given.get("crv")
    if not (isinstance(kind, str) and isinstance(curve, str)) or (kind, curve) not in ALGORITHMS:
        raise ValueError("It must be the JWK of an Ed25519 key, or of one on the curve P-256.")
    kept = {"kty": kind, "crv": curve} | {part: str(given.get(part)) for part in _PARTS[kind]}
    try:
        thumbprint = jwk.import_key(dict(kept)).thumbprint()
    except _FAULTS:
        raise ValueError("It is not the JWK of a public key.") from None
    kid = str(given.get("kid", thumbprint))
    if not _KID.fullmatch(kid):
        raise ValueError(f"Its kid must be 1 to {LONGEST_KID} printable ASCII characters, without spaces.")
    return kept | {"kid": kid}


def named_by(assertion: str) -> str:
    """Which client an assertion says it is of, before anything is proven. Raises `NotProven`."""
    try:
        if len(assertion) > LONGEST_ASSERTION:
            raise ValueError("too long")
        return str(json.loads(jws.extract_compact(assertion.encode()).payload)["sub"])
    except _FAULTS as error:
        raise NotProven from error


def check(
    assertion: str, client_id: str, keys: Sequence[Mapping[str, str]], audience: str, now: datetime
) -> Proven:
    """Prove that a client made an assertion, by one of its keys. Raises `NotProven`, and never says why.

    Without a key, as of a client that there is not, it is held against one that nobody has: the same work.
    """
    try:
        claims, kid = _decoded(assertion, keys)
        seconds = int(now.timestamp())
        _registry(client_id, seconds).validate(claims)
        return _once(claims, kid, audience, seconds)
    except _FAULTS as error:
        raise NotProven from error


def _decoded(assertion: str, keys: Sequence[Mapping[str, str]]) -> tuple[dict[str, Any], str]:
    """What an assertion claims, and by which key: the one named in it, else any that fits."""
    header = jws.extract_compact(assertion.encode()).headers()
    algorithm, kid = header.get("alg"), header.get("kid")
    fitting = [key for key in keys if _algorithm(key) == algorithm and kid in (None, key["kid"])]
    for key in fitting or _nobodys(algorithm):
        with suppress(BadSignatureError):
            taken = jwt.decode(assertion, jwk.import_key(dict(key)), algorithms=[_algorithm(key)])
            return taken.claims, key["kid"]
    raise ValueError("no key of the client's made this")


def _algorithm(key: Mapping[str, str]) -> str:
    return ALGORITHMS[key["kty"], key["crv"]]


def _registry(client_id: str, seconds: int) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        now=seconds,
        leeway=LEEWAY,
        iss={"essential": True, "value": client_id},
        sub={"essential": True, "value": client_id},
        aud={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )


def _once(claims: Mapping[str, Any], kid: str, audience: str, seconds: int) -> Proven:
    """What was made for us alone, for a short time, and has a name by which we know it again."""
    if claims["aud"] not in (audience, [audience]):
        raise ValueError("made for somebody else too")
    if claims["exp"] > seconds + LONGEST + LEEWAY:
        raise ValueError("good for too long")
    if not 0 < len(claims["jti"].encode()) <= LONGEST_JTI:
        raise ValueError("its name is none")
    return Proven(kid, claims["jti"], datetime.fromtimestamp(claims["exp"] + LEEWAY, UTC))


def _nobodys(algorithm: object) -> list[Mapping[str, str]]:
    """Keys of an algorithm that nobody has, so that a signature is checked whoever asks."""
    return [key for key in _made() if _algorithm(key) == algorithm]


@cache
def _made() -> list[Mapping[str, str]]:
    made = (jwk.OKPKey.generate_key("Ed25519", private=True), jwk.ECKey.generate_key("P-256", private=True))
    return [public_key(key.as_dict(private=False)) for key in made]
