"""The token endpoint: OAuth 2.0 client credentials, and every way to be refused."""

import json
from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from shared.http.openapi_forms import FORM
from shared.tokens import Verifier
from tests.audit import last, newest, records
from tests.builders.clients import (
    BEARER,
    ENDPOINT,
    TOKEN,
    UNPROVEN,
    a_key,
    ask_token,
    by_form,
    is_refused_as,
    signed,
)
from tests.statements import heard


@pytest.fixture
def administrator(programme):
    return programme.administrator


@pytest.fixture
def client(administrator):
    told = {"name": "The data platform", "scopes": ["events:read", "figures:read"]}
    return administrator.post("/registry/clients", told).json


@pytest.fixture
def place(client):
    return f"/registry/clients/{client['id']}"


@pytest.fixture
def ask(world):
    return partial(ask_token, world)


def actor_of(world, answer, service="referrals"):
    verifier = Verifier(world.programme.registry.settings.trusted_keys, service)
    return verifier.actor(answer.json["access_token"], world.clock.now())


# A right request.


def test_a_client_gets_a_token_that_every_service_takes(ask, client, world):
    answer = ask(**by_form(client))

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name: answer.json[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "events:read figures:read",
    }
    for service in ("registry", "referrals", "mentoring"):
        actor = actor_of(world, answer, service)
        assert (str(actor.id), actor.role) == (client["id"], "integrator")
        assert actor.scopes == {"events:read", "figures:read"}


def test_the_header_does_as_well_as_the_form(ask, client):
    assert ask(basic=(client["id"], client["secret"])).status == 200
    assert ask(basic=(client["id"], client["secret"]), client_id=client["id"]).status == 200


def test_unknown_and_empty_parameters_are_passed_over(ask, client):
    assert ask(**by_form(client, resource="x", scope="")).json["scope"] == "events:read figures:read"


def test_a_token_ends_after_five_minutes(ask, client, world):
    bearer = {"Authorization": f"Bearer {ask(**by_form(client)).json['access_token']}"}
    world.clock.advance(minutes=4)
    world.anonymous().send("GET", "/referrals/events", headers=bearer, expect=200)

    world.clock.advance(minutes=2)

    world.anonymous().send("GET", "/referrals/events", headers=bearer, expect=401)


def test_the_token_says_for_whom_the_client_speaks(ask, administrator, programme, world):
    of_a_partner = {"name": "P", "scopes": ["import"], "partner_id": str(programme.partner_id)}
    scopes = ["referrals:read", "referrals:answer"]
    of_an_organisation = {"name": "O", "scopes": scopes, "organisation_id": str(programme.organisation_id)}

    first = actor_of(world, ask(**by_form(administrator.post("/registry/clients", of_a_partner).json)))
    second = actor_of(world, ask(**by_form(administrator.post("/registry/clients", of_an_organisation).json)))

    assert (first.partner_id, first.organisation_id) == (programme.partner_id, None)
    assert (second.partner_id, second.organisation_id) == (None, programme.organisation_id)


def test_with_its_token_a_client_of_an_organisation_answers_its_referrals(
    ask, administrator, programme, world
):
    place = programme.a_referral("requested")
    told = {
        "name": "O",
        "scopes": ["referrals:read", "referrals:answer"],
        "organisation_id": str(programme.organisation_id),
    }
    client = administrator.post("/registry/clients", told).json
    bearer = {"Authorization": f"Bearer {ask(**by_form(client)).json['access_token']}", "If-Match": "*"}

    world.anonymous().send("POST", f"{place}/accept", body={}, headers=bearer, expect=200)

    (step,) = [
        s for s in programme.coordinator.get(f"{place}/history").json["items"] if s["action"] == "accept"
    ]
    assert (step["actor_id"], step["actor_role"]) == (client["id"], "integrator")


def test_what_there_is_to_know_is_told_to_all(world):
    told = world.anonymous().get("/registry/.well-known/oauth-authorization-server").json

    assert told["token_endpoint"] == ENDPOINT
    assert told["grant_types_supported"] == ["client_credentials"]
    assert told["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic", "client_secret_post", "private_key_jwt",
    ]  # fmt: skip
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["ES256", "Ed25519"]


# The scopes.


def test_a_client_may_ask_for_less(ask, client, world):
    answer = ask(**by_form(client, scope="figures:read"))

    assert answer.json["scope"] == "figures:read"
    assert actor_of(world, answer).scopes == {"figures:read"}


@pytest.mark.parametrize("scope", ["import", "events:read import", "referrals:read", "everything", "a\x00b"])
def test_it_is_not_given_what_it_does_not_have(ask, client, scope):
    assert is_refused_as(ask(**by_form(client, scope=scope)), "invalid_scope")


def test_it_is_not_given_to_answer_without_to_see(ask, administrator):
    told = {"name": "O", "scopes": ["referrals:read", "referrals:answer"], "organisation_id": str(uuid4())}
    client = administrator.post("/registry/clients", told).json

    assert is_refused_as(ask(**by_form(client, scope="referrals:answer")), "invalid_scope")
    assert ask(**by_form(client, scope="referrals:read")).status == 200


