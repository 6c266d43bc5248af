"""Accounts as an administrator keeps them, and the links by which people come to theirs."""

import json
import threading
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.registry.domain.lifecycles import ACCOUNT
from services.registry.models import Account, Link
from shared.actor import Role
from shared.http.sign_in_cookie import name_of
from shared.secrets import hash_of
from tests.audit import last
from tests.builders.accounts import ANOTHER, PASSWORD, an_account, invite, secret_of, use
from tests.lifecycles import declared

ACCOUNTS = {
    "activate": ({"invited"}, "active", set()),
    "close": ({"invited", "active"}, "closed", {"administrator"}),
}
EMAIL = "noor@example.org"


@pytest.fixture
def administrator(world):
    return world.caller(Role.ADMINISTRATOR)


@pytest.fixture
def invited(administrator):
    return invite(administrator, EMAIL)


def place_of(account):
    return f"/registry/accounts/{account['id']}"


def look(world, given, expect=200):
    secret = given if isinstance(given, str) else secret_of(given)
    return world.anonymous().post("/registry/links/look", {"secret": secret}, expect=expect)


def test_the_declared_rows_are_those_of_the_domain():
    assert declared(ACCOUNT) == ACCOUNTS


# ---- inviting


def test_an_invitation_gives_a_link_whose_secret_is_kept_nowhere(world, administrator):
    answer = administrator.post("/registry/accounts", {"email": EMAIL, "name": "Noor", "role": "evaluator"})

    link = answer.json["link"]
    assert link.startswith(f"{world.programme.registry.settings.origin}/registry/pages/link/")
    assert answer.headers["Location"] == place_of(answer.json)
    assert (answer.json["state"], answer.json["email"]) == ("invited", EMAIL)
    again = administrator.get(place_of(answer.json))
    assert again.etag == answer.etag
    assert "link" not in again.json
    with world.work("registry") as work:
        (kept,) = work.session.scalars(select(Link)).all()
        assert kept.secret_hash == hash_of(secret_of(answer.json))
        assert secret_of(answer.json) not in repr(vars(kept))


def test_a_link_is_never_stored_as_an_answer(administrator, world):
    body = {"email": EMAIL, "name": "Noor", "role": "evaluator"}
    first = administrator.post("/registry/accounts", body, Idempotency_Key="k")
    administrator.post("/registry/accounts", body, expect=409, Idempotency_Key="k")

    for table in ("stored_answer", "audit_record", "outbox"):
        with world.programme.registry.database.engine.connect() as connection:
            kept = str(connection.exec_driver_sql(f"select * from {table}").all())
        assert secret_of(first.json) not in kept
        assert EMAIL not in kept


def test_an_email_has_one_account_however_it_is_written(administrator, invited):
    body = {"name": "Noor", "role": "evaluator"}

    assert invited["email"] == EMAIL
    for email in (EMAIL, EMAIL.upper(), f" {EMAIL}"):
        administrator.post("/registry/accounts", body | {"email": email}, expect=409)
    administrator.act(f"{place_of(invited)}/close")
    administrator.post("/registry/accounts", body | {"email": EMAIL})


@pytest.mark.parametrize("email", ["noor", "noor@", "a b@example.org", "", "x" * 250 + "@example.org", 7])
def test_what_is_no_email_is_refused(administrator, email):
    body = {"email": email, "name": "Noor", "role": "evaluator"}

    assert set(administrator.post("/registry/accounts", body, expect=422).problem_on()) == {"/email"}


@pytest.mark.parametrize("role", ["integrator", "system", "god", None])
def test_no_account_has_a_role_that_no_person_has(administrator, role):
    body = {"email": EMAIL, "name": "Noor", "role": role}

    assert administrator.post("/registry/accounts", body, expect=422).problem_on() == ["/role"]


@pytest.mark.parametrize(
    ("role", "needed"),
    [
        ("ambassador", "ambassador_id"),
        ("care_worker", "organisation_id"),
        ("mentor", "mentor_id"),
        ("coordinator", "partner_id"),
    ],
)
def test_a_role_speaks_for_exactly_whom_it_speaks_for(programme, role, needed):
    whom = {
        "ambassador_id": programme.ambassador_id,
        "organisation_id": programme.organisation_id,
        "mentor_id": programme.mentor_id,
        "partner_id": programme.partner_id,
    }
    body = {"email": EMAIL, "name": "Noor", "role": role}
    accounts, administrator = "/registry/accounts", programme.administrator

    assert administrator.post(accounts, body, expect=422).problem_on() == [f"/{needed}"]
    every = body | {name: str(value) for name, value in whom.items()}
    refused = administrator.post(accounts, every, expect=422).problem_on()
    assert set(refused) == {f"/{name}" for name in whom if name != needed}
    made = administrator.post(accounts, body | {needed: str(whom[needed])}).json
    assert {name: made[name] for name in whom} == dict.fromkeys(whom) | {needed: str(whom[needed])}


