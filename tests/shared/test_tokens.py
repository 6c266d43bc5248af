"""Tokens: only what we signed, for us, now, and of the right kind, speaks for anybody."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwk, jwt

from shared.actor import Actor, Role, system_actor
from shared.errors import Unauthenticated
from shared.identifiers import new_id
from shared.tokens import Issuer, Verifier, ensure_keys, new_signing_key, public_keys

NOW = datetime(2026, 3, 2, tzinfo=UTC)
KEY = new_signing_key()
VERIFIER = Verifier(public_keys(KEY), audience="referrals")
ACTOR = Actor(new_id(), Role.CARE_WORKER, organisation_id=new_id(), scopes=frozenset({"events:read"}))


def signed(key: str = KEY, header: dict | None = None, **claims: object) -> str:
    """A token with some claims or header fields other than ours."""
    private = jwk.OKPKey.import_key(json.loads(key))
    whole = {
        "iss": "sbs",
        "sub": str(new_id()),
        "aud": ["referrals"],
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
        "role": "care_worker",
    } | claims
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": private.kid} | (header or {})
    return jwt.encode(
        head, {k: v for k, v in whole.items() if v is not None}, private, algorithms=["Ed25519"]
    )


def test_a_token_speaks_for_whom_it_was_issued():
    token = Issuer(KEY).issue(ACTOR, NOW, timedelta(minutes=5))

    assert VERIFIER.actor(token, NOW) == ACTOR


def _unsigned() -> str:
    parts = [{"alg": "none", "typ": "at+jwt"}, {"iss": "sbs", "aud": "referrals", "role": "coordinator"}]
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
    )


def _tampered() -> str:
    head, _, signature = signed().split(".")
    claims = base64.urlsafe_b64encode(b'{"role":"coordinator"}').decode().rstrip("=")
    return f"{head}.{claims}.{signature}"


def _with_public_key_as_secret() -> str:
    secret = jwk.OctKey.import_key(public_keys(KEY))
    claims = {"iss": "sbs", "aud": "referrals", "sub": str(new_id()), "exp": 4_000_000_000, "role": "mentor"}
    return jwt.encode({"alg": "HS256", "typ": "at+jwt"}, claims, secret, algorithms=["HS256"])


REFUSED = {
    "nothing": "",
    "not a token": "a.b.c",
    "no signature": _unsigned(),
    "changed claims": _tampered(),
    "another algorithm": _with_public_key_as_secret(),
    "another's key": signed(key=new_signing_key()),
    "too old": signed(exp=int((NOW - timedelta(seconds=1)).timestamp())),
    "without an end": signed(exp=None),
    "for another audience": signed(aud=["mentoring"]),
    "without an audience": signed(aud=None),
    "from another issuer": signed(iss="someone"),
    "of another type": signed(header={"typ": "JWT"}),
    "for a role there is not": signed(role="king"),
    "for the system itself": signed(role="system"),
    "for nobody": signed(sub=None),
    "for no identifier": signed(sub="me"),
    "endless": "x" * 5000,
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_not_right_speaks_for_nobody(token):
    with pytest.raises(Unauthenticated) as refused:
        VERIFIER.actor(token, NOW)

    assert refused.value.detail == Unauthenticated.title


def test_no_token_can_be_issued_that_is_taken_for_the_system():
    token = Issuer(KEY).issue(system_actor(), NOW, timedelta(hours=1))

    with pytest.raises(Unauthenticated):
        VERIFIER.actor(token, NOW)


def test_the_private_key_is_for_its_owner_only_and_made_once(tmp_path):
    ensure_keys(tmp_path / "keys")
    first = (tmp_path / "keys" / "signing.jwk").read_text()
    ensure_keys(tmp_path / "keys")

    assert (tmp_path / "keys" / "signing.jwk").read_text() == first
    assert (tmp_path / "keys" / "signing.jwk").stat().st_mode & 0o077 == 0
    assert '"d"' not in (tmp_path / "keys" / "trusted.jwks").read_text()