def test_scopes_that_were_taken_from_it_are_in_no_new_token(ask, administrator, client, place):
    administrator.patch(place, {"scopes": ["figures:read"]})

    assert ask(**by_form(client)).json["scope"] == "figures:read"
    assert is_refused_as(ask(**by_form(client, scope="events:read")), "invalid_scope")


# Refused.


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": str(uuid4())}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": "a\x00b", "client_secret": "\x00"}, "invalid_client"),
        ({"client_assertion": "x.y.z", "client_assertion_type": BEARER}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused_as_the_standard_says(ask, client, form, error):
    assert is_refused_as(ask(**by_form(client, **form)), error)


def test_a_client_proves_itself_in_one_way_at_a_time(ask, client):
    right = (client["id"], client["secret"])

    assert is_refused_as(ask(basic=right, **by_form(client)), "invalid_request")
    assert is_refused_as(
        ask(basic=right, client_assertion="x.y.z", client_assertion_type=BEARER), "invalid_request"
    )
    assert is_refused_as(ask(basic=right, client_id=str(uuid4())), "invalid_request")
    assert is_refused_as(ask(), "invalid_client")


def test_a_parameter_that_comes_twice_is_refused(ask, client):
    raw = urlencode({"grant_type": "client_credentials"} | by_form(client)) + "&grant_type=client_credentials"

    assert is_refused_as(ask(raw=raw.encode()), "invalid_request")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", None])
def test_what_is_no_form_is_refused(ask, client, content_type):
    answer = ask(raw=json.dumps(by_form(client)).encode(), content_type=content_type)

    assert is_refused_as(answer, "invalid_request")


def test_nothing_of_it_stands_in_the_url(world, client):
    """A secret in a URL would stand in every log on the way."""
    world.anonymous().send(
        "POST", f"{TOKEN}?{urlencode(by_form(client))}", raw=b"", content_type=FORM, expect=422
    )
    world.anonymous().send("GET", TOKEN, expect=405)


@pytest.mark.parametrize(
    "header", ["Bearer x", "Basic", "Basic !!!", "Basic eA==", "Basic //79", "Digest x", ""]
)
def test_another_header_proves_nothing(world, header):
    answer = world.anonymous().send(
        "POST",
        TOKEN,
        raw=b"grant_type=client_credentials",
        content_type=FORM,
        headers={"Authorization": header},
    )

    assert is_refused_as(answer, "invalid_client")


def test_a_request_that_is_too_large_is_refused(ask, client):
    assert ask(**by_form(client, scope="x" * 300_000)).status == 413


# Secrets replaced and retired.


def test_while_a_secret_is_replaced_both_are_good(ask, administrator, client, place):
    second = administrator.act(f"{place}/add_secret").json["secret"]

    assert ask(**by_form(client)).status == 200
    assert ask(**by_form(client, client_secret=second)).status == 200
    administrator.post(f"{place}/secrets/{client['secrets'][0]['id']}/retire", expect=200, If_Match="*")
    assert ask(**by_form(client)).json == UNPROVEN
    assert ask(**by_form(client, client_secret=second)).status == 200


def test_a_secret_of_another_client_proves_nothing(ask, administrator, client):
    other = administrator.post("/registry/clients", {"name": "Other", "scopes": ["events:read"]}).json

    assert ask(client_id=client["id"], client_secret=other["secret"]).json == UNPROVEN


def test_the_hash_that_is_kept_is_no_secret(ask, client, world):
    with world.programme.registry.database.engine.connect() as connection:
        (kept,) = connection.exec_driver_sql("select secret_hash from client_secret").one()

    assert ask(**by_form(client, client_secret=kept)).json == UNPROVEN


def test_a_revoked_client_gets_no_token_and_the_old_one_ends(ask, administrator, client, place, world):
    bearer = {"Authorization": f"Bearer {ask(**by_form(client)).json['access_token']}"}
    administrator.act(f"{place}/revoke")

    assert ask(**by_form(client)).json == UNPROVEN
    world.clock.advance(minutes=6)
    world.anonymous().send("GET", "/referrals/events", headers=bearer, expect=401)


def test_the_day_of_the_last_use_is_shown_and_does_not_change_the_version(
    ask, administrator, client, place, world
):
    etag = administrator.get(place).etag
    assert client["secrets"][0]["last_used_on"] is None
    ask(**by_form(client, client_secret="wrong"))
    assert administrator.get(place).json["secrets"][0]["last_used_on"] is None

    ask(**by_form(client))

    shown = administrator.get(place)
    assert shown.json["secrets"][0]["last_used_on"] == world.clock.today().isoformat()
    assert shown.etag == etag


# Guessing.


def test_an_unknown_client_and_a_wrong_secret_get_the_same_answer_after_the_same_statements(
    ask, administrator, client, place, world
):
    keyed = a_key()
    administrator.act(f"{place}/add_key", {"jwk": keyed.as_dict(private=False)})
    revoked = administrator.post("/registry/clients", {"name": "R", "scopes": ["events:read"]}).json
    administrator.act(f"/registry/clients/{revoked['id']}/revoke")
    unknown = {"id": str(uuid4()), "secret": "x"}

    def told(**form):
        with heard(world.programme.registry.database.engine) as said:
            answer = ask(**form)
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        return answer.status, answer.text, headers, [one.sql for one in said]

    wrong = told(**by_form(client, client_secret="wrong"))
    assert wrong[:2] == (401, json.dumps(UNPROVEN))
    assert told(**by_form(unknown)) == wrong
    assert told(**by_form(revoked)) == wrong
    stranger = a_key()
    by_key = told(**signed(client["id"], stranger, world))
    assert by_key[:2] == wrong[:2]
    assert told(**signed(unknown["id"], stranger, world)) == by_key


def test_guesses_are_slowed_and_a_right_secret_is_taken_all_the_same(ask, client):
    wrong = [ask(**by_form(client, client_secret=f"guess {nth}")).status for nth in range(12)]

    assert wrong == [401] * 10 + [429] * 2
    assert ask(**by_form(client)).status == 200
    assert ask(**by_form(client, client_secret="one more")).status == 429


def test_a_client_that_there_is_not_is_slowed_as_one_that_there_is(ask):
    nobody = str(uuid4())
    spellings = (nobody, nobody.upper(), nobody.replace("-", ""))

    answers = [ask(client_id=spellings[nth % 3], client_secret="x").status for nth in range(12)]

    assert answers == [401] * 10 + [429] * 2


def test_guesses_at_one_client_do_not_slow_those_at_another(ask, client):
    for nth in range(12):
        ask(client_id=str(uuid4()), client_secret=str(nth))

    assert ask(**by_form(client, client_secret="wrong")).status == 401


def test_after_a_minute_he_may_try_again(ask, client, world):
    for nth in range(12):
        last_answer = ask(**by_form(client, client_secret=str(nth)))
    assert int(last_answer.headers["Retry-After"]) <= 60

    world.clock.advance(minutes=1)

    assert ask(**by_form(client, client_secret="wrong")).status == 401


# On record.


def test_a_token_that_is_given_is_on_record_with_the_client(ask, client, world):
    ask(**by_form(client))

    record = last(world)
    assert (record.operation, record.status, record.action) == ("give_token", 200, "execute")
    assert (str(record.actor_id), record.actor_role) == (client["id"], "integrator")
    assert (record.object_kind, str(record.object_id)) == ("client", client["id"])


@pytest.mark.parametrize(
    ("changed", "reason", "status", "known"),
    [
        ({"client_secret": "wrong"}, "invalid_client", 401, False),
        ({"scope": "import"}, "invalid_scope", 400, True),
    ],
)
def test_a_refusal_is_on_record_with_the_client_that_it_is_about(
    ask, client, world, changed, reason, status, known
):
    ask(**by_form(client, **changed))

    record = last(world)
    assert (record.operation, record.reason, record.status) == ("give_token", reason, status)
    assert (record.object_kind, str(record.object_id)) == ("client", client["id"])
    assert record.actor_id == (record.object_id if known else None)


def test_a_refusal_of_nobody_is_on_record_without_a_client(ask, world):
    ask(client_id=str(uuid4()), client_secret="x")

    record = last(world)
    assert (record.object_kind, record.object_id, record.actor_id) == ("client", None, None)


def test_guesses_beyond_the_limit_do_not_fill_the_record(ask, client, world):
    before = newest(world)
    for nth in range(15):
        ask(**by_form(client, client_secret=str(nth)))

    assert len(records(world, after=before)) == 10


def test_no_secret_assertion_or_token_stands_in_a_log_or_in_a_table(
    ask, administrator, client, place, world, capfd
):
    key = a_key()
    administrator.act(f"{place}/add_key", {"jwk": key.as_dict(private=False)})
    form = signed(client["id"], key, world, jti="Kanarie")
    tokens = [ask(**by_form(client)).json["access_token"], ask(**form).json["access_token"]]
    ask(**by_form(client, client_secret="Kanarie", scope="Kanarie"))
    ask(**by_form(client, scope="Kanarie"))
    ask(basic=(client["id"], "Kanarie"))
    ask(**form)

    said = "".join(capfd.readouterr())
    kept = ""
    with world.programme.registry.database.engine.connect() as connection:
        for table in (
            "client",
            "client_secret",
            "client_key",
            "used_assertion",
            "audit_record",
            "stored_answer",
            "outbox",
        ):
            kept += str(connection.exec_driver_sql(f"select * from {table}").all())

    for secret in (client["secret"], form["client_assertion"], "Kanarie", *tokens):
        assert secret not in said
        assert secret not in kept
