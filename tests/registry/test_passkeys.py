"""Passkeys: real registrations and real signatures, by a device in software; and every wrong answer."""

import json
import threading

import pytest
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from services.registry.models import Passkey, PasskeyChallenge
from services.registry.use_cases.forgetting import forget_what_is_over
from shared.actor import Role
from tests.audit import last
from tests.builders.accounts import ANOTHER, PASSWORD, an_account, caller_of, secret_of, sign_in_id
from tests.builders.authenticator import PRESENT, Device, a_copy, at_a_name

OPTIONS, ADD = "/registry/me/passkeys/options", "/registry/me/passkeys"
ASK, SIGN_IN = "/registry/sign-ins/passkey/options", "/registry/sign-ins/passkey"


@pytest.fixture(autouse=True)
def a_name(world):
    with at_a_name(world):
        yield


@pytest.fixture
def noor(world):
    return an_account(world)


def offered(caller, password=PASSWORD):
    return caller.post(OPTIONS, {"password": password}, expect=200).json["options"]


def add(caller, device, name="Telephone", expect=201, **changes):
    credential = device.make(offered(caller), **changes)
    return caller.post(ADD, {"name": name, "credential": credential}, expect=expect)


@pytest.fixture
def device(noor):
    """Noor's own, added to her account."""
    made = Device()
    add(noor.sign_in(), made)
    return made


def asked(world):
    return world.anonymous().post(ASK, expect=200).json["options"]


def answer_with(world, credential, expect=200):
    return world.anonymous().post(SIGN_IN, {"credential": credential}, expect=expect)


# ---- adding one


def test_a_passkey_is_asked_for_that_verifies_who_holds_it(noor, device):
    options = offered(caller_by(noor, device))

    assert options["rp"] == {"id": "localhost", "name": "Step by Step"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [bytes_to_base64url(device.credential_id)]


def caller_by(holder, device):
    world = holder.world
    return caller_of(world, answer_with(world, device.sign(asked(world))))


def test_what_is_kept_is_the_public_half(world, noor, device):
    private = device.key.private_numbers().private_value.to_bytes(32)
    with world.work("registry") as work:
        kept = work.session.scalars(select(Passkey)).one()

    assert bytes_to_base64url(private) not in repr(vars(kept))
    assert (kept.name, kept.used_at, str(kept.account_id)) == ("Telephone", None, noor.id)


def test_adding_one_ends_the_other_sign_ins_and_this_one_has_its_second_factor(noor):
    noor.sign_in()
    this = noor.sign_in()

    added = add(this, Device())

    assert this.get(added.headers["Location"]).json == added.json
    (one,) = this.get("/registry/me/sign-ins").json["items"]
    assert (one["id"], one["second_factor"]) == (sign_in_id(this), True)
    assert this.get("/registry/me").json["second_factors"] == ["passkey"]


def test_one_is_added_by_who_shows_the_password_and_the_factor_that_there_is(noor, device):
    noor.world.anonymous().post(OPTIONS, {"password": PASSWORD}, expect=401)
    by_passkey = caller_by(noor, device)
    assert by_passkey.post(OPTIONS, {"password": ANOTHER}, expect=422).problem_on() == ["/password"]

    add(by_passkey, Device(), "Key")
    assert [one["name"] for one in by_passkey.get(ADD).json["items"]] == ["Key", "Telephone"]


BAD_DEVICES = {
    "another origin": {"origin": "https://evil.example.org"},
    "another port": {"origin": "http://localhost:8001"},
    "another party": {"party": "evil.example.org"},
    "nobody verified": {"flags": PRESENT},
    "nobody there": {"flags": 0},
}


@pytest.mark.parametrize("bad", BAD_DEVICES.values(), ids=BAD_DEVICES)
def test_a_passkey_that_was_made_elsewhere_or_for_nobody_is_not_added(noor, bad):
    this = noor.sign_in()

    assert add(this, Device(**bad), expect=422).problem_on() == ["/credential"]
    assert this.get(ADD).json["items"] == []


def test_a_challenge_of_ones_own_making_is_none(noor):
    made_up = bytes_to_base64url(bytes(64))

    add(noor.sign_in(), Device(), challenge=made_up, expect=422)


def test_a_challenge_is_answered_once_also_when_the_answer_is_wrong(noor):
    this, device = noor.sign_in(), Device()
    options = offered(this)
    wrong = Device(origin="https://evil.example.org").make(options)
    this.post(ADD, {"name": "Key", "credential": wrong}, expect=422)

    this.post(ADD, {"name": "Key", "credential": device.make(options)}, expect=422)
    assert this.get(ADD).json["items"] == []


def test_a_challenge_waits_five_minutes(world, noor):
    this, device = noor.sign_in(), Device()
    options = offered(this)
    world.clock.advance(minutes=5)

    this.post(ADD, {"name": "Key", "credential": device.make(options)}, expect=422)


def test_a_challenge_is_for_who_asked_and_for_what_he_asked(world, noor):
    this = noor.sign_in()
    his = an_account(world, email="other@example.org").sign_in()
    for_him, to_sign_in = offered(his), asked(world)

    for challenge in (for_him["challenge"], to_sign_in["challenge"]):
        add(this, Device(), challenge=challenge, expect=422)


def test_one_passkey_belongs_to_one_account(world, noor, device):
    other = an_account(world, email="other@example.org").sign_in()

    add(other, a_copy(device), expect=409)


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": "x"},
        {"id": 7, "rawId": [], "type": {}, "response": 3},
        {"response": {"clientDataJSON": "!!!"}},
        {"response": {"clientDataJSON": bytes_to_base64url(b"[]")}},
        {"response": {"clientDataJSON": bytes_to_base64url(b'{"challenge": 7}')}},
        {"response": {"clientDataJSON": bytes_to_base64url(b"\xff\x00")}},
        {"response": {"clientDataJSON": None}},
    ],
    ids=lambda credential: json.dumps(credential)[:40],
)
def test_what_is_no_answer_at_all_is_refused_as_a_wrong_one(world, noor, credential):
    refused = noor.sign_in().post(ADD, {"name": "Key", "credential": credential}, expect=422)

    assert refused.problem_on() == ["/credential"]
    assert answer_with(world, credential, 401).json["type"] == "urn:sbs:problem:sign-in-refused"


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
@pytest.mark.parametrize("cut", [0, 1, 40, 100])
def test_a_broken_answer_breaks_nothing(noor, part, cut):
    this = noor.sign_in()
    credential = Device().make(offered(this))
    credential["response"][part] = credential["response"][part][:cut]

    this.post(ADD, {"name": "Key", "credential": credential}, expect=422)


