"""Machine clients as an administrator keeps them: scopes and owners, secrets shown once, keys, rotation, revoking."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from joserfc import jwk
from sqlalchemy import text

from services.registry.domain.clients import scopes_fault
from shared.actor import SCOPES
from shared.secrets import hash_of
from tests.audit import last, records

FEED = {"name": "The data platform", "scopes": ["events:read"]}


def an_ed25519_key(**members):
    return jwk.OKPKey.generate_key("Ed25519", private=True).as_dict(private=False) | members


def a_p256_key():
    return jwk.ECKey.generate_key("P-256", private=True).as_dict(private=False)


@pytest.fixture
def administrator(programme):
    return programme.administrator


@pytest.fixture
def client(administrator):
    return administrator.post("/registry/clients", FEED).json


@pytest.fixture
def place(client):
    return f"/registry/clients/{client['id']}"


def stored(world):
    """Everything that the registry keeps, as text."""
    with world.programme.registry.database.engine.connect() as connection:
        names = (
            "client",
            "client_secret",
            "client_key",
            "stored_answer",
            "audit_record",
            "outbox",
            "history",
        )
        return {name: str(connection.execute(text(f"select * from {name}")).all()) for name in names}


# The owner and the scopes.


@pytest.mark.parametrize(
    ("owner", "fitting"),
    [
        ("programme", {"directory:read", "directory:write", "events:read", "figures:read"}),
        ("partner_id", {"directory:read", "figures:read", "import"}),
        ("organisation_id", {"directory:read", "directory:write", "referrals:read", "referrals:answer"}),
    ],
)
def test_which_scopes_fit_which_owner(owner, fitting):
    whose = {"organisation_id": None, "partner_id": None} | ({owner: uuid4()} if owner != "programme" else {})

    alone = {
        scope
        for scope in SCOPES
        if scopes_fault({scope, "referrals:read"} & fitting | {scope}, **whose) is None
    }

    assert alone == fitting
    assert scopes_fault(fitting, **whose) is None


def test_to_answer_is_not_given_without_to_see():
    fault = scopes_fault({"referrals:answer"}, organisation_id=uuid4(), partner_id=None)

    assert fault == "referrals:answer goes with referrals:read."


@pytest.mark.parametrize(
    ("owner", "scopes"),
    [
        ({}, ["referrals:read"]),
        ({}, ["import"]),
        ({"organisation_id": str(uuid4())}, ["events:read"]),
        ({"organisation_id": str(uuid4())}, ["import"]),
        ({"organisation_id": str(uuid4())}, ["referrals:answer"]),
        ({}, ["events:read", "everything"]),
        ({}, ["events:read", "events:read"]),
        ({}, "events:read"),
        ({}, []),
    ],
)
def test_scopes_that_do_not_fit_are_refused_on_their_field(administrator, owner, scopes):
    answer = administrator.post("/registry/clients", {"name": "X", "scopes": scopes, **owner}, expect=422)

    assert all(pointer.startswith("/scopes") for pointer in answer.problem_on())


def test_a_client_speaks_for_one_and_for_a_partner_that_there_is(administrator, programme):
    both = {"partner_id": str(programme.partner_id), "organisation_id": str(uuid4())}
    told = {"name": "X", "scopes": ["directory:read"]}

    two = administrator.post("/registry/clients", told | both, expect=422)
    unknown = administrator.post("/registry/clients", told | {"partner_id": str(uuid4())}, expect=422)

    assert set(two.problem_on()) == {"/partner_id", "/organisation_id"}
    assert unknown.problem_on() == ["/partner_id"]


def test_only_an_administrator_keeps_clients(programme, place):
    for who in (programme.coordinator, programme.ambassador, programme.care_worker, programme.mentor):
        who.get("/registry/clients", expect=403)
        who.post("/registry/clients", FEED, expect=403)
        who.get(place, expect=404)
        who.post(f"{place}/add_secret", expect=404, If_Match="*")
        who.post(f"{place}/revoke", expect=404, If_Match="*")


# Registered, read, listed, changed, revoked.


def test_a_client_is_registered_and_its_secret_is_shown_once(administrator, client, place):
    assert len(client["secret"]) >= 43
    (secret,) = client["secrets"]
    assert secret.keys() == {"id", "added_on", "last_used_on", "retired_on"}

    again = administrator.get(place).json

    assert "secret" not in again
    assert again == {name: value for name, value in client.items() if name != "secret"}
    assert client["secret"] not in administrator.get("/registry/clients").text


def test_registering_twice_with_the_same_key_makes_two_for_no_answer_is_kept(administrator):
    """What is shown once cannot be given again: an Idempotency-Key does nothing here."""
    first = administrator.post("/registry/clients", FEED, Idempotency_Key="k").json
    second = administrator.post("/registry/clients", FEED, Idempotency_Key="k").json

    assert first["secret"] != second["secret"]


def test_a_secret_stands_nowhere_but_in_its_answer(administrator, client, place, world, capfd):
    added = administrator.act(f"{place}/add_secret").json
    administrator.act(f"{place}/revoke")

    kept = stored(world)
    said = "".join(capfd.readouterr())

    for secret in (client["secret"], added["secret"]):
        assert hash_of(secret) in kept["client_secret"]
        assert all(secret not in rows for rows in kept.values())
        assert secret not in json.dumps(world.told("registry"))
        assert secret not in said


def test_what_is_told_of_a_client_is_its_id(administrator, client, place, world):
    administrator.act(f"{place}/revoke")

    told = [event for event in world.told("registry") if ".client." in event["type"]]

    assert [event["type"] for event in told] == ["org.sbs.client.registered.v1", "org.sbs.client.revoked.v1"]
    day = world.clock.today().isoformat()
    assert [event["data"] for event in told] == [
        {"client_id": client["id"], "state": state, "on": day} for state in ("active", "revoked")
    ]


def test_clients_are_listed_by_name_state_and_owner(administrator, programme):
    own = {"name": "Import", "scopes": ["import"], "partner_id": str(programme.partner_id)}
    administrator.post("/registry/clients", FEED)
    importing = administrator.post("/registry/clients", own).json["id"]
    administrator.act(f"/registry/clients/{importing}/revoke")

    def names(query=""):
        return [one["name"] for one in administrator.get(f"/registry/clients{query}").json["items"]]

    assert names() == ["Import", "The data platform"]
    assert names("?state=active") == ["The data platform"]
    assert names(f"?partner_id={programme.partner_id}") == ["Import"]
    assert names(f"?organisation_id={uuid4()}") == []


def test_name_and_scopes_are_changed_with_the_version_that_was_read(administrator, client, place):
    etag = administrator.get(place).etag
    changed = {"name": "New name", "scopes": ["figures:read", "directory:read"]}

    administrator.send("PATCH", place, body=changed, expect=428)
    after = administrator.patch(place, changed).json
    administrator.send("PATCH", place, body=changed, headers={"If-Match": etag}, expect=412)

    assert (after["name"], after["scopes"]) == ("New name", ["directory:read", "figures:read"])


@pytest.mark.parametrize("body", [{"scopes": ["import"]}, {"partner_id": str(uuid4())}, {"state": "revoked"}])
def test_a_change_that_does_not_fit_is_refused(administrator, place, body):
    administrator.patch(place, body, expect=422)


def test_a_revoked_client_stays_as_it_is(administrator, client, place):
    secret = client["secrets"][0]["id"]
    keyed = administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key()}).json
    revoked = administrator.act(f"{place}/revoke").json

    assert (revoked["state"], revoked["available_actions"]) == ("revoked", [])
    assert revoked["revoked_on"] is not None
    for way in ("revoke", "add_secret", f"secrets/{secret}/retire", f"keys/{keyed['keys'][0]['id']}/retire"):
        administrator.post(f"{place}/{way}", expect=409, If_Match="*")
    administrator.post(f"{place}/add_key", {"jwk": an_ed25519_key()}, expect=409, If_Match="*")
    administrator.patch(place, {"name": "Back"}, expect=409)


def test_its_history_says_who_revoked_it(administrator, client, place):
    administrator.act(f"{place}/revoke")

    (step,) = administrator.get(f"{place}/history").json["items"]

    assert (step["action"], step["actor_id"]) == ("revoke", str(administrator.actor.id))


def test_all_that_is_done_with_a_client_is_on_record(administrator, client, place, world):
    registered = last(world)
    administrator.act(f"{place}/add_secret")

    done = [record for record in records(world) if record.operation in ("register_client", "add_secret")]
    assert registered.operation == "register_client"
    assert {(record.object_kind, str(record.object_id)) for record in done} == {("client", client["id"])}
    assert {record.actor_id for record in done} == {administrator.actor.id}


# Secrets are replaced, two at a time.


def test_a_second_secret_is_given_beside_the_first_and_a_third_is_not(administrator, client, place):
    second = administrator.act(f"{place}/add_secret").json

    third = administrator.act(f"{place}/add_secret", expect=409)

    assert second["secret"] != client["secret"]
    assert [one["retired_on"] for one in second["secrets"]] == [None, None]
    assert "two valid secrets" in third.text


def test_of_two_who_add_the_second_at_the_same_moment_one_does(administrator, place):
    def add(_):
        return administrator.send("POST", f"{place}/add_secret", body={}, headers={"If-Match": "*"}).status

    with ThreadPoolExecutor(2) as at_once:
        statuses = sorted(at_once.map(add, range(2)))

    assert statuses == [200, 409]
    assert len(administrator.get(place).json["secrets"]) == 2


def test_after_one_is_retired_there_is_room_again(administrator, client, place):
    administrator.act(f"{place}/add_secret")
    old = client["secrets"][0]["id"]
    etag = administrator.get(place).etag

    retired = administrator.post(f"{place}/secrets/{old}/retire", expect=200, If_Match=etag).json

    assert [one["retired_on"] is not None for one in retired["secrets"]] == [True, False]
    administrator.act(f"{place}/add_secret")


def test_a_secret_is_retired_once_and_none_that_is_anothers(administrator, client, place):
    other = administrator.post("/registry/clients", FEED).json["secrets"][0]["id"]
    retire = f"{place}/secrets/{client['secrets'][0]['id']}/retire"

    administrator.post(retire, expect=428)
    administrator.post(retire, expect=412, If_Match='"999"')
    administrator.post(retire, {"why": "x"}, expect=422, If_Match="*")
    administrator.post(retire, expect=200, If_Match="*")
    administrator.post(retire, expect=409, If_Match="*")
    administrator.post(f"{place}/secrets/{other}/retire", expect=404, If_Match="*")
    administrator.post(f"{place}/secrets/{uuid4()}/retire", expect=404, If_Match="*")


def test_a_secret_is_added_to_the_version_that_was_read(administrator, place):
    administrator.post(f"{place}/add_secret", expect=428)
    administrator.post(f"{place}/add_secret", expect=412, If_Match='"999"')
    administrator.post(f"{place}/add_secret", {"secret": "mine"}, expect=422, If_Match="*")

    assert len(administrator.get(place).json["secrets"]) == 1


# Public keys.


@pytest.mark.parametrize("make", [an_ed25519_key, a_p256_key])
def test_a_client_with_a_public_key_gets_no_secret(administrator, make):
    key = make()

    client = administrator.post("/registry/clients", FEED | {"jwk": key}).json

    assert "secret" not in client
    assert client["secrets"] == []
    (kept,) = client["keys"]
    thumbprint = jwk.import_key(key).thumbprint()
    assert kept["kid"] == thumbprint
    assert kept["jwk"] == key | {"kid": thumbprint}


def test_of_a_key_only_the_public_numbers_are_kept(administrator):
    key = an_ed25519_key(kid="2026-a", use="sig", alg="Ed25519", note="ours")

    (kept,) = administrator.post("/registry/clients", FEED | {"jwk": key}).json["keys"]

    assert kept["jwk"] == {name: key[name] for name in ("kty", "crv", "x", "kid")}


def test_two_keys_are_valid_at_a_time(administrator, place):
    first = administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key()}).json["keys"][0]
    administrator.act(f"{place}/add_key", {"jwk": a_p256_key()})

    administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key()}, expect=409)
    administrator.post(f"{place}/keys/{first['id']}/retire", expect=200, If_Match="*")
    administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key()})


def test_two_valid_keys_have_two_names(administrator, place):
    named = an_ed25519_key(kid="main")
    first = administrator.act(f"{place}/add_key", {"jwk": named}).json["keys"][0]

    administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key(kid="main")}, expect=409)
    administrator.post(f"{place}/keys/{first['id']}/retire", expect=200, If_Match="*")
    administrator.act(f"{place}/add_key", {"jwk": an_ed25519_key(kid="main")})


PRIVATE = jwk.OKPKey.generate_key("Ed25519", private=True).as_dict(private=True)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (PRIVATE, "private key"),
        ({"kty": "oct", "k": "c2VjcmV0"}, "Ed25519"),
        (jwk.RSAKey.generate_key(2048, private=True).as_dict(private=False), "Ed25519"),
        (jwk.ECKey.generate_key("P-384", private=True).as_dict(private=False), "P-256"),
        (jwk.OKPKey.generate_key("X25519", private=True).as_dict(private=False), "Ed25519"),
        ({"kty": "OKP", "crv": "Ed25519"}, "not the JWK"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "abc"}, "not the JWK"),
        ({"kty": "OKP", "crv": "Ed25519", "x": ["a"]}, "not the JWK"),
        ({"kty": ["OKP"], "crv": {"a": 1}}, "Ed25519"),
        ({"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}, "not the JWK"),
        (an_ed25519_key(kid=""), "kid"),
        (an_ed25519_key(kid="k" * 201), "kid"),
        (an_ed25519_key(kid="a\x00b"), "kid"),
        (an_ed25519_key(kid="een sleutel"), "kid"),
        (an_ed25519_key() | {"x": PRIVATE["x"] + "\n"}, "not the JWK"),
        ({}, "Ed25519"),
    ],
)
def test_what_is_no_public_key_that_is_taken_is_refused(administrator, place, key, said):
    added = administrator.act(f"{place}/add_key", {"jwk": key}, expect=422)
    registered = administrator.post("/registry/clients", FEED | {"jwk": key}, expect=422)

    for answer in (added, registered):
        assert answer.problem_on() == ["/jwk"]
        assert said in answer.text


def test_a_private_key_that_is_sent_is_kept_nowhere(administrator, place, world, capfd):
    administrator.post(f"{place}/add_key", {"jwk": PRIVATE}, expect=422, If_Match="*", Idempotency_Key="k")

    assert all(PRIVATE["d"] not in rows for rows in stored(world).values())
    assert PRIVATE["d"] not in "".join(capfd.readouterr())