@pytest.mark.parametrize("role", ["evaluator", "administrator"])
def test_who_speaks_for_nobody_names_nobody(administrator, role):
    body = {"email": EMAIL, "name": "Noor", "role": role, "partner_id": str(uuid4())}

    assert administrator.post("/registry/accounts", body, expect=422).problem_on() == ["/partner_id"]


def test_a_partner_or_an_ambassador_must_be_one_of_ours(programme):
    for role, name in (("coordinator", "partner_id"), ("ambassador", "ambassador_id")):
        body = {"email": EMAIL, "name": "Noor", "role": role, name: str(uuid4())}
        assert programme.administrator.post("/registry/accounts", body, expect=422).problem_on() == [
            f"/{name}"
        ]
    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
    gone = {"email": EMAIL, "name": "M.", "role": "ambassador", "ambassador_id": str(programme.ambassador_id)}
    programme.administrator.post("/registry/accounts", gone, expect=422)


@pytest.mark.parametrize(
    "extra",
    [
        {"state": "active"},
        {"password": PASSWORD},
        {"password_hash": "x"},
        {"id": str(uuid4())},
        {"version": 9},
    ],
)
def test_nothing_but_what_is_asked_for_is_taken(administrator, extra):
    body = {"email": EMAIL, "name": "Noor", "role": "evaluator"} | extra

    assert administrator.post("/registry/accounts", body, expect=422).problem_on() == [
        f"/{next(iter(extra))}"
    ]


# ---- links


def test_a_link_says_what_it_is_for_as_often_as_one_looks(world, invited):
    seen = look(world, invited).json

    assert seen == {
        "purpose": "invitation",
        "works_until": invited["works_until"],
        "email": EMAIL,
        "name": "Noor de Wit",
        "role": "evaluator",
    }
    assert look(world, invited).json == seen
    use(world, invited)


def test_using_it_activates_the_account_in_its_own_name(world, administrator, invited):
    use(world, invited)

    record = last(world)
    assert (record.operation, record.status) == ("use_link", 204)
    assert (str(record.actor_id), str(record.object_id)) == (invited["id"], invited["id"])
    assert administrator.get(place_of(invited)).json["state"] == "active"
    (step,) = administrator.get(f"{place_of(invited)}/history").json["items"]
    assert (step["action"], step["actor_id"], step["actor_role"]) == ("activate", invited["id"], "evaluator")
    assert world.told_types("registry")[-1] == "account.activated"
    assert EMAIL not in json.dumps(world.told("registry"))


def test_whatever_became_of_a_link_the_answer_is_the_same(world, administrator, invited):
    late = invite(administrator, "late@example.org")
    world.clock.advance(hours=72)
    fresh = invite(administrator, "used@example.org")
    use(world, fresh)
    closed = invite(administrator, "closed@example.org")
    administrator.act(f"{place_of(closed)}/close")
    replaced = invite(administrator, "replaced@example.org")
    administrator.post(f"{place_of(replaced)}/invite_again", expect=200)
    tampered = secret_of(replaced)[:-1] + ("A" if secret_of(replaced)[-1] != "A" else "B")

    answers = [use(world, given, expect=404) for given in (invited, late, fresh, closed, replaced)]
    body = {"secret": tampered, "password": PASSWORD}
    answers.append(world.anonymous().post("/registry/links/use", body, expect=404))
    answers += [
        look(world, given, expect=404) for given in (invited, late, fresh, closed, replaced, tampered)
    ]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json["type"] == "urn:sbs:problem:link-gone"


def test_a_link_works_until_the_last_second_of_its_time(world, invited):
    world.clock.advance(hours=71, minutes=59, seconds=59)

    use(world, invited)


def test_of_two_who_use_a_link_at_once_one_does(world, invited):
    answers = []
    body = {"secret": secret_of(invited), "password": PASSWORD}

    def try_it():
        answers.append(world.anonymous().post("/registry/links/use", body, expect=None).status)

    both = [threading.Thread(target=try_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [204, 404]


def test_a_password_that_is_refused_leaves_the_link_as_it_was(world, invited):
    use(world, invited, "too short", expect=422)
    use(world, invited, "password1234", expect=422)

    use(world, invited)


def test_who_did_not_come_is_invited_again_and_who_came_is_not(world, administrator, invited):
    again = administrator.post(f"{place_of(invited)}/invite_again", expect=200).json
    look(world, invited, expect=404)
    use(world, again)

    administrator.post(f"{place_of(invited)}/invite_again", expect=409)


# ---- passwords


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "123456789012",
        "password1234",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaaaaaa",
        "Welkom2026!!",
        "StepByStep2026",
        "demussen2026",
        "noor@example.org",
        "NoorDeWit123",
        "x" * 257,
        "",
    ],
)
def test_a_password_that_is_short_or_easily_guessed_is_refused(world, invited, password):
    assert use(world, invited, password, expect=422).problem_on() == ["/password"]


