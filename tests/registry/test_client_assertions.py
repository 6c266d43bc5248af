"""Clients that prove themselves by what their key signed (`private_key_jwt`), and all that proves nothing."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID, uuid4

import pytest
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc import jwk
from sqlalchemy import func, select

from services.registry.models import UsedAssertion
from services.registry.use_cases.client_tokens import forget_assertions
from shared.tokens import Verifier
from tests.builders.clients import (
    BEARER,
    ENDPOINT,
    UNPROVEN,
    a_key,
    ask_token,
    b64,
    forged,
    is_refused_as,
    signed,
)


@pytest.fixture
def administrator(programme):
    return programme.administrator


@pytest.fixture
def ask(world):
    return partial(ask_token, world)


@pytest.fixture
def key():
    return a_key()


@pytest.fixture
def keyed(administrator, key):
    """A client that has a public key, and no secret."""
    told = {"name": "Keyed", "scopes": ["events:read"], "jwk": key.as_dict(private=False)}
    return administrator.post("/registry/clients", told).json


@pytest.mark.parametrize("kind", ["Ed25519", "P-256"])
def test_a_client_proves_itself_by_what_its_key_signed(ask, administrator, world, kind):
    key = a_key(kind)
    told = {"name": "Keyed", "scopes": ["events:read"], "jwk": key.as_dict(private=False)}
    client = administrator.post("/registry/clients", told).json

    answer = ask(**signed(client["id"], key, world))

    verifier = Verifier(world.programme.registry.settings.trusted_keys, "referrals")
    actor = verifier.actor(answer.json["access_token"], world.clock.now())
    assert actor.id == UUID(client["id"])
    shown = administrator.get(f"/registry/clients/{client['id']}").json
    assert shown["keys"][0]["last_used_on"] == world.clock.today().isoformat()


def test_what_another_library_signs_is_taken(ask, administrator, world):
    """authlib's `private_key_jwt`; by itself it would make them good for an hour, which is too long here."""
    key, now = a_key("P-256"), int(world.clock.now().timestamp())
    told = {"name": "Keyed", "scopes": ["events:read"], "jwk": key.as_dict(private=False)}
    client = administrator.post("/registry/clients", told).json["id"]

    def form(**claims):
        made = private_key_jwt_sign(key, client, ENDPOINT, alg="ES256", claims={"iat": now} | claims)
        return {"client_assertion_type": BEARER, "client_assertion": made}

    assert ask(**form(exp=now + 300)).status == 200
    assert ask(**form(exp=now + 3600)).json == UNPROVEN


def test_its_key_may_be_named_and_the_client_besides(ask, keyed, key, world):
    kid = keyed["keys"][0]["kid"]

    assert ask(**signed(keyed["id"], key, world, header={"kid": kid})).status == 200
    assert ask(**signed(keyed["id"], key, world, aud=[ENDPOINT]), client_id=keyed["id"]).status == 200
    assert is_refused_as(ask(**signed(keyed["id"], key, world), client_id=str(uuid4())), "invalid_request")


def test_an_assertion_is_good_once(ask, keyed, key, world):
    form = signed(keyed["id"], key, world)

    assert ask(**form).status == 200
    assert ask(**form).json == UNPROVEN
    again = signed(keyed["id"], key, world, jti="the same")
    assert ask(**again).status == 200
    assert ask(**signed(keyed["id"], key, world, jti="the same", iat=0)).json == UNPROVEN


def test_of_the_same_assertion_shown_at_the_same_moment_one_is_good(ask, keyed, key, world):
    form = signed(keyed["id"], key, world)

    with ThreadPoolExecutor(4) as at_once:
        statuses = [answer.status for answer in at_once.map(lambda _: ask(**form), range(4))]

    assert sorted(statuses) == [200, 401, 401, 401]


def test_two_clients_may_name_their_assertions_alike(ask, administrator, keyed, key, world):
    told = {"name": "Second", "scopes": ["events:read"], "jwk": key.as_dict(private=False)}
    second = administrator.post("/registry/clients", told).json

    assert ask(**signed(keyed["id"], key, world, jti="1")).status == 200
    assert ask(**signed(second["id"], key, world, jti="1")).status == 200


def test_a_refused_scope_uses_the_assertion_up(ask, keyed, key, world):
    form = signed(keyed["id"], key, world)

    assert is_refused_as(ask(**form, scope="import"), "invalid_scope")
    assert ask(**form).json == UNPROVEN


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example.org/token"},
        {"aud": "http://127.0.0.1:8000"},
        {"aud": [ENDPOINT, "https://elsewhere.example.org/token"]},
        {"aud": []},
        {"aud": {ENDPOINT: 1}},
        {"iss": "somebody else"},
        {"iss": [1]},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 501},
        {"jti": "\ud800"},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": 10**11},
        {"iat": 10**11},
    ],
    ids=str,
)
def test_an_assertion_that_is_not_made_for_us_proves_nothing(ask, keyed, key, world, changed):
    assert ask(**signed(keyed["id"], key, world, **changed)).json == UNPROVEN


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "jti"])
def test_an_assertion_says_all_that_it_must(ask, keyed, key, world, claim):
    assert ask(**signed(keyed["id"], key, world, **{claim: None})).json == UNPROVEN


@pytest.mark.parametrize(
    ("seconds", "good"), [(-60, False), (-20, True), (299, True), (329, True), (360, False), (86400, False)]
)
def test_an_assertion_is_good_for_five_minutes_at_most_by_clocks_that_differ_a_little(
    ask, keyed, key, world, seconds, good
):
    exp = int(world.clock.now().timestamp()) + seconds

    assert (ask(**signed(keyed["id"], key, world, exp=exp)).status == 200) is good