# ---- signing in with one


def test_a_passkey_signs_in_alone_and_is_both_factors(world, noor, device):
    answer = answer_with(world, device.sign(asked(world)))

    assert (answer.json["id"], answer.json["must_set_up_second_factor"]) == (noor.id, False)
    (one,) = [
        one for one in caller_of(world, answer).get("/registry/me/sign-ins").json["items"] if one["is_this"]
    ]
    assert (one["method"], one["second_factor"]) == ("passkey", True)


def test_it_is_on_record_who_signed_in_with_one_and_who_was_refused(world, noor, device):
    answer_with(world, device.sign(asked(world)))
    done = last(world)
    answer_with(world, device.sign(asked(world), signature="AAAA"), expect=401)
    refused = last(world)

    assert (done.operation, done.status, str(done.actor_id)) == ("sign_in_with_passkey", 200, noor.id)
    assert (refused.status, refused.actor_id, str(refused.object_id)) == (401, None, noor.id)


@pytest.mark.parametrize("bad", BAD_DEVICES.values(), ids=BAD_DEVICES)
def test_what_was_signed_elsewhere_or_by_nobody_signs_nobody_in(world, device, bad):
    for name, value in bad.items():
        setattr(device, name, value)

    answer_with(world, device.sign(asked(world)), expect=401)


def test_whatever_is_wrong_the_words_are_the_same(world, noor, device):
    tampered = device.sign(asked(world))
    data = tampered["response"]["authenticatorData"]
    tampered["response"]["authenticatorData"] = data[:-2] + ("AA" if data[-2:] != "AA" else "BB")
    wrong_key = a_copy(device)
    wrong_key.key = Device().key
    handed = device.sign(asked(world), userHandle=bytes_to_base64url(bytes(16)))

    refused = [
        answer_with(world, tampered, 401),
        answer_with(world, wrong_key.sign(asked(world)), 401),
        answer_with(world, handed, 401),
        answer_with(world, Device().sign(asked(world)), 401),
        answer_with(world, device.sign(asked(world), challenge=bytes_to_base64url(bytes(64))), 401),
    ]

    assert {answer.text for answer in refused} == {refused[0].text}
    answer_with(world, device.sign(asked(world)))


def test_an_answer_that_was_overheard_signs_in_once(world, device):
    credential = device.sign(asked(world))
    answer_with(world, credential)

    answer_with(world, credential, expect=401)