@pytest.mark.parametrize(
    "password",
    [
        "vergeten fiets lamp",
        "x9$kQ2mZp!4L",
        "zeven bruggen",
        "\U0001f6b2 op de dijk, tegenwind",
        "zeven bruggen, " + "z" * 241,
    ],
)
def test_nothing_is_asked_of_a_password_but_that_it_is_long_and_unusual(world, invited, password):
    use(world, invited, password)

    body = {"email": EMAIL, "password": password}
    world.anonymous().post("/registry/sign-ins", body, expect=200)


def test_its_characters_are_counted_in_the_form_it_is_kept_in(world, invited):
    """Eleven letters of which one is written as two are eleven; a ligature is the letters it stands for."""
    use(world, invited, "zeven brugé"[:10] + "e\u0301", expect=422)
    use(world, invited, "zevi\ufb03ets gek")


@pytest.mark.parametrize(
    "raw", [b'{"secret": "x", "password": "\\ud800 half a character"}', b'{"secret": "\\u0000"}']
)
def test_half_a_character_is_refused(world, raw):
    answer = world.anonymous().send("POST", "/registry/links/use", raw=raw)

    assert answer.status == 422


# ---- resetting


def test_a_reset_gives_a_new_password_and_ends_what_was_signed_in(world, administrator):
    noor = an_account(world)
    signed_in = noor.sign_in()
    given = administrator.post(f"/registry/accounts/{noor.id}/reset", expect=200).json
    assert look(world, given).json["purpose"] == "reset"
    noor.try_to_sign_in()

    use(world, given, ANOTHER)

    noor.try_to_sign_in(expect=401)
    noor.try_to_sign_in(password=ANOTHER)
    assert signed_in.get("/registry/me/sign-ins").json["items"][0]["id"] != str(signed_in.actor.sign_in_id)
    assert len(signed_in.get("/registry/me/sign-ins").json["items"]) == 1


def test_a_reset_leaves_the_second_factor_unless_it_is_to_be_cleared(world, administrator):
    noor = an_account(world)
    noor.set_up_totp()
    place = f"/registry/accounts/{noor.id}/reset"

    use(world, administrator.post(place, expect=200).json, ANOTHER)
    noor.password = ANOTHER
    noor.try_to_sign_in(expect=401)
    given = administrator.post(place, {"clear_second_factors": True}, expect=200).json
    noor.try_to_sign_in(expect=401)
    use(world, given, ANOTHER)
    assert noor.try_to_sign_in().json["second_factors"] == []


def test_who_waits_after_failures_waits_no_more_after_a_reset(world, administrator):
    noor = an_account(world)
    for _ in range(3):
        noor.try_to_sign_in(password=ANOTHER, expect=401)
    noor.try_to_sign_in(expect=429)

    use(world, administrator.post(f"/registry/accounts/{noor.id}/reset", expect=200).json)
    noor.try_to_sign_in()


def test_only_an_active_account_is_reset_and_never_ones_own(world, administrator, invited):
    administrator.post(f"{place_of(invited)}/reset", expect=409)
    second = an_account(world, "administrator", "second@example.org").sign_in()

    second.post(f"/registry/accounts/{second.actor.id}/reset", expect=403)


# ---- changing and closing


def test_a_changed_relation_ends_his_sign_ins_and_a_changed_name_does_not(world, programme):
    partner = {"partner_id": str(programme.partner_id)}
    noor = an_account(world, "coordinator", EMAIL, **partner)
    noor.sign_in()
    signed_in = noor.sign_in()
    place = f"/registry/accounts/{noor.id}"
    other = programme.administrator.post("/registry/partners", {"name": "De Merels", "country": "NL"}).json[
        "id"
    ]

    assert programme.administrator.patch(place, {"name": "Noor B."} | partner).json["name"] == "Noor B."
    assert len(signed_in.get("/registry/me/sign-ins").json["items"]) == 2
    assert programme.administrator.patch(place, {"partner_id": other}).json["partner_id"] == other
    assert signed_in.get("/registry/me/sign-ins").json["items"] == []


