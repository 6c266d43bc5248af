"""Erasing a man: asked for, confirmed by a second person, carried out, complete when all have answered."""

import pytest

from services.registry.domain.lifecycles import ERASURE, HOLD
from shared.actor import Role
from tests.builders.lives import erase
from tests.builders.people import a_programme
from tests.lifecycles import declared
from tests.world import days_ago

DECIDE = {"coordinator", "administrator"}
ERASURES = {
    "confirm": ({"asked"}, "confirmed", DECIDE),
    "refuse": ({"asked"}, "refused", DECIDE),
    "carry_out": ({"confirmed"}, "carried_out", set()),
    "complete": ({"carried_out"}, "complete", set()),
}
HOLDS = {"lift": ({"placed"}, "lifted", {"administrator"})}


@pytest.fixture
def second(world, programme):
    """Another coordinator of the same partner."""
    return world.caller(Role.COORDINATOR, partner_id=programme.partner_id)


@pytest.fixture
def man(programme):
    return programme.a_shedder()["id"]


def ask(programme, man, expect=201, **values):
    body = {"asked_how": "spoken"} | values
    return programme.coordinator.post(f"/registry/shedders/{man}/erasures", body, expect=expect)


def place_of(asked):
    return f"/registry/erasures/{asked.json['id']}"


@pytest.mark.parametrize(("lifecycle", "table"), [(ERASURE, ERASURES), (HOLD, HOLDS)])
def test_the_declared_rows_are_those_of_the_domain(lifecycle, table):
    assert declared(lifecycle) == table


def test_who_asked_when_and_how_is_recorded(programme, world, man):
    asked = ask(programme, man, asked_on=days_ago(world, 3), asked_how="written")

    assert asked.json["state"] == "asked"
    assert asked.json["asked_on"] == days_ago(world, 3)
    assert asked.json["asked_how"] == "written"
    assert asked.json["recorded_by"] == str(programme.coordinator.actor.id)
    assert asked.headers["Location"] == place_of(asked)
    assert programme.coordinator.get(f"/registry/shedders/{man}").json["known_as"]


def test_nobody_confirms_what_he_recorded_himself(programme, man):
    asked = ask(programme, man)

    refused = programme.coordinator.act(f"{place_of(asked)}/confirm", expect=403)

    assert "Another person" in refused.json["detail"]
    assert programme.coordinator.get(f"/registry/shedders/{man}")


@pytest.mark.parametrize("who", ["second", "administrator"])
def test_a_second_person_confirms_and_it_is_carried_out_at_once(programme, second, world, man, who):
    asked = ask(programme, man)
    caller = second if who == "second" else programme.administrator

    done = caller.act(f"{place_of(asked)}/confirm").json

    assert done["state"] == "carried_out"
    assert done["confirmed_by"] == str(caller.actor.id)
    assert done["waits_for"] == ["mentoring", "referrals"]
    programme.coordinator.get(f"/registry/shedders/{man}", expect=404)
    world.deliver()
    complete = caller.get(place_of(asked)).json
    assert complete["state"] == "complete"
    assert [receipt["service"] for receipt in complete["receipts"]] == ["mentoring", "referrals", "registry"]


def test_an_administrator_sees_an_erasure_by_id_and_nothing_of_the_man(programme, life):
    asked = ask(programme, life.shedder_id)

    seen = programme.administrator.get(place_of(asked)).text
    listed = programme.administrator.get("/registry/erasures").text

    assert life.shedder_id in seen
    assert life.shedder_id in listed
    assert life.mark not in seen + listed
    programme.administrator.get(f"/registry/shedders/{life.shedder_id}", expect=404)


def test_every_step_is_in_its_history_with_who_took_it(programme, second, world, man):
    place = place_of(ask(programme, man))
    second.act(f"{place}/confirm")
    world.deliver()

    steps = second.get(f"{place}/history").json["items"]

    assert [step["action"] for step in steps] == ["confirm", "carry_out", "complete"]
    assert steps[0]["actor_id"] == str(second.actor.id)
    assert steps[2]["actor_role"] == "system"


