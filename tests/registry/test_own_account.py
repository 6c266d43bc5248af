"""What a person does with his own account: password, second factor, sign-ins. Another's is not there."""

import threading
from uuid import uuid4

import pyotp
import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from services.registry.api.account_fields import Email
from services.registry.models import Account, RecoveryCode
from services.registry.use_cases.own import own_attempts
from shared.actor import Actor, Role
from tests.audit import last
from tests.builders.accounts import ANOTHER, PASSWORD, an_account, sign_in_id


@pytest.fixture
def noor(world):
    return an_account(world)


@pytest.fixture
def ids(world):
    """The identifiers of the sign-ins that a caller may see."""
    return lambda caller: [one["id"] for one in caller.get("/registry/me/sign-ins").json["items"]]


def the_account(world):
    with world.work("registry") as work:
        return work.session.scalars(select(Account)).one()


# ---- who one is


def test_one_reads_who_one_is(noor):
    me = noor.sign_in().get("/registry/me").json

    assert (me["id"], me["email"], me["role"]) == (noor.id, noor.email, "evaluator")
    assert me["must_set_up_second_factor"] is False


def test_a_coordinator_is_told_that_he_must_set_up_a_second_factor(world, programme):
    partner = str(programme.partner_id)
    noor = an_account(world, "coordinator", "c@example.org", partner_id=partner)
    answer = noor.try_to_sign_in()

    assert answer.json["must_set_up_second_factor"] is True
    noor.set_up_totp()
    assert noor.sign_in().get("/registry/me").json["must_set_up_second_factor"] is False


def test_a_client_and_a_token_of_no_account_have_no_own_account(world):
    world.caller(Role.INTEGRATOR, scopes=frozenset({"import"})).get("/registry/me", expect=403)
    world.caller(Role.EVALUATOR).get("/registry/me", expect=404)
    world.anonymous().get("/registry/me", expect=401)


# ---- the password


def test_a_new_password_takes_the_old_ones_place_and_ends_the_other_sign_ins(world, noor, ids):
    other, this = noor.sign_in(), noor.sign_in()
    assert len(ids(this)) == 2

    this.post("/registry/me/password", {"old": PASSWORD, "new": ANOTHER}, expect=204)
    record = last(world)

    assert ids(this) == [sign_in_id(this)]
    assert sign_in_id(other) not in ids(other)
    assert (record.operation, record.status, str(record.object_id)) == ("change_password", 204, noor.id)
    noor.try_to_sign_in(expect=401)
    noor.try_to_sign_in(password=ANOTHER)


def test_who_does_not_know_the_old_password_changes_nothing_and_is_slowed_down(noor):
    this = noor.sign_in()

    for _ in range(3):
        refused = this.post("/registry/me/password", {"old": ANOTHER, "new": ANOTHER}, expect=422)
        assert refused.problem_on() == ["/old"]

    this.post("/registry/me/password", {"old": PASSWORD, "new": ANOTHER}, expect=429)
    noor.world.clock.advance(seconds=1)
    noor.try_to_sign_in()


@pytest.mark.parametrize("new", ["too short", "noor@example.org", "password1234"])
def test_a_new_password_keeps_the_same_rules(noor, new):
    refused = noor.sign_in().post("/registry/me/password", {"old": PASSWORD, "new": new}, expect=422)

    assert refused.problem_on() == ["/new"]
    noor.try_to_sign_in()


# ---- sign-ins


def test_one_sees_where_one_is_signed_in_and_which_is_this(noor, ids):
    first, this = noor.sign_in(), noor.sign_in()
    body = {"email": noor.email, "password": PASSWORD}
    other = {"expect": 200, "User_Agent": "Firefox/146 " + "x" * 300}
    noor.world.anonymous().post("/registry/sign-ins", body, **other)

    shown = {one["id"]: one for one in this.get("/registry/me/sign-ins").json["items"]}

    assert shown.keys() > {sign_in_id(first), sign_in_id(this)}
    assert [identity for identity, one in shown.items() if one["is_this"]] == [sign_in_id(this)]
    one = shown[sign_in_id(this)]
    assert (one["method"], one["second_factor"], one["remote_address"]) == ("password", False, "127.0.0.1")
    agents = {one["user_agent"] for one in shown.values()}
    assert agents == {None, ("Firefox/146 " + "x" * 300)[:200]}


def test_one_ends_one_of_them_or_all_others(noor, ids):
    first, second, this = noor.sign_in(), noor.sign_in(), noor.sign_in()

    this.post(f"/registry/me/sign-ins/{sign_in_id(first)}/end", expect=204)
    assert set(ids(this)) == {sign_in_id(second), sign_in_id(this)}
    this.post(f"/registry/me/sign-ins/{sign_in_id(first)}/end", expect=404)
    this.post("/registry/me/sign-ins/end_others", expect=204)
    assert ids(this) == [sign_in_id(this)]


