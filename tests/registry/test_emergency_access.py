"""Emergency access: one man, for an hour, with the reason, in all three services; to look, and nothing more."""

import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.registry.domain.access import EMERGENCY_ACCESS
from services.registry.use_cases.emergencies import in_emergency
from services.registry.worker import lapse
from shared.actor import Actor, Role
from shared.audit.deed import Action
from tests.audit import last, men
from tests.builders.lives import erase
from tests.builders.people import a_programme
from tests.contracts.every_route import ROUTES
from tests.lifecycles import declared

PLACE = "/registry/emergency-accesses"
SAID = {"reason": "danger_to_himself", "remark": "He said that he would not be there tomorrow."}


@pytest.fixture
def life(programme, life):
    """A man to whom everything happened, and who took back a consent."""
    taken_back = programme.a_consent(life.shedder_id, "evaluation")["id"]
    programme.coordinator.post(f"/registry/consents/{taken_back}/withdraw", expect=200)
    return life


@pytest.fixture
def stranger(world):
    """A coordinator of another partner."""
    return a_programme(world, "De Merels").coordinator


def begin(caller, expect=201, **man):
    return caller.post(PLACE, SAID | man, expect=expect)


def looking(world, caller):
    """The same caller, with the token that he would be given at this moment."""
    with world.programme.registry.database.read() as session:
        return world.as_actor(in_emergency(session, caller.actor, world.clock.now()))


def things_of(programme, life):
    """Where what hangs on the man is found, service by service."""
    him, asked = f"/registry/shedders/{life.shedder_id}", f"?shedder_id={life.shedder_id}"
    lists = {
        "referral": f"/referrals/referrals{asked}",
        "match": f"/mentoring/mentorships{asked}",
        "way": f"/mentoring/pathways{asked}",
        "job": f"/mentoring/jobs{asked}",
    }
    consent = programme.coordinator.get(f"{him}/consents").json["items"][0]["id"]
    found = {name: programme.coordinator.get(place).json["items"] for name, place in lists.items()}
    one = {name: f"{lists[name].partition('?')[0]}/{things[-1]['id']}" for name, things in found.items()}
    step = found["way"][0]["steps"][0]["id"]
    question = programme.coordinator.get(f"{one['referral']}/questions").json["items"][0]["id"]
    appointment = programme.coordinator.get(f"{one['referral']}/appointments").json["items"][0]["id"]
    return [
        *(him, f"{him}/timeline", f"{him}/attendance", f"{him}/consents"),
        *(f"/registry/consents/{consent}", f"/registry/consents/{consent}/history"),
        *(f"{one['referral']}{more}" for more in ("", "/history", "/questions", "/appointments")),
        *(f"/referrals/questions/{question}", f"/referrals/appointments/{appointment}"),
        *(f"{one['match']}{more}" for more in ("", "/history", "/sessions")),
        *(f"{one['way']}{more}" for more in ("", "/history", "/steps", "/obstacles")),
        *(one["job"], f"/mentoring/steps/{step}", f"/mentoring/steps/{step}/history"),
    ], list(lists.values())


def without_actions(document):
    return {name: value for name, value in document.items() if name != "available_actions"}


def test_the_declared_rows_are_those_of_the_domain():
    assert declared(EMERGENCY_ACCESS) == {
        "end": ({"open"}, "ended", {"coordinator", "administrator"}),
        "lapse": ({"open"}, "ended", set()),
    }


def test_before_it_he_sees_nothing_of_the_man(programme, world, life, stranger):
    places, lists = things_of(programme, life)

    for place in places:
        looking(world, stranger).get(place, expect=404)
    for place in lists:
        assert looking(world, stranger).get(place).json["items"] == []


def test_in_the_hour_he_sees_the_man_and_what_hangs_on_him_as_his_own_coordinator_does(
    programme, world, life, stranger
):
    places, lists = things_of(programme, life)
    begin(stranger, shedder_id=life.shedder_id)
    world.clock.advance(minutes=59)

    for place in [*places, *lists]:
        seen, own = looking(world, stranger).get(place).json, programme.coordinator.get(place).json
        if "items" in own:
            assert own["items"], place
            seen, own = [[without_actions(one) for one in page["items"]] for page in (seen, own)]
            assert seen == own, place
        else:
            assert without_actions(seen) == without_actions(own), place