def test_an_erasure_that_is_refused_says_why_and_he_may_ask_again(programme, second, man):
    place = place_of(ask(programme, man))

    refused = second.act(f"{place}/refuse", {"reason": "participant_changed_his_mind"}).json

    assert (refused["state"], refused["coded_reason"]) == ("refused", "participant_changed_his_mind")
    second.act(f"{place}/confirm", expect=409)
    programme.coordinator.get(f"/registry/shedders/{man}")
    ask(programme, man)


def test_an_erasure_is_not_refused_without_a_reason(programme, second, man):
    place = place_of(ask(programme, man))

    assert second.act(f"{place}/refuse", {}, expect=422).problem_on() == ["/reason"]
    assert second.act(f"{place}/refuse", {"reason": "tired"}, expect=422).problem_on() == ["/reason"]
    assert second.get(place).json["state"] == "asked"


def test_he_is_asked_about_once_at_a_time(programme, man):
    first = ask(programme, man)

    again = ask(programme, man, expect=409)

    assert again.json["existing"] == first.json["id"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"asked_how": "by_pigeon"}, "/asked_how"),
        ({"asked_on": "2999-01-01"}, "/asked_on"),
        ({"recorded_by": "01900000-0000-7000-8000-000000000000"}, "/recorded_by"),
        ({"state": "complete"}, "/state"),
    ],
)
def test_what_is_wrong_when_asking_is_named_and_nothing_is_recorded(programme, man, values, field):
    assert ask(programme, man, expect=422, **values).problem_on() == [field]
    assert programme.coordinator.get("/registry/erasures").json["items"] == []


@pytest.mark.parametrize("who", ["ambassador", "mentor", "care_worker", "administrator"])
def test_only_a_coordinator_records_that_a_man_asks(programme, man, who):
    place = f"/registry/shedders/{man}/erasures"

    answer = getattr(programme, who).post(place, {"asked_how": "spoken"}, expect=None)

    assert answer.status in (403, 404)
    assert programme.coordinator.get("/registry/erasures").json["items"] == []


def test_a_coordinator_of_another_partner_finds_neither_him_nor_his_erasure(programme, world, man):
    stranger = a_programme(world, "Elders").coordinator
    place = place_of(ask(programme, man))

    stranger.post(f"/registry/shedders/{man}/erasures", {"asked_how": "spoken"}, expect=404)
    stranger.get(place, expect=404)
    stranger.act(f"{place}/confirm", expect=404)
    stranger.act(f"{place}/refuse", {"reason": "other"}, expect=404)
    assert stranger.get("/registry/erasures").json["items"] == []


def test_once_erased_he_is_404_for_everybody_in_every_service(programme, second, life):
    referrals = [
        one["id"] for one in second.get(f"/referrals/referrals?shedder_id={life.shedder_id}").json["items"]
    ]
    match = second.get(f"/mentoring/mentorships?shedder_id={life.shedder_id}").json["items"][0]["id"]
    pathway = second.get(f"/mentoring/pathways?shedder_id={life.shedder_id}").json["items"][0]["id"]
    job = second.get(f"/mentoring/jobs?shedder_id={life.shedder_id}").json["items"][0]["id"]
    assert len(referrals) == 3

    erase(programme, second, life.shedder_id)

    man = f"/registry/shedders/{life.shedder_id}"
    of_his = [
        *(f"{man}{part}" for part in ("", "/timeline", "/consents", "/attendance", "/export")),
        *(f"/{name}/subjects/{life.shedder_id}" for name in ("registry", "referrals", "mentoring")),
        *(f"/referrals/referrals/{one}" for one in referrals),
        *(f"/referrals/referrals/{referrals[0]}/{part}" for part in ("history", "questions", "appointments")),
        f"/mentoring/mentorships/{match}",
        f"/mentoring/mentorships/{match}/sessions",
        f"/mentoring/pathways/{pathway}",
        f"/mentoring/pathways/{pathway}/history",
        f"/mentoring/jobs/{job}",
    ]
    for place in of_his:
        for caller in (second, programme.ambassador, programme.mentor, programme.care_worker):
            assert caller.get(place, expect=None).status in (403, 404), place
        assert second.get(place, expect=None).status == 404, place