def test_signing_out_ends_this_one_and_takes_the_cookie_away(noor, ids):
    other, this = noor.sign_in(), noor.sign_in()

    answer = this.post("/registry/sign-out", expect=204)

    assert ids(other) == [sign_in_id(other)]
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    this.post("/registry/sign-out", expect=204)


def test_anothers_sign_in_is_not_there(world, noor, ids):
    his = an_account(world, email="other@example.org").sign_in()
    this = noor.sign_in()

    this.post(f"/registry/me/sign-ins/{sign_in_id(his)}/end", expect=404)
    this.post("/registry/me/sign-ins/end_others", expect=204)

    assert ids(his) == [sign_in_id(his)]
    assert sign_in_id(his) not in ids(this)


# ---- the app that gives codes


def test_once_an_app_is_confirmed_a_code_is_asked_for_and_only_after_the_password(noor):
    noor.set_up_totp()

    asked = noor.try_to_sign_in(expect=401)
    assert asked.json["type"] == "urn:sbs:problem:second-factor-needed"
    assert asked.json["second_factors"] == ["code"]
    wrong = noor.try_to_sign_in(password=ANOTHER, expect=401)
    assert wrong.json["type"] == "urn:sbs:problem:sign-in-refused"
    assert noor.try_to_sign_in(password=ANOTHER, code=noor.code(), expect=401).text == wrong.text
    assert noor.try_to_sign_in(code="000000", expect=401).text == wrong.text
    assert noor.sign_in().get("/registry/me/sign-ins").json["items"][0]["second_factor"] is True


def test_asking_for_the_code_costs_no_wait_and_a_wrong_code_does(noor):
    noor.set_up_totp()

    for _ in range(5):
        noor.try_to_sign_in(expect=401)
    for _ in range(3):
        noor.try_to_sign_in(expect=401, code="000000")
    noor.try_to_sign_in(expect=429)
    noor.try_to_sign_in(expect=429, code=noor.totp.at(noor.world.clock.now()))


def test_who_knows_the_password_cannot_wipe_out_the_wait_of_wrong_codes(noor):
    noor.set_up_totp()
    for _ in range(3):
        noor.try_to_sign_in(expect=401, code="000000")
    noor.world.clock.advance(seconds=1)
    noor.try_to_sign_in(expect=401)

    noor.try_to_sign_in(expect=401, code="000000")
    assert noor.try_to_sign_in(expect=429).headers["Retry-After"] == "2"


def test_a_code_works_once(noor):
    noor.set_up_totp()
    code = noor.code()
    noor.try_to_sign_in(code=code)

    noor.try_to_sign_in(code=code, expect=401)