def test_a_signature_of_another_key_proves_nothing(ask, keyed, key, world):
    kid = keyed["keys"][0]["kid"]

    assert ask(**signed(keyed["id"], a_key(), world)).json == UNPROVEN
    assert ask(**signed(keyed["id"], a_key(), world, header={"kid": kid})).json == UNPROVEN
    assert ask(**signed(keyed["id"], a_key("P-256"), world)).json == UNPROVEN


@pytest.mark.parametrize("kid", ["another", 7, {"a": 1}, ""])
def test_a_key_that_the_client_does_not_have_is_not_named(ask, keyed, key, world, kid):
    assert ask(**forged(keyed["id"], key, world, {"alg": "Ed25519", "kid": kid})).json == UNPROVEN


def test_a_key_of_another_client_proves_nothing(ask, administrator, keyed, world):
    other = a_key()
    told = {"name": "Other", "scopes": ["events:read"], "jwk": other.as_dict(private=False)}
    administrator.post("/registry/clients", told)

    assert ask(**signed(keyed["id"], other, world)).json == UNPROVEN


def test_the_forger_of_the_next_tests_can_make_a_right_one(ask, keyed, key, world):
    assert ask(**forged(keyed["id"], key, world, {"alg": "Ed25519"})).status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "EdDSA"},
        {"alg": "ES256"},
        {"alg": "RS256"},
        {"alg": ["Ed25519"]},
        {},
        {"alg": "Ed25519", "crit": ["b64"], "b64": False},
        {"alg": "Ed25519", "crit": ["exp"]},
    ],
    ids=str,
)
def test_only_the_algorithm_of_the_key_is_taken(ask, keyed, key, world, header):
    assert ask(**forged(keyed["id"], key, world, header)).json == UNPROVEN


def test_an_unsigned_assertion_proves_nothing(ask, keyed, key, world):
    _, payload, _ = signed(keyed["id"], key, world)["client_assertion"].split(".")
    header = b64(b'{"alg":"none"}')

    answer = ask(client_assertion_type=BEARER, client_assertion=f"{header}.{payload}.")

    assert answer.json == UNPROVEN


@pytest.mark.parametrize("secret_of", ["x", "jwk"])
def test_the_public_key_as_a_shared_secret_proves_nothing(ask, keyed, key, world, secret_of):
    """The public key is no secret: with HS256 anybody could sign by it."""
    public = key.as_dict(private=False)
    shared = base64.urlsafe_b64decode(public["x"] + "=") if secret_of == "x" else json.dumps(public).encode()

    assert ask(**signed(keyed["id"], jwk.OctKey.import_key(shared), world)).json == UNPROVEN


def test_a_key_in_the_header_is_not_believed(ask, keyed, world):
    own = a_key()

    assert ask(**signed(keyed["id"], own, world, header={"jwk": own.as_dict(private=False)})).json == UNPROVEN


@pytest.mark.parametrize(
    "assertion",
    ["x", "a.b", "a.b.c", "....", "é.é.é", "x" * 5000, "\x00.\x00.\x00", "W10.W10.W10", "e30.bnVsbA.e30"],
    ids=lambda text: text[:10],
)
def test_what_is_no_assertion_proves_nothing(ask, assertion):
    assert ask(client_assertion_type=BEARER, client_assertion=assertion).json == UNPROVEN


def test_brackets_without_end_are_no_assertion(ask):
    """They exhaust a parser that follows each of them down."""
    deep = b64(b"[" * 2000)

    for assertion in (f"{deep}.{deep}.", f"e30.{deep}."):
        assert ask(client_assertion_type=BEARER, client_assertion=assertion[:4096]).json == UNPROVEN


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_an_assertion_of_another_type_is_a_wrong_request(ask, keyed, key, world, kind):
    form = signed(keyed["id"], key, world) | {"client_assertion_type": kind}

    assert is_refused_as(ask(**form), "invalid_request")


def test_while_a_key_is_replaced_both_are_good_named_or_not(ask, administrator, keyed, key, world):
    place, second = f"/registry/clients/{keyed['id']}", a_key()
    administrator.act(f"{place}/add_key", {"jwk": second.as_dict(private=False)})

    assert ask(**signed(keyed["id"], key, world)).status == 200
    assert ask(**signed(keyed["id"], second, world)).status == 200
    assert ask(**signed(keyed["id"], second, world, header={"kid": second.thumbprint()})).status == 200
    administrator.post(f"{place}/keys/{keyed['keys'][0]['id']}/retire", expect=200, If_Match="*")
    assert ask(**signed(keyed["id"], key, world)).json == UNPROVEN
    assert ask(**signed(keyed["id"], second, world)).status == 200


def test_a_revoked_client_proves_nothing_by_its_key(ask, administrator, keyed, key, world):
    administrator.act(f"/registry/clients/{keyed['id']}/revoke")

    assert ask(**signed(keyed["id"], key, world)).json == UNPROVEN


def test_names_of_assertions_are_kept_until_none_would_be_taken_any_more(ask, keyed, key, world):
    form = signed(keyed["id"], key, world, exp=int(world.clock.now().timestamp()) + 300)
    ask(**form)

    def kept():
        with world.work("registry") as work:
            forget_assertions(work)
            return work.session.scalar(select(func.count()).select_from(UsedAssertion))

    world.clock.advance(seconds=325)
    assert kept() == 1
    assert ask(**form).json == UNPROVEN
    world.clock.advance(seconds=10)
    assert kept() == 0
    assert ask(**form).json == UNPROVEN