def test_after_the_hour_he_sees_nothing_more(programme, world, life, stranger):
    places, lists = things_of(programme, life)
    begin(stranger, shedder_id=life.shedder_id)
    world.clock.advance(hours=1)

    for place in places:
        looking(world, stranger).get(place, expect=404)
    for place in lists:
        assert looking(world, stranger).get(place).json["items"] == []


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_he_or_an_administrator_ends_it_before_and_nothing_more_is_seen(
    programme, world, life, stranger, who
):
    access = begin(stranger, shedder_id=life.shedder_id).json["id"]
    caller = stranger if who == "stranger" else programme.administrator
    world.clock.advance(minutes=10)

    ended = caller.post(f"{PLACE}/{access}/end", expect=200).json

    assert (ended["state"], ended["ended_by"]) == ("ended", str(caller.actor.id))
    assert looking(world, stranger).actor.emergency_shedder_id is None
    looking(world, stranger).get(f"/registry/shedders/{life.shedder_id}", expect=404)
    caller.post(f"{PLACE}/{access}/end", expect=409)
    assert [step["action"] for step in caller.get(f"{PLACE}/{access}/history").json["items"]] == ["end"]


def test_a_list_or_a_search_that_names_nobody_does_not_show_him(world, life, stranger):
    """Else everybody on the page would read in his log that he was looked at in an emergency."""
    begin(stranger, shedder_id=life.shedder_id)
    caller = looking(world, stranger)

    for place in (
        *("/registry/shedders", "/referrals/referrals", "/mentoring/mentorships"),
        *("/mentoring/pathways", "/mentoring/jobs"),
    ):
        assert life.shedder_id not in caller.get(place).text
    found = caller.post("/registry/shedders/search", {"phone": life.phone}, expect=200)
    assert found.json["items"] == []


def test_he_changes_nothing_and_is_offered_nothing_to_do(programme, world, life, stranger):
    begin(stranger, shedder_id=life.shedder_id)
    caller, places = looking(world, stranger), things_of(programme, life)[0]
    man = f"/registry/shedders/{life.shedder_id}"

    for place in places:
        document = caller.get(place).json
        shown = document.get("items", [document])
        assert all(one.get("available_actions", []) == [] for one in shown), place
    caller.patch(man, {"known_as": "Another"}, expect=404)
    caller.act(f"{man}/leave_shed", {"shed_id": str(programme.shed_id)}, expect=404)
    caller.post(f"{man}/erasures", {"asked_how": "spoken"}, expect=404)
    referral = next(place for place in places if place.startswith("/referrals/referrals/"))
    caller.act(f"{referral}/withdraw", {"reason": "other"}, expect=404)
    caller.post(f"{referral}/questions", {"question": "How is he?"}, expect=404)
    way = next(place for place in places if place.startswith("/mentoring/pathways/"))
    caller.act(f"{way}/stop", {"reason": "other"}, expect=404)
    caller.post(f"{way}/jobs", {"sector": "care", "hours_per_week": 1, "contract": "permanent"}, expect=404)


def test_he_takes_nothing_with_him(world, life, stranger):
    """Neither an export, nor the man's log, which tells who else saw him."""
    begin(stranger, shedder_id=life.shedder_id)
    caller = looking(world, stranger)

    caller.get(f"/registry/shedders/{life.shedder_id}/export", expect=404)
    for service in ("registry", "referrals", "mentoring"):
        caller.get(f"/{service}/subjects/{life.shedder_id}", expect=404)
        caller.get(f"/{service}/shedders/{life.shedder_id}/log", expect=404)


def test_another_man_stays_unseen(programme, world, life, stranger):
    begin(stranger, shedder_id=life.shedder_id)
    caller = looking(world, stranger)
    other, place = programme.a_shedder()["id"], programme.a_referral("accepted")

    caller.get(f"/registry/shedders/{other}", expect=404)
    caller.get(f"/registry/shedders/{other}/timeline", expect=404)
    caller.get(place, expect=404)
    caller.get(f"{place}/questions", expect=404)
    assert caller.get(f"/referrals/referrals?shedder_id={other}").json["items"] == []
    session = caller.get(f"/registry/shedders/{life.shedder_id}/attendance").json["items"][0]["id"]
    caller.get(f"/registry/sessions/{session}", expect=404)


