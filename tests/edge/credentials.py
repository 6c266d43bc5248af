"""Bearer tokens that are not good, each for one reason."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from joserfc import jwk, jwt

from shared.tokens import SERVICES, new_signing_key, public_keys
from tests.backends import SIGNING_KEY
from tests.edge.people import Person
from tests.world import World

ANOTHER_KEY = new_signing_key()


def claims(world: World, person: Person, **others: Any) -> dict[str, Any]:
    """What would be good for an hour, and speaks for somebody who is there."""
    return {
        "iss": "sbs",
        "sub": str(person.account_id),
        "aud": list(SERVICES),
        "exp": int((world.clock.now() + timedelta(hours=1)).timestamp()),
        "role": "coordinator",
        "partner_id": str(person.account_id),
    } | others


def signed(claims: Mapping[str, Any], key: str = SIGNING_KEY, **header: str) -> str:
    private = jwk.OKPKey.import_key(json.loads(key))
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": str(json.loads(SIGNING_KEY)["kid"])} | header
    return jwt.encode(head, dict(claims), private, algorithms=["Ed25519"])


def _part(document: Mapping[str, Any] | bytes) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(claims: Mapping[str, Any]) -> str:
    return f"{_part({'alg': 'none', 'typ': 'at+jwt'})}.{_part(claims)}."


def signed_with_the_public_key(claims: Mapping[str, Any]) -> str:
    """The old trick: HMAC with what everybody may know as if it were a secret."""
    public = json.loads(public_keys(SIGNING_KEY))["keys"][0]
    head = _part({"alg": "HS256", "typ": "at+jwt", "kid": public["kid"]})
    whole = f"{head}.{_part(claims)}"
    secret = base64.urlsafe_b64decode(public["x"] + "=")
    return f"{whole}.{_part(hmac.new(secret, whole.encode(), hashlib.sha256).digest())}"


def altered(claims: Mapping[str, Any]) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{_part(dict(claims) | {'role': 'administrator'})}.{signature}"


BAD: dict[str, Callable[[World, Person], str]] = {
    "forged": lambda world, person: signed(claims(world, person), ANOTHER_KEY),
    "altered": lambda world, person: altered(claims(world, person)),
    "expired": lambda world, person: signed(
        claims(world, person, exp=int(world.clock.now().timestamp()) - 1)
    ),
    "that never expires": lambda world, person: signed(
        {name: value for name, value in claims(world, person).items() if name != "exp"}
    ),
    "for another audience": lambda world, person: signed(claims(world, person, aud=["elsewhere"])),
    "of another issuer": lambda world, person: signed(claims(world, person, iss="https://elsewhere")),
    "of another type": lambda world, person: signed(claims(world, person), typ="JWT"),
    "unsigned": lambda world, person: unsigned(claims(world, person)),
    "signed with the public key": lambda world, person: signed_with_the_public_key(claims(world, person)),
    "of the system itself": lambda world, person: signed(claims(world, person, role="system")),
    "that is none": lambda _world, _person: "x",
    "that is the cookie": lambda _world, person: person.secret,
}


def decoded(token: str) -> dict[str, Any]:
    """What a token says, believed without looking at its signature."""
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims
