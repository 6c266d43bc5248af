"""Tokens: only what we signed, for us, now, and of the right kind, speaks for anybody."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from shared.actor import COVERED, OF_A_SERVICE, SPEAKS_FOR, Actor, Role, system_actor
from shared.errors import Unauthenticated
from shared.identifiers import new_id
from shared.tokens import (
    LATELY,
    Issuer,
    Signatures,
    Verifier,
    ensure_keys,
    feed_token,
    new_signing_key,
    public_keys,
)

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
        "organisation_id": str(new_id()),
    } | claims
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": private.kid} | (header or {})
    return jwt.encode(
        head, {k: v for k, v in whole.items() if v is not None}, private, algorithms=["Ed25519"]
    )


def test_a_token_speaks_for_whom_it_was_issued():
    token = Issuer(KEY).issue(ACTOR, NOW, timedelta(minutes=5))

    assert VERIFIER.actor(token, NOW) == ACTOR


def test_a_token_says_for_whom_a_stand_in_acts_and_whom_emergency_access_is_for():
    stand_in = Actor(new_id(), Role.AMBASSADOR, ambassador_id=new_id(), on_behalf_of=new_id())
    looks = Actor(new_id(), Role.COORDINATOR, partner_id=new_id(), emergency_shedder_id=new_id())

    for actor in (stand_in, looks):
        assert VERIFIER.actor(Issuer(KEY).issue(actor, NOW, timedelta(seconds=30)), NOW) == actor
    for claim in ("act_for", "emergency"):
        with pytest.raises(Unauthenticated):
            VERIFIER.actor(signed(**{claim: "everybody"}), NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_only_a_coordinator_has_emergency_access_and_only_some_roles_have_a_stand_in(role):
    speaks_for = {SPEAKS_FOR[role]: new_id()} if role in SPEAKS_FOR else {}
    allowed = {"emergency_shedder_id": {Role.COORDINATOR}, "on_behalf_of": COVERED}

    for name, roles in allowed.items():
        token = Issuer(KEY).issue(Actor(new_id(), role, **speaks_for, **{name: new_id()}), NOW, timedelta(1))
        if role in roles:
            assert getattr(VERIFIER.actor(token, NOW), name)
        else:
            with pytest.raises(Unauthenticated):
                VERIFIER.actor(token, NOW)


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


def test_the_tokens_below_would_be_taken_if_nothing_were_wrong_with_them():
    assert VERIFIER.actor(signed(), NOW).role is Role.CARE_WORKER


@pytest.mark.parametrize("role", ["ambassador", "care_worker", "mentor", "coordinator"])
def test_a_token_that_does_not_say_for_whom_its_role_speaks_speaks_for_nobody(role):
    with pytest.raises(Unauthenticated):
        VERIFIER.actor(signed(role=role, organisation_id=None), NOW)


def _flipped(token: str, part: int) -> str:
    """A token with one letter of its head, claims or signature changed."""
    parts = token.split(".")
    parts[part] = ("A" if parts[part][5] != "A" else "B").join((parts[part][:5], parts[part][6:]))
    return ".".join(parts)


def test_a_token_that_comes_again_is_not_verified_again_and_still_ends(monkeypatch):
    verifier = Verifier(public_keys(KEY), audience="referrals")
    token = Issuer(KEY).issue(ACTOR, NOW, timedelta(minutes=5))
    verifier.actor(token, NOW)
    monkeypatch.setattr(jwt, "decode", _not_asked)

    assert verifier.actor(token, NOW + timedelta(minutes=4)) == ACTOR
    with pytest.raises(Unauthenticated):
        verifier.actor(token, NOW + timedelta(minutes=6))
    assert verifier.actor(token, NOW) == ACTOR


def _not_asked(*_args: object, **_kwargs: object) -> None:
    raise AssertionError("verified again")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_that_a_token_was_right_lets_no_other_one_in_that_is_like_it(part):
    verifier = Verifier(public_keys(KEY), audience="referrals")
    token = Issuer(KEY).issue(ACTOR, NOW, timedelta(minutes=5))
    verifier.actor(token, NOW)

    for _ in range(2):
        with pytest.raises(Unauthenticated):
            verifier.actor(_flipped(token, part), NOW)
    assert verifier.actor(token, NOW) == ACTOR


def test_a_token_is_remembered_by_the_keys_that_signed_it_alone():
    both, token = Verifier(public_keys(KEY), "referrals", public_keys(FEED_KEY)), signed(FEED_KEY)

    for _ in range(2):
        assert both.actor(token, NOW).scopes == {"events:read", OF_A_SERVICE}


def test_no_more_than_some_tokens_are_remembered_and_none_that_was_refused():
    keys = Signatures(public_keys(KEY))
    for _ in range(2):
        with pytest.raises(JoseError):
            keys.claims(signed(key=new_signing_key()))
    assert keys._signed.cache_info().currsize == 0

    token = signed()
    keys.claims(token)["role"] = "coordinator"

    assert keys.claims(token)["role"] == "care_worker"
    assert keys._signed.cache_info().maxsize == LATELY


FEED_KEY = new_signing_key("mentoring-")
WITH_FEEDS = Verifier(public_keys(KEY), "referrals", public_keys(FEED_KEY))


def test_a_workers_token_opens_the_feed_of_the_one_service_that_it_is_for():
    reader = WITH_FEEDS.actor(feed_token(FEED_KEY, "mentoring", "referrals", NOW), NOW)

    assert (reader.role, reader.scopes) == (Role.INTEGRATOR, {"events:read", OF_A_SERVICE})
    with pytest.raises(Unauthenticated):
        WITH_FEEDS.actor(feed_token(FEED_KEY, "mentoring", "registry", NOW), NOW)
    with pytest.raises(Unauthenticated):
        WITH_FEEDS.actor(feed_token(FEED_KEY, "mentoring", "referrals", NOW), NOW + timedelta(minutes=2))
    with pytest.raises(Unauthenticated):
        VERIFIER.actor(feed_token(FEED_KEY, "mentoring", "referrals", NOW), NOW)


@pytest.mark.parametrize("kid", [None, "that of the other"])
def test_whatever_a_workers_key_signs_it_speaks_for_no_person(kid):
    """Stolen from one service, it must not make its thief a coordinator of another."""
    header = {"kid": json.loads(KEY)["kid"]} if kid else {}
    token = signed(
        FEED_KEY, header, role="coordinator", partner_id=str(new_id()), scope="figures:read import"
    )

    if kid:
        with pytest.raises(Unauthenticated):
            WITH_FEEDS.actor(token, NOW)
    else:
        reader = WITH_FEEDS.actor(token, NOW)
        assert (reader.role, reader.partner_id) == (Role.INTEGRATOR, None)
        assert reader.scopes == {"events:read", OF_A_SERVICE}


def test_people_are_known_beside_the_workers():
    assert WITH_FEEDS.actor(Issuer(KEY).issue(ACTOR, NOW, timedelta(minutes=5)), NOW) == ACTOR
