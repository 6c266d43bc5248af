"""Signing in with a password: who gets in, what a guesser learns (nothing), and how long he waits."""

import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from services.registry.domain.backoff import LONGEST, wait_after
from services.registry.models import Account, SignIn, SignInAttempts
from services.registry.use_cases import passwords
from services.registry.use_cases.forgetting import forget_what_is_over
from services.registry.use_cases.sign_ins import may_go_on, sign_in_of
from shared.actor import Role
from shared.secrets import hash_of
from tests.audit import last
from tests.builders.accounts import PASSWORD, an_account, cookie_in, invite

WRONG = "not what it is at all"


@pytest.fixture
def noor(world):
    return an_account(world)


def rows(world, model):
    with world.work("registry") as work:
        return list(work.session.scalars(select(model)))


def the_account(world, holder):
    return next(one for one in rows(world, Account) if str(one.id) == holder.id)


def test_who_signs_in_is_told_who_he_is_and_gets_a_cookie_that_no_script_reads(world, noor):
    answer = noor.try_to_sign_in()

    assert answer.json == {
        "id": noor.id,
        "email": "noor@example.org",
        "name": "Noor de Wit",
        "role": "evaluator",
        "ambassador_id": None,
        "organisation_id": None,
        "mentor_id": None,
        "partner_id": None,
        "second_factors": [],
        "recovery_codes_left": 0,
        "language": None,
        "must_set_up_second_factor": False,
    }
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_database_keeps_the_hash_of_the_cookies_secret_and_never_the_secret(world, noor):
    secret = cookie_in(noor.try_to_sign_in(), world.programme.registry.settings.origin)

    (sign_in,) = rows(world, SignIn)
    assert sign_in.secret_hash == hash_of(secret)
    assert secret not in repr(vars(sign_in))
    with world.work("registry") as work:
        found = sign_in_of(work.session, secret, work.now, work.settings)
        assert found is not None
        assert str(found[1].id) == noor.id
        assert sign_in_of(work.session, sign_in.secret_hash, work.now, work.settings) is None


def test_a_password_is_kept_with_argon2id(world, noor):
    kept = the_account(world, noor).password_hash

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


def test_a_hash_of_other_parameters_is_made_anew_at_signing_in(world, noor):
    old = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    identity = the_account(world, noor).id
    with world.work("registry") as work:
        work.session.get_one(Account, identity).password_hash = old

    noor.try_to_sign_in()

    kept = the_account(world, noor).password_hash
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    noor.try_to_sign_in()
    assert the_account(world, noor).password_hash == kept


def test_an_email_is_the_same_in_capitals_and_a_password_is_not(world, noor):
    noor.try_to_sign_in(email="Noor@Example.ORG ")
    noor.try_to_sign_in(password=PASSWORD.upper(), expect=401)
    noor.try_to_sign_in(password=f" {PASSWORD}", expect=401)


def test_a_password_is_the_same_however_a_keyboard_composes_it(world):
    composed = "caf\u00e9 de \ufb01ets van Noor"
    apart = "cafe\u0301 de fiets van Noor"
    noor = an_account(world, password=composed)

    noor.try_to_sign_in(password=apart)


# ---- what a guesser learns


def strangers(world):
    """Emails that nobody signs in with, each for another reason."""
    administrator = world.caller(Role.ADMINISTRATOR)
    an_account(world, email="closed@example.org")
    invite(administrator, "invited@example.org")
    closed = next(
        one for one in administrator.get("/registry/accounts").json["items"] if "closed" in one["email"]
    )
    administrator.act(f"/registry/accounts/{closed['id']}/close")
    return ["closed@example.org", "invited@example.org", "nobody@example.org", "no email at all"]


def test_whatever_is_wrong_the_words_and_the_status_are_the_same(world, noor):
    refused = [noor.try_to_sign_in(email=email, expect=401) for email in strangers(world)]
    refused.append(noor.try_to_sign_in(password=WRONG, expect=401))

    assert {answer.text for answer in refused} == {refused[0].text}
    assert {tuple(sorted(answer.headers.keys())) for answer in refused} == {
        tuple(sorted(refused[0].headers.keys()))
    }
    assert refused[0].json["type"] == "urn:sbs:problem:sign-in-refused"


def test_whatever_is_wrong_the_work_is_the_same(world, noor, monkeypatch):
    """One check of the same cost each time: counted, since a clock in a test would prove nothing."""
    checked = []
    check = passwords.is_right

    def count(password, kept):
        checked.append(passwords.is_outdated(kept or passwords.nobodys()))
        return check(password, kept)

    monkeypatch.setattr(passwords, "is_right", count)
    emails = [*strangers(world), noor.email]
    for email in emails:
        noor.try_to_sign_in(email=email, password=WRONG, expect=401)

    assert checked == [False] * len(emails)


def test_no_body_or_header_of_his_sets_who_he_is(world, noor):
    for name, value in {"role": "administrator", "account_id": noor.id, "second_factor": True}.items():
        assert noor.try_to_sign_in(expect=422, **{name: value}).problem_on() == [f"/{name}"]


# ---- waiting


def test_failures_cost_a_wait_that_doubles_and_ends():
    waits = [wait_after(failures) for failures in range(1, 14)]

    assert waits[:2] == [None, None]
    assert [wait.total_seconds() for wait in waits[2:]] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert wait_after(10**9) == LONGEST