def test_once_erased_he_is_in_no_list_and_no_search(programme, second, life):

    erase(programme, second, life.shedder_id)

    for terms in ({"name": life.mark}, {"phone": life.phone}, {"external_ref": f"{life.mark}-7"}):
        assert second.post("/registry/shedders/search", terms, expect=200).json["items"] == []
    lists = {
        "/registry/shedders": second,
        "/referrals/referrals": programme.care_worker,
        "/mentoring/mentorships": programme.mentor,
        "/mentoring/pathways": programme.mentor,
        "/mentoring/jobs": programme.mentor,
    }
    for place, caller in lists.items():
        assert caller.get(place).json["items"] == [], place
    assert life.shedder_id not in second.get("/registry/sessions").text


def test_figures_keep_their_counts_exactly(programme, second, world, life):
    """Of a man whose things had ended: what was going on is counted as it then ends."""
    end_what_goes_on(programme, life)
    world.clock.advance(days=3)
    scopes = ["", f"?shed_id={programme.shed_id}", f"?partner_id={programme.partner_id}", "?country=NL"]
    before = [programme.coordinator.get(f"/registry/figures{scope}").json for scope in scopes]
    assert before[1]["men"]["by_neighbourhood"] == {"Schilderswijk": 1}
    assert before[1]["participation"]["weeks"][0]["men"] == 1
    assert before[1]["jobs"]["men"] == 1

    erase(programme, second, life.shedder_id)
    world.deliver()

    assert [programme.coordinator.get(f"/registry/figures{scope}").json for scope in scopes] == before


def end_what_goes_on(programme, life):
    place = "/referrals/referrals"
    going_on = programme.care_worker.get(f"{place}?shedder_id={life.shedder_id}&state=accepted").json["items"]
    for one in going_on:
        programme.care_worker.act(f"{place}/{one['id']}/start")
        outcomes = [{"need_category": "mental_health", "result": "partly"}]
        body = {"outcomes": outcomes, "sentence": life.word("is klaar")}
        programme.care_worker.act(f"{place}/{one['id']}/complete", body)
    programme.world.deliver()


def test_a_referral_that_was_open_is_counted_as_withdrawn_and_still_counted(programme, second, world, life):
    place = f"/registry/figures?shed_id={programme.shed_id}"
    before = programme.coordinator.get(place).json["referrals"]
    assert before["by_state"] == {"accepted": 1, "completed": 1}

    erase(programme, second, life.shedder_id)
    world.deliver()

    after = programme.coordinator.get(place).json["referrals"]
    assert after == before | {"by_state": {"completed": 1, "withdrawn": 1}}


def test_no_period_after_it_counts_him_as_taking_part(programme, second, world, man):
    erase(programme, second, man)
    world.clock.advance(days=10)

    since = programme.coordinator.get(
        f"/registry/figures?shed_id={programme.shed_id}&since={days_ago(world, 5)}"
    )

    assert since.json["men"]["taking_part"] == 0


def test_attendance_that_is_taken_again_still_counts_him(programme, second, world, life):
    """He is named to nobody, so nobody can name him again; his having come is not undone by that."""
    session = programme.coordinator.get("/registry/sessions").json["items"][0]
    place = f"/registry/sessions/{session['id']}"
    erase(programme, second, life.shedder_id)
    assert programme.coordinator.get(place).json["present"] == []
    other = programme.a_shedder()["id"]

    again = programme.coordinator.put(f"{place}/attendance", {"present": [other]}, at=place).json

    assert again["present"] == [{"shedder_id": other}]
    weeks = programme.coordinator.get(f"/registry/figures?shed_id={programme.shed_id}").json["participation"]
    assert weeks["weeks"][0]["men"] == 2
    named = [told["data"]["named_count"] for told in world.told("registry") if "session" in told["type"]]
    assert named == [1, 2]
    refused = programme.coordinator.put(
        f"{place}/attendance", {"present": [life.shedder_id]}, at=place, expect=422
    )
    assert refused.problem_on() == ["/present/0"]