def test_the_mans_log_says_in_plain_words_that_it_was_by_emergency_access(programme, world, life, stranger):
    places, _ = things_of(programme, life)
    begin(stranger, shedder_id=life.shedder_id)
    for place in places:
        looking(world, stranger).get(place)

    for service in ("registry", "referrals", "mentoring"):
        log = programme.coordinator.get(f"/{service}/shedders/{life.shedder_id}/log?limit=200").json["items"]
        own = [entry for entry in log if str(stranger.actor.id) in entry["who"]]
        assert own, service
        assert all(entry["who"].startswith("coordinator (") for entry in own)
        assert "By emergency access." in {entry["right"] for entry in own}
    begun = [entry for entry in log_of(programme, life) if "in an emergency: for an hour" in entry["what"]]
    assert [entry["refused"] for entry in begun if str(stranger.actor.id) in entry["who"]] == [False]


def log_of(programme, life):
    return programme.coordinator.get(f"/registry/shedders/{life.shedder_id}/log?limit=200").json["items"]


def test_what_he_does_in_the_hour_for_his_own_men_is_by_his_own_right(world, life):
    theirs = a_programme(world, "De Merels")
    own = theirs.a_shedder()["id"]
    begin(theirs.coordinator, shedder_id=life.shedder_id)
    caller = looking(world, theirs.coordinator)

    caller.get("/registry/shedders")
    assert (men(last(world)), last(world).right) == ({own}, last(world).right)
    assert last(world).right.startswith("see shedders")
    caller.get(f"/registry/shedders/{own}")
    assert last(world).right.startswith("see shedders")
    caller.get(f"/registry/shedders/{life.shedder_id}")
    assert last(world).right == "emergency access"


def test_an_administrator_sees_who_looked_at_whom_and_when_and_nothing_of_the_man(
    programme, world, life, stranger
):
    first = begin(stranger, shedder_id=life.shedder_id).json
    stranger.post(f"{PLACE}/{first['id']}/end", expect=200)
    world.clock.advance(minutes=5)
    second = begin(stranger, phone=life.phone).json

    shown = programme.administrator.get(PLACE)

    newest = shown.json["items"]
    assert [one["id"] for one in newest[:2]] == [second["id"], first["id"]]
    assert newest[0]["account_id"] == str(stranger.actor.id)
    assert (newest[0]["shedder_id"], newest[0]["reason"]) == (life.shedder_id, "danger_to_himself")
    assert all("remark" not in one for one in newest)
    assert life.mark not in shown.text
    assert SAID["remark"] not in shown.text
    still_open = programme.administrator.get(f"{PLACE}?state=open").json["items"]
    assert still_open[0]["id"] == second["id"]


def test_a_coordinator_sees_his_own_alone(programme, world, life, stranger):
    access = begin(stranger, shedder_id=life.shedder_id).json

    assert stranger.get(PLACE).json["items"][0]["remark"] == SAID["remark"]
    assert programme.coordinator.get(PLACE).json["items"] == []
    for place in (f"{PLACE}/{access['id']}", f"{PLACE}/{access['id']}/history"):
        programme.coordinator.get(place, expect=404)
    programme.coordinator.post(f"{PLACE}/{access['id']}/end", expect=404)
    assert looking(world, programme.coordinator).actor.emergency_shedder_id is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.COORDINATOR}))
def test_nobody_but_a_coordinator_has_it(world, life, role):
    caller = world.caller(role, scopes=frozenset({"import"}))

    begin(caller, shedder_id=life.shedder_id, expect=403)
    assert in_emergency(None, caller.actor, world.clock.now()) is caller.actor


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.COORDINATOR}))
@pytest.mark.parametrize("service", ["registry", "referrals", "mentoring"])
def test_a_token_of_another_role_that_claims_it_is_none(world, life, role, service):
    relations = world.caller(role).actor
    forged = replace(relations, emergency_shedder_id=UUID(life.shedder_id))

    world.as_actor(forged).get(f"/{service}/subjects/{life.shedder_id}", expect=401)


# ---- finding him