def test_of_two_who_send_one_answer_at_once_one_gets_in(world, device):
    credential, answers = device.sign(asked(world)), []

    def try_it():
        answers.append(answer_with(world, credential, expect=None).status)

    both = [threading.Thread(target=try_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [200, 401]


def test_a_copy_of_a_device_is_found_by_its_count(world, device):
    copied = a_copy(device)
    answer_with(world, device.sign(asked(world)))
    answer_with(world, device.sign(asked(world)))

    answer_with(world, copied.sign(asked(world)), expect=401)
    answer_with(world, device.sign(asked(world)))


def test_a_device_that_does_not_count_signs_in_all_the_same(world, noor):
    uncounted = Device(steps=0)
    add(noor.sign_in(), uncounted)

    answer_with(world, uncounted.sign(asked(world)))
    answer_with(world, uncounted.sign(asked(world)))


def test_a_challenge_to_sign_in_lapses_and_is_deleted(world, device):
    options = asked(world)
    world.clock.advance(minutes=6)
    answer_with(world, device.sign(options), expect=401)

    with world.work("registry") as work:
        forget_what_is_over(work)
        assert work.session.scalars(select(PasskeyChallenge)).all() == []


def test_a_challenge_to_add_one_does_not_sign_in(world, noor, device):
    options = offered(caller_by(noor, device))

    answer_with(world, device.sign(options), expect=401)


def test_who_was_closed_signs_in_no_more(world, noor, device):
    world.caller(Role.ADMINISTRATOR).act(f"/registry/accounts/{noor.id}/close")

    answer_with(world, device.sign(asked(world)), expect=401)


# ---- beside a password


def test_with_a_passkey_the_password_alone_signs_in_no_more(noor, device):
    refused = noor.try_to_sign_in(expect=401)

    assert refused.json["type"] == "urn:sbs:problem:second-factor-needed"
    assert refused.json["second_factors"] == ["passkey"]
    noor.try_to_sign_in(code="123456", expect=401)


def test_who_lost_his_only_passkey_has_his_recovery_codes(noor, device):
    this = caller_by(noor, device)
    codes = this.post("/registry/me/recovery-codes", {"password": PASSWORD}, expect=200).json["codes"]

    noor.try_to_sign_in(code=codes[0])


def test_a_reset_that_clears_the_second_factors_takes_the_passkeys_too(world, noor, device):
    administrator = world.caller(Role.ADMINISTRATOR)
    place = f"/registry/accounts/{noor.id}/reset"
    given = administrator.post(place, {"clear_second_factors": True}, expect=200).json
    secret = secret_of(given)
    world.anonymous().post("/registry/links/use", {"secret": secret, "password": ANOTHER}, expect=204)

    answer_with(world, device.sign(asked(world)), expect=401)
    noor.try_to_sign_in(password=ANOTHER)


# ---- keeping them


def test_one_gives_a_passkey_another_name_and_removes_it(world, noor, device):
    other, this = caller_by(noor, device), caller_by(noor, device)
    (one,) = this.get(ADD).json["items"]
    assert one["used_at"] == world.clock.now().isoformat()
    place = f"{ADD}/{one['id']}"

    assert this.post(f"{place}/rename", {"name": "Old telephone"}, expect=200).json["name"] == "Old telephone"
    this.post(f"{place}/remove", {"password": ANOTHER}, expect=422)
    this.post(f"{place}/remove", {"password": PASSWORD}, expect=204)

    assert this.get(ADD).json["items"] == []
    assert [seen["id"] for seen in this.get("/registry/me/sign-ins").json["items"]] == [sign_in_id(this)]
    assert sign_in_id(other) != sign_in_id(this)
    answer_with(world, device.sign(asked(world)), expect=401)
    noor.try_to_sign_in()


def test_anothers_passkey_is_not_there(world, noor, device):
    (one,) = caller_by(noor, device).get(ADD).json["items"]
    other = an_account(world, email="other@example.org").sign_in()
    place = f"{ADD}/{one['id']}"

    other.get(place, expect=404)
    other.post(f"{place}/rename", {"name": "Mine"}, expect=404)
    other.post(f"{place}/remove", {"password": PASSWORD}, expect=404)
    assert other.get(ADD).json["items"] == []
    answer_with(world, device.sign(asked(world)))


def test_where_the_programme_is_reached_by_a_number_there_are_no_passkeys(world, noor):
    this = noor.sign_in()
    with at_a_name(world, "http://127.0.0.1:8000"):
        refused = this.post(OPTIONS, {"password": PASSWORD}, expect=409)
        world.anonymous().post(ASK, expect=409)
        world.anonymous().post(SIGN_IN, {"credential": {}}, expect=409)

    assert "SBS_ORIGIN" in refused.json["detail"]


@pytest.mark.parametrize("identity", ["\ud800", "a\x00b", "x" * 5000, 7, None, ["a"], {"a": 1}])
def test_an_id_of_a_passkey_that_is_none_signs_nobody_in(world, noor, device, identity):
    credential = device.sign(asked(world)) | {"id": identity}

    answer_with(world, credential, expect=401)