def test_a_man_with_the_same_reference_is_a_new_man(programme, second, world, life):
    erase(programme, second, life.shedder_id)

    again = programme.a_shedder(external_ref=f"{life.mark}-7", known_as="Een ander")

    assert again["id"] != life.shedder_id
    assert programme.coordinator.get(f"/registry/shedders/{again['id']}/timeline").json["items"]


def test_a_request_that_is_sent_again_after_it_registers_nobody(programme, second, world):
    """The key stays used, though the answer it would have got is gone."""
    body = {"known_as": "Kanarie", "shed_id": str(programme.shed_id)}
    key = {"Idempotency_Key": "register-him-once"}
    man = programme.coordinator.post("/registry/shedders", body, **key).json["id"]
    other = {"Idempotency_Key": "of-another-man"}
    kept = programme.coordinator.post("/registry/shedders", body | {"known_as": "Vink"}, **other).json
    erase(programme, second, man)

    programme.coordinator.post("/registry/shedders", body, expect=404, **key)

    again = programme.coordinator.post("/registry/shedders", body | {"known_as": "Vink"}, **other).json
    assert again == kept
    assert [one["id"] for one in programme.coordinator.get("/registry/shedders").json["items"]] == [
        kept["id"]
    ]


# ---- legal holds


def hold(programme, man, **values):
    body = {"shedder_id": man, "reason": "complaint"} | values
    return programme.administrator.post("/registry/holds", body).json


def test_a_legal_hold_blocks_an_erasure_until_it_is_lifted(programme, second, man):
    place = place_of(ask(programme, man))
    held = hold(programme, man)

    blocked = second.act(f"{place}/confirm", expect=409)

    assert "legal hold" in blocked.json["detail"]
    assert second.get(place).json["state"] == "asked"
    programme.coordinator.get(f"/registry/shedders/{man}")
    programme.administrator.act(f"/registry/holds/{held['id']}/lift")
    second.act(f"{place}/confirm")
    programme.coordinator.get(f"/registry/shedders/{man}", expect=404)


def test_a_hold_is_told_to_the_other_services_by_id(programme, world, man):
    held = hold(programme, man)
    world.deliver()
    assert holds_known(world, man) == {"registry", "referrals", "mentoring"}

    programme.administrator.act(f"/registry/holds/{held['id']}/lift")
    world.deliver()

    assert holds_known(world, man) == set()
    assert world.told_types("registry")[-2:] == ["hold.placed", "hold.lifted"]
    assert set(world.told("registry")[-1]["data"]) == {"hold_id", "shedder_id", "on"}


def holds_known(world, man):
    from uuid import UUID  # noqa: PLC0415

    from shared.erased import is_held  # noqa: PLC0415

    known = set()
    for name, service in world.programme.services.items():
        with service.database.read() as session:
            if is_held(session, UUID(man)):
                known.add(name)
    return known


def test_a_hold_is_placed_once_and_on_a_man_who_is_there(programme, second, man):
    hold(programme, man)

    programme.administrator.post("/registry/holds", {"shedder_id": man, "reason": "other"}, expect=409)
    nobody = {"shedder_id": "01900000-0000-7000-8000-000000000000", "reason": "other"}
    assert programme.administrator.post("/registry/holds", nobody, expect=422).problem_on() == ["/shedder_id"]
    other = programme.a_shedder()["id"]
    erase(programme, second, other)
    gone = programme.administrator.post("/registry/holds", nobody | {"shedder_id": other}, expect=422)
    assert gone.problem_on() == ["/shedder_id"]


@pytest.mark.parametrize("who", ["coordinator", "ambassador", "mentor", "care_worker"])
def test_only_an_administrator_keeps_holds(programme, man, who):
    held = hold(programme, man)
    caller = getattr(programme, who)

    caller.post("/registry/holds", {"shedder_id": man, "reason": "other"}, expect=403)
    caller.get("/registry/holds", expect=403)
    caller.get(f"/registry/holds/{held['id']}", expect=404)
    caller.act(f"/registry/holds/{held['id']}/lift", expect=404)