@pytest.mark.parametrize(
    "change", [{"role": "administrator"}, {"email": "x@example.org"}, {"state": "active"}]
)
def test_the_role_the_email_and_the_state_do_not_change(administrator, invited, change):
    assert administrator.patch(place_of(invited), change, expect=422).problem_on() == [
        f"/{next(iter(change))}"
    ]
    refused = administrator.patch(place_of(invited), {"partner_id": str(uuid4())}, expect=422)
    assert refused.problem_on() == ["/partner_id"]


def test_an_account_is_changed_by_who_has_read_it(administrator, invited):
    administrator.send("PATCH", place_of(invited), body={"name": "N."}, expect=428)
    administrator.patch(place_of(invited), {"name": "N."}, expect=412, If_Match='"9"')
    administrator.post(f"{place_of(invited)}/close", expect=428)


def test_closing_ends_everything_at_once_and_for_good(world, administrator):
    noor = an_account(world)
    signed_in = noor.sign_in()
    reset = administrator.post(f"/registry/accounts/{noor.id}/reset", expect=200).json

    assert administrator.act(f"/registry/accounts/{noor.id}/close").json["state"] == "closed"

    signed_in.get("/registry/me", expect=404)
    signed_in.get("/registry/me/sign-ins", expect=404)
    noor.try_to_sign_in(expect=401)
    use(world, reset, expect=404)
    administrator.act(f"/registry/accounts/{noor.id}/close", expect=409)
    administrator.patch(f"/registry/accounts/{noor.id}", {"name": "N."}, expect=409)
    administrator.post(f"/registry/accounts/{noor.id}/invite_again", expect=409)
    administrator.post(f"/registry/accounts/{noor.id}/reset", expect=409)
    with world.work("registry") as work:
        kept = work.session.scalars(select(Account)).one()
        assert (kept.password_hash, kept.totp_secret) == (None, None)


def test_the_last_administrator_is_not_closed_and_nobody_closes_himself(world, administrator):
    first = an_account(world, "administrator", "first@example.org")
    invite(administrator, "invited@example.org", "administrator")
    administrator.act(f"/registry/accounts/{first.id}/close", expect=409)
    second = an_account(world, "administrator", "second@example.org").sign_in()

    second.act(f"/registry/accounts/{second.actor.id}/close", expect=403)
    second.act(f"/registry/accounts/{first.id}/close")
    administrator.act(f"/registry/accounts/{second.actor.id}/close", expect=409)


def test_two_administrators_who_close_each_other_at_once_do_not_both_succeed(world):
    two = [
        an_account(world, "administrator", f"{name}@example.org").sign_in() for name in ("first", "second")
    ]
    answers = []

    def close(who, whom):
        place = f"/registry/accounts/{whom.actor.id}/close"
        answers.append(who.post(place, expect=None, If_Match="*").status)

    both = [threading.Thread(target=close, args=pair) for pair in (two, two[::-1])]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [200, 409]


def test_an_account_of_an_administrator_opens_no_case(programme):
    keeper = an_account(programme.world, "administrator", "keeper@example.org").sign_in()
    man = programme.a_shedder()

    keeper.get(f"/registry/shedders/{man['id']}", expect=404)
    keeper.get("/registry/shedders", expect=403)


def test_accounts_are_listed_by_state_and_role(administrator, world, invited):
    an_account(world, "administrator", "keeper@example.org")

    def emails(query=""):
        return [one["email"] for one in administrator.get(f"/registry/accounts{query}").json["items"]]

    assert sorted(emails()) == ["keeper@example.org", EMAIL]
    assert emails("?state=invited") == [EMAIL]
    assert emails("?role=administrator") == ["keeper@example.org"]


@pytest.mark.parametrize("origin", ["https://sbs.example.org", "http://127.0.0.1:8000"])
def test_a_cookie_is_of_this_host_alone_and_over_https_alone(origin):
    assert (name_of(origin) == "__Host-sbs") == origin.startswith("https")


def test_no_log_line_holds_an_email_a_password_or_a_secret(world, administrator, capfd):
    invited = invite(administrator, EMAIL)
    look(world, invited)
    use(world, invited, "short", expect=422)
    use(world, invited)
    world.anonymous().post("/registry/sign-ins", {"email": EMAIL, "password": PASSWORD}, expect=200)
    world.anonymous().post("/registry/sign-ins", {"email": EMAIL, "password": ANOTHER}, expect=401)

    said = "".join(capfd.readouterr())

    assert "sign_in" in said
    for secret in (EMAIL, PASSWORD, ANOTHER, secret_of(invited)):
        assert secret not in said