def test_of_two_who_use_a_code_at_once_one_gets_in(noor):
    noor.set_up_totp()
    code, answers = noor.code(), []

    def try_it():
        answers.append(noor.try_to_sign_in(code=code, expect=None).status)

    both = [threading.Thread(target=try_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [200, 401]


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
def test_the_clock_of_a_device_may_differ_by_one_step(noor, seconds, status):
    noor.set_up_totp()
    noor.world.clock.advance(minutes=10)
    now = int(noor.world.clock.now().timestamp()) // 30 * 30

    noor.try_to_sign_in(code=noor.totp.at(now + seconds), expect=status)


def test_the_code_that_confirmed_the_app_does_not_sign_in(noor):
    noor.set_up_totp()

    noor.try_to_sign_in(code=noor.totp.at(noor.world.clock.now()), expect=401)


def test_the_secret_of_the_app_is_sealed_and_shown_once(world, noor):
    this = noor.sign_in()
    made = this.post("/registry/me/totp", {"password": PASSWORD}, expect=200)

    assert made.json["uri"].startswith("otpauth://totp/Step%20by%20Step:noor%40example.org?")
    kept = the_account(world).totp_secret
    assert made.json["secret"] not in kept
    assert kept.startswith("gAAAA")
    this.post("/registry/me/totp/confirm", {"code": "000000"}, expect=422)
    assert this.get("/registry/me").json["second_factors"] == []
    noor.try_to_sign_in()


def test_an_app_is_set_up_by_who_shows_the_password_again(noor):
    this = noor.sign_in()

    assert this.post("/registry/me/totp", {"password": ANOTHER}, expect=422).problem_on() == ["/password"]
    this.post("/registry/me/totp", {}, expect=422)
    this.post("/registry/me/totp/confirm", {"code": "123456"}, expect=409)


def test_confirming_ends_the_other_sign_ins_and_this_one_may_go_on(noor, ids):
    noor.sign_in()
    this = noor.sign_in()
    made = this.post("/registry/me/totp", {"password": PASSWORD}, expect=200).json
    code = pyotp.TOTP(made["secret"]).at(noor.world.clock.now())

    this.post("/registry/me/totp/confirm", {"code": code}, expect=200)

    (one,) = this.get("/registry/me/sign-ins").json["items"]
    assert (one["id"], one["second_factor"]) == (sign_in_id(this), True)
    this.post("/registry/me/totp", {"password": PASSWORD}, expect=409)


def test_a_token_that_came_by_no_sign_in_changes_no_second_factor(world, noor):
    """So a token that was issued otherwise, or whose sign-in has ended, sets up nothing."""
    ended = noor.sign_in()
    ended.post("/registry/sign-out", expect=204)

    ended.post("/registry/me/totp", {"password": PASSWORD}, expect=403)
    world.caller(Role.EVALUATOR, id=the_account(world).id).post(
        "/registry/me/totp", {"password": PASSWORD}, expect=403
    )


def test_an_app_is_removed_with_its_recovery_codes(world, noor):
    noor.set_up_totp()
    other = noor.sign_in()
    this = noor.sign_in()

    this.post("/registry/me/totp/remove", {"password": ANOTHER}, expect=422)
    this.post("/registry/me/totp/remove", {"password": PASSWORD}, expect=204)

    assert [one["id"] for one in this.get("/registry/me/sign-ins").json["items"]] == [sign_in_id(this)]
    assert sign_in_id(other) != sign_in_id(this)
    noor.try_to_sign_in()
    with world.work("registry") as work:
        assert work.session.scalars(select(RecoveryCode)).all() == []
    this.post("/registry/me/totp/remove", {"password": PASSWORD}, expect=409)


# ---- recovery codes


def test_each_recovery_code_signs_in_once_however_it_is_typed(noor):
    codes = noor.set_up_totp()
    assert len(set(codes)) == 10

    noor.try_to_sign_in(code=codes[0])
    noor.try_to_sign_in(code=codes[0], expect=401)
    noor.try_to_sign_in(code=codes[1].lower().replace("-", " "))
    assert noor.sign_in().get("/registry/me").json["recovery_codes_left"] == 8


def test_anothers_recovery_code_is_none(world, noor):
    noor.set_up_totp()
    other = an_account(world, email="other@example.org")
    codes = other.set_up_totp()

    noor.try_to_sign_in(code=codes[0], expect=401)
    other.try_to_sign_in(code=codes[0])


def test_new_recovery_codes_take_the_place_of_the_old_ones(noor):
    old = noor.set_up_totp()
    this = noor.sign_in()

    new = this.post("/registry/me/recovery-codes", {"password": PASSWORD}, expect=200).json["codes"]

    assert not set(new) & set(old)
    noor.try_to_sign_in(code=old[0], expect=401)
    noor.try_to_sign_in(code=new[0])


def test_recovery_codes_are_kept_as_hashes(world, noor):
    codes = noor.set_up_totp()

    with world.work("registry") as work:
        kept = [one.code_hash for one in work.session.scalars(select(RecoveryCode))]
    assert len(kept) == 10
    assert not any(code.replace("-", "") in "".join(kept) for code in codes)


def test_without_an_app_there_are_no_recovery_codes(noor):
    noor.sign_in().post("/registry/me/recovery-codes", {"password": PASSWORD}, expect=409)


def test_nobody_who_signs_in_can_send_what_own_attempts_are_counted_by():
    with pytest.raises(ValidationError):
        Email().deserialize(own_attempts(Actor(uuid4(), Role.MENTOR)))


def test_guesses_of_the_first_code_must_wait(noor):
    this = noor.sign_in()
    this.post("/registry/me/totp", {"password": PASSWORD}, expect=200)

    answers = [this.post("/registry/me/totp/confirm", {"code": "000000"}, expect=None) for _ in range(5)]

    assert [answer.status for answer in answers] == [422, 422, 422, 429, 429]


def test_who_knows_an_email_cannot_slow_down_who_has_signed_in(noor):
    this = noor.sign_in()
    for _ in range(4):
        noor.try_to_sign_in(password=ANOTHER, expect=None)
    noor.try_to_sign_in(expect=429)

    this.post("/registry/me/password", {"old": PASSWORD, "new": ANOTHER}, expect=204)


def test_a_key_that_signed_out_one_sign_in_does_not_seem_to_sign_out_another(noor):
    first, second = noor.sign_in(), noor.sign_in()

    first.post("/registry/sign-out", expect=204, Idempotency_Key="out")
    second.post("/registry/sign-out", expect=422, Idempotency_Key="out")

    second.post("/registry/sign-out", expect=204)