def waits_of(world, holder, email):
    """How long each failure makes an email wait, tried over and over; a right password waits as long."""
    waits = []
    fail(holder, 2, email=email)
    for _ in range(7):
        fail(holder, 1, email=email)
        blocked = holder.try_to_sign_in(email=email, expect=429)
        assert blocked.json["type"] == "urn:sbs:problem:too-many-requests"
        waits.append(int(blocked.headers["Retry-After"]))
        world.clock.advance(seconds=waits[-1])
    return waits


def test_after_some_failures_one_waits_longer_each_time_whoever_one_is(world, noor):
    own = waits_of(world, noor, noor.email)

    assert own == [1, 2, 4, 8, 16, 32, 64]
    assert waits_of(world, noor, "nobody@example.org") == own


def fail(holder, times, **values):
    return [holder.try_to_sign_in(expect=401, **{"password": WRONG} | values) for _ in range(times)]


def test_the_right_password_waits_too_and_then_all_is_forgotten(world, noor):
    fail(noor, 3)

    noor.try_to_sign_in(expect=429)
    world.clock.advance(seconds=1)
    noor.try_to_sign_in()
    assert rows(world, SignInAttempts) == []
    fail(noor, 2)
    noor.try_to_sign_in()


def test_a_try_that_must_wait_makes_the_wait_no_longer(world, noor):
    fail(noor, 3)
    world.clock.advance(seconds=1)
    fail(noor, 1)
    for _ in range(5):
        assert noor.try_to_sign_in(expect=429).headers["Retry-After"] == "2"

    world.clock.advance(seconds=2)
    noor.try_to_sign_in()


def test_one_email_waits_and_another_does_not(world, noor):
    fail(noor, 3, email="nobody@example.org")

    noor.try_to_sign_in()


def test_two_guesses_at_once_count_twice(world, noor):
    guesses = [threading.Thread(target=fail, args=(noor, 1)) for _ in range(2)]
    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()

    (counted,) = rows(world, SignInAttempts)
    assert counted.failures == 2


def test_no_email_stands_in_the_table_of_failures(world, noor):
    fail(noor, 1, email="nobody@example.org")

    (counted,) = rows(world, SignInAttempts)
    assert "nobody" not in repr(vars(counted))
    assert counted.email_hash != hash_of("nobody@example.org")


def test_failures_are_forgotten_after_a_day(world, noor):
    fail(noor, 3)
    world.clock.advance(hours=23)
    with world.work("registry") as work:
        forget_what_is_over(work)
    assert len(rows(world, SignInAttempts)) == 1

    world.clock.advance(hours=2)
    fail(noor, 2)
    (counted,) = rows(world, SignInAttempts)
    assert counted.failures == 2
    world.clock.advance(hours=25)
    with world.work("registry") as work:
        forget_what_is_over(work)
    assert rows(world, SignInAttempts) == []


# ---- on record


def test_who_signed_in_is_on_record_and_so_is_who_was_refused(world, noor):
    noor.try_to_sign_in()
    done = last(world)
    fail(noor, 1)
    refused = last(world)
    fail(noor, 1, email="nobody@example.org")
    unknown = last(world)

    assert (done.operation, done.action, done.status) == ("sign_in", "execute", 200)
    assert (str(done.actor_id), str(done.object_id), done.object_kind) == (noor.id, noor.id, "account")
    assert (refused.status, refused.actor_id, str(refused.object_id)) == (401, None, noor.id)
    assert refused.reason == "sign-in-refused"
    assert (unknown.status, unknown.actor_id, unknown.object_id) == (401, None, None)


# ---- how long it lasts


@pytest.fixture
def stands(world, noor):
    secret = cookie_in(noor.try_to_sign_in(), world.programme.registry.settings.origin)

    def ask():
        with world.work("registry") as work:
            return sign_in_of(work.session, secret, work.now, work.settings) is not None

    return ask


def test_a_sign_in_that_nobody_uses_lapses(world, stands):
    world.clock.advance(minutes=29)
    assert stands()
    world.clock.advance(minutes=2)
    assert not stands()


def test_a_sign_in_ends_after_its_longest_time_however_much_it_is_used(world, stands):
    for _ in range(12 * 3 - 1):
        world.clock.advance(minutes=20)
        assert stands()
        with world.work("registry") as work:
            work.session.execute(update(SignIn).values(seen_at=work.now))
    world.clock.advance(minutes=20)
    assert not stands()


def test_what_is_over_for_long_is_deleted(world, noor):
    noor.try_to_sign_in()
    world.clock.advance(days=29)
    noor.try_to_sign_in()
    world.clock.advance(days=3)
    with world.work("registry") as work:
        forget_what_is_over(work)

    assert len(rows(world, SignIn)) == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.CARE_WORKER])
def test_who_sees_many_men_goes_on_only_with_a_second_factor(role):
    account = Account(role=role)

    assert not may_go_on(account, SignIn(second_factor=False))
    assert may_go_on(account, SignIn(second_factor=True))


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.MENTOR, Role.EVALUATOR])
def test_who_sees_few_or_no_men_goes_on_with_a_password(role):
    assert may_go_on(Account(role=role), SignIn(second_factor=False))


@pytest.mark.parametrize("field", ["email", "password"])
def test_what_would_take_seconds_to_compose_is_refused_as_it_comes(noor, field):
    heap = "\u0315\u0316" * 20_000

    assert noor.try_to_sign_in(expect=422, **{field: heap}).problem_on() == [f"/{field}"]