def test_he_is_found_by_his_telephone_number_however_it_is_written(life, stranger):
    written = f"00{life.phone[1:3]} {life.phone[3]} {life.phone[4:]}"

    assert begin(stranger, phone=written).json["shedder_id"] == life.shedder_id


def refusals(programme, world, stranger):
    """Every way in which a man is not found, with the field that names him."""
    second = world.caller(Role.COORDINATOR, partner_id=programme.partner_id)
    twin = {"known_as": "Twin", "phone": "+31611111111"}
    for _ in range(2):
        programme.a_shedder(**twin)
    gone = programme.a_shedder(known_as="Gone", phone="+31622222222")["id"]
    erase(programme, second, gone)
    return [
        ("shedder_id", str(uuid4())),
        ("shedder_id", gone),
        ("phone", "+31633333333"),
        ("phone", "+31622222222"),
        ("phone", twin["phone"]),
    ]


def test_why_he_is_not_found_is_told_to_nobody_and_every_try_is_on_record(programme, world, stranger):
    said = set()
    for field, value in refusals(programme, world, stranger):
        answer = begin(stranger, expect=422, **{field: value})
        assert answer.problem_on() == [f"/{field}"]
        said.add(answer.json["errors"][0]["detail"])
        record = last(world)
        assert (record.operation, record.status, record.actor_id) == (
            "begin_emergency_access",
            422,
            stranger.actor.id,
        )
        assert men(record) == set()

    assert len(said) == 1
    assert stranger.get(PLACE).json["items"] == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"shedder_id": str(uuid4()), "phone": "+31612345678"}, "/shedder_id"),
        ({}, "/shedder_id"),
        ({"phone": "0612345678"}, "/phone"),
        ({"shedder_id": str(uuid4()), "reason": "curious"}, "/reason"),
        ({"shedder_id": str(uuid4()), "remark": ""}, "/remark"),
        ({"shedder_id": str(uuid4()), "ends_at": "2030-01-01T00:00:00+00:00"}, "/ends_at"),
        ({"shedder_id": str(uuid4()), "account_id": str(uuid4())}, "/account_id"),
    ],
)
def test_what_is_wrong_when_beginning_is_named(stranger, values, field):
    assert begin(stranger, expect=422, **values).problem_on() == [field]


def test_a_man_of_his_own_sheds_needs_no_emergency(programme, life):
    begin(programme.coordinator, shedder_id=life.shedder_id, expect=409)

    assert programme.coordinator.get(PLACE).json["items"] == []


def test_one_man_at_a_time(programme, life, stranger):
    first = begin(stranger, shedder_id=life.shedder_id).json
    other = programme.a_shedder()["id"]

    refused = begin(stranger, shedder_id=other, expect=409)

    assert refused.json["existing"] == first["id"]
    stranger.post(f"{PLACE}/{first['id']}/end", expect=200)
    assert begin(stranger, shedder_id=other).json["shedder_id"] == other


def test_while_it_is_open_nobody_is_looked_for(life, stranger):
    """Else the hour would do to try one telephone number after another."""
    begin(stranger, shedder_id=life.shedder_id)

    assert begin(stranger, phone="+31633333333", expect=409).json["existing"]


def test_of_many_begun_at_once_there_is_one(world, life, stranger):
    answers = []

    def press():
        answers.append(begin(world.as_actor(stranger.actor), shedder_id=life.shedder_id, expect=None))

    presses = [threading.Thread(target=press) for _ in range(6)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()

    assert sorted(answer.status for answer in answers) == [201, *[409] * 5]
    assert len(stranger.get(PLACE).json["items"]) == 1


def test_one_whose_hour_is_over_stands_in_nobodys_way(programme, world, life, stranger):
    first = begin(stranger, shedder_id=life.shedder_id).json
    world.clock.advance(minutes=61)

    second = begin(stranger, shedder_id=life.shedder_id).json

    shown = {one["id"]: one for one in stranger.get(PLACE).json["items"]}
    assert shown[second["id"]]["state"] == "open"
    assert shown[first["id"]]["state"] == "ended"
    assert shown[first["id"]]["ended_at"] == first["ends_at"]
    assert shown[first["id"]]["ended_by"] is None


def test_what_is_over_lapses_by_itself(world, life, stranger):
    access = begin(stranger, shedder_id=life.shedder_id).json
    world.clock.advance(minutes=59)
    lapse(world.programme.registry)
    assert stranger.get(f"{PLACE}/{access['id']}").json["state"] == "open"
    world.clock.advance(minutes=1)

    lapse(world.programme.registry)

    assert stranger.get(f"{PLACE}/{access['id']}").json["state"] == "ended"
    step = stranger.get(f"{PLACE}/{access['id']}/history").json["items"][0]
    assert (step["action"], step["actor_role"]) == ("lapse", "system")


def test_its_events_tell_who_and_whom_by_id_and_not_why(world, life, stranger):
    access = begin(stranger, shedder_id=life.shedder_id).json
    stranger.post(f"{PLACE}/{access['id']}/end", expect=200)

    told = [one for one in world.told("registry") if one["subject"] == access["id"]]

    assert [one["type"] for one in told] == ["org.sbs.emergency.begun.v1", "org.sbs.emergency.ended.v1"]
    assert told[0]["data"] == {
        "emergency_access_id": access["id"],
        "account_id": str(stranger.actor.id),
        "shedder_id": life.shedder_id,
        "state": "open",
    }


def test_erasing_the_man_takes_the_remark_and_ends_what_is_seen(programme, world, life, stranger):
    access = begin(stranger, shedder_id=life.shedder_id, remark=life.word("viel")).json
    second = world.caller(Role.COORDINATOR, partner_id=programme.partner_id)

    erase(programme, second, life.shedder_id)

    kept = stranger.get(f"{PLACE}/{access['id']}")
    assert kept.json["remark"] == ""
    assert life.mark not in kept.text
    for place in (f"/registry/shedders/{life.shedder_id}", f"/registry/shedders/{life.shedder_id}/timeline"):
        looking(world, stranger).get(place, expect=404)
    assert (
        looking(world, stranger).get(f"/referrals/referrals?shedder_id={life.shedder_id}").json["items"] == []
    )


def test_begun_again_with_the_same_key_it_is_the_same_one(life, stranger):
    key = {"Idempotency_Key": "once"}
    first = begin(stranger, shedder_id=life.shedder_id).json
    stranger.post(f"{PLACE}/{first['id']}/end", expect=200)

    keyed = [stranger.post(PLACE, SAID | {"shedder_id": life.shedder_id}, **key).json for _ in range(2)]

    assert keyed[0]["id"] == keyed[1]["id"] != first["id"]


def test_every_request_of_the_hour_is_on_record_about_the_man(programme, world, life, stranger):
    begin(stranger, shedder_id=life.shedder_id)
    caller, (places, _) = looking(world, stranger), things_of(programme, life)
    for place in places:
        caller.get(place)
        record = last(world, place.split("/")[1])
        assert (record.right, men(record)) == ("emergency access", {life.shedder_id}), place


def test_nothing_that_changes_exports_or_takes_away_is_done_by_it():
    """Written out by hand: whoever adds to it says that a route only shows one man."""
    by_emergency = {route.name for _, route in ROUTES if route.policy.emergency}

    assert all(
        route.reads_only and route.deed is Action.READ for _, route in ROUTES if route.policy.emergency
    )
    assert by_emergency == {
        *("list_shedders", "search_shedders", "read_shedder", "read_timeline", "list_attendance"),
        *("list_consents", "read_consent", "read_consent_history"),
        *("list_referrals", "read_referral", "read_referral_history"),
        *("list_questions", "read_question"),
        *("list_appointments", "search_appointments", "read_appointment", "read_appointment_history"),
        *("list_mentorships", "read_mentorship", "read_mentorship_history", "list_sessions", "read_session"),
        *("list_pathways", "read_pathway", "read_pathway_history", "list_steps", "list_obstacles"),
        *("read_step", "read_step_history", "list_jobs", "read_job", "read_job_history"),
    }


def test_an_actor_without_it_is_asked_for_nothing():
    actor = Actor(uuid4(), Role.COORDINATOR, partner_id=uuid4())

    assert actor.without_emergency() is actor
    assert actor.asking_for(None) is actor
    assert actor.asking_for(uuid4()).emergency_shedder_id is None
