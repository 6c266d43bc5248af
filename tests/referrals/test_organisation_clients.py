"""A machine client of a care organisation is to referrals what its care workers are, and no more."""

from uuid import uuid4

import pytest

from services.referrals.domain.lifecycles import APPOINTMENT, REFERRAL, ReferralState
from shared.actor import SCOPES, Actor, Role
from tests.audit import records
from tests.builders.people import a_programme
from tests.world import moment

WORD = "Kanarie"


def a_client(world, *scopes, **speaks_for):
    return world.caller(Role.INTEGRATOR, scopes=frozenset(scopes), **speaks_for)


@pytest.fixture
def reader(world, programme):
    return a_client(world, "referrals:read", organisation_id=programme.organisation_id)


@pytest.fixture
def client(world, programme):
    scopes = ("referrals:read", "referrals:answer")
    return a_client(world, *scopes, organisation_id=programme.organisation_id)


def test_it_reads_the_very_answers_that_a_care_worker_reads(programme, client, reader):
    place = programme.a_referral("accepted")
    programme.care_worker.post(f"{place}/questions", {"question": "Which days?"})
    programme.care_worker.post(f"{place}/appointments", {"starts_at": moment("2030-03-04")})
    programme.a_referral("requested")

    for way in (
        place,
        f"{place}/history",
        f"{place}/questions",
        f"{place}/appointments",
        "/referrals/referrals",
    ):
        assert client.get(way).json == programme.care_worker.get(way).json, way
        assert without_actions(reader.get(way).json) == without_actions(client.get(way).json), way


def without_actions(document):
    if isinstance(document, list):
        return [without_actions(one) for one in document]
    if isinstance(document, dict):
        return {name: without_actions(one) for name, one in document.items() if name != "available_actions"}
    return document


@pytest.mark.parametrize("state", [state for state in ReferralState if state not in ("draft", "expired")])
def test_it_is_offered_the_steps_of_a_care_worker_and_a_reader_none(programme, client, reader, state):
    place = programme.a_referral(state)

    assert (
        client.get(place).json["available_actions"]
        == programme.care_worker.get(place).json["available_actions"]
    )
    assert reader.get(place).json["available_actions"] == []


def test_it_answers_a_referral_from_its_opening_to_its_outcome(programme, client, world):
    place = programme.a_referral("requested")
    client.act(f"{place}/open")
    client.act(f"{place}/waitlist", {"expected_on": "2030-01-01"})
    client.act(f"{place}/accept", {"remark": WORD})
    booked = client.post(f"{place}/appointments", {"starts_at": world.clock.now().isoformat()}).json["id"]
    client.act(f"/referrals/appointments/{booked}/attend")
    outcome = {
        "outcomes": [{"need_category": "mental_health", "result": "partly"}],
        "sentence": "He is well.",
    }

    done = client.act(f"{place}/complete", outcome).json

    assert done["state"] == "completed"
    assert programme.ambassador.get(place).json["sentence"] == "He is well."
    history = programme.coordinator.get(f"{place}/history").json["items"]
    assert {step["actor_role"] for step in history if step["action"] != "send"} == {"integrator"}
    assert {step["actor_id"] for step in history if step["action"] != "send"} == {str(client.actor.id)}
    done_by_it = [record for record in records(world, "referrals") if record.actor_id == client.actor.id]
    assert {record.actor_role for record in done_by_it} == {"integrator"}
    assert done_by_it[-1].operation == "complete_referral"


def test_what_it_remarks_stays_on_its_side(programme, client):
    place = programme.a_referral("requested")
    client.act(f"{place}/accept", {"remark": WORD})

    assert WORD in client.get(f"{place}/history").text
    assert WORD in programme.care_worker.get(f"{place}/history").text
    assert WORD not in programme.ambassador.get(f"{place}/history").text
    assert WORD not in programme.coordinator.get(f"{place}/history").text


def test_it_does_not_read_what_the_sender_remarked(programme, client):
    place = f"/referrals/referrals/{programme.a_draft()['id']}"
    programme.ambassador.act(f"{place}/send", {"remark": WORD})

    assert WORD not in client.get(f"{place}/history").text


def test_its_question_stops_the_clock_and_the_sender_answers_it(programme, client):
    place = programme.a_referral("requested")

    question = client.post(f"{place}/questions", {"question": "Which days?"}).json

    assert question["asked_by"] == "organisation"
    assert client.get(place).json["clock_stopped_on"] is not None
    client.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Monday."}, expect=403)
    programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Monday."})


def test_it_answers_what_the_sender_asks(programme, client):
    place = programme.a_referral("accepted")
    asked = programme.ambassador.post(f"{place}/questions", {"question": "How long?"}).json["id"]

    answered = client.act(f"/referrals/questions/{asked}/answer", {"answer": "A week."}).json

    assert answered["answer"] == "A week."


def test_appointments_that_its_step_cancels_are_cancelled_by_the_organisation(programme, client, world):
    place = programme.a_referral("accepted")
    booked = client.post(f"{place}/appointments", {"starts_at": moment("2030-03-04")}).json["id"]
    client.act(f"{place}/fail", {"reason": "did_not_come"})

    (step,) = client.get(f"/referrals/appointments/{booked}/history").json["items"]

    assert (step["action"], step["details"]["asked_by"]) == ("cancel", "organisation")


def test_before_acceptance_it_reads_no_disclosure(programme, client):
    place = programme.a_referral("received")

    assert not {"disclosure", "reason_in_words"} & client.get(place).json.keys()
    client.act(f"{place}/accept")
    assert {"disclosure", "reason_in_words"} <= client.get(place).json.keys()


def test_after_consent_is_withdrawn_it_reads_no_word_and_no_need(programme, client, world):
    man = programme.a_shedder()["id"]
    consent = programme.a_consent(man)["id"]
    world.deliver()
    place = f"/referrals/referrals/{programme.a_draft(man, reason_in_words=WORD)['id']}"
    programme.ambassador.act(f"{place}/send")
    client.act(f"{place}/accept", {"remark": WORD})
    ways = (place, f"{place}/history", "/referrals/referrals")
    assert all(WORD in client.get(way).text for way in ways[:2])
    programme.coordinator.act(f"/registry/consents/{consent}/withdraw")
    world.deliver()

    for way in ways:
        answer = client.get(way)
        assert WORD not in answer.text, way
        assert "mental_health" not in answer.text, way
    assert client.get("/referrals/referrals?need_category=mental_health").json["items"] == []


def test_with_the_scope_to_read_it_changes_nothing(programme, reader):
    place = programme.a_referral("requested")

    reader.act(f"{place}/accept", expect=403)
    reader.post(f"{place}/questions", {"question": "When?"}, expect=403)

    assert programme.coordinator.get(place).json["state"] == "requested"


def test_it_does_nothing_that_the_sending_side_does(programme, client):
    place = programme.a_referral("requested")

    client.act(f"{place}/withdraw", {"reason": "other"}, expect=403)
    client.act(f"{place}/correct", {"reason": "wrong_person"}, expect=403)
    client.post("/referrals/referrals", {"shedder_id": str(uuid4()), "service_id": str(uuid4())}, expect=403)


def test_a_draft_is_unknown_to_it(programme, client):
    client.get(f"/referrals/referrals/{programme.a_draft()['id']}", expect=404)

    assert client.get("/referrals/referrals").json["items"] == []


def test_a_client_of_another_organisation_sees_and_changes_nothing(programme, world):
    place = programme.a_referral("accepted")
    asked = programme.ambassador.post(f"{place}/questions", {"question": "How long?"}).json["id"]
    booked = programme.care_worker.post(f"{place}/appointments", {"starts_at": moment("2030-03-04")}).json[
        "id"
    ]
    other = a_programme(world, "De Merels").organisation_id
    stranger = a_client(world, "referrals:read", "referrals:answer", organisation_id=other)

    for way in (place, f"{place}/history", f"{place}/questions", f"{place}/appointments"):
        stranger.get(way, expect=404)
    stranger.get(f"/referrals/questions/{asked}", expect=404)
    stranger.get(f"/referrals/appointments/{booked}", expect=404)
    stranger.post(f"{place}/start", expect=404, If_Match="*")
    stranger.post(f"/referrals/questions/{asked}/answer", {"answer": "No."}, expect=404, If_Match="*")
    stranger.post(f"{place}/appointments", {"starts_at": moment("2030-03-04")}, expect=404)
    assert stranger.get("/referrals/referrals").json["items"] == []


def test_it_reads_nothing_of_the_registry_and_of_mentoring(programme, client):
    referral = programme.coordinator.get(programme.a_referral("accepted")).json

    for name in (
        "sheds",
        "shedders",
        "ambassadors",
        "partners",
        "activities",
        "erasures",
        "events",
        "figures",
    ):
        client.get(f"/registry/{name}", expect=403)
    for name in ("mentors", "mentorships", "pathways", "jobs", "events"):
        client.get(f"/mentoring/{name}", expect=403)
    client.get("/referrals/events", expect=403)
    man = referral["shedder_id"]
    for way in (
        f"/registry/shedders/{man}",
        f"/registry/shedders/{man}/timeline",
        f"/registry/shedders/{man}/log",
    ):
        client.get(way, expect=404)


def test_a_client_of_a_partner_or_of_nobody_sees_no_referral_whatever_else_it_may(programme, world):
    place = programme.a_referral("accepted")
    others = frozenset(SCOPES) - {"referrals:read", "referrals:answer"}

    for speaks_for in (
        {"partner_id": programme.partner_id},
        {},
        {"organisation_id": programme.organisation_id},
    ):
        client = world.caller(Role.INTEGRATOR, scopes=others, **speaks_for)
        client.get(place, expect=404)
        client.get("/referrals/referrals", expect=403)


@pytest.mark.parametrize("scope", ["referrals:read", "referrals:answer"])
def test_a_token_with_such_a_scope_that_names_no_organisation_is_none(world, scope):
    nameless = Actor(uuid4(), Role.INTEGRATOR, scopes=frozenset({scope}), partner_id=uuid4())

    world.as_actor(nameless).get("/referrals/referrals", expect=401)


def test_a_token_that_may_answer_and_not_see_finds_nothing_to_answer(programme, world):
    place = programme.a_referral("requested")
    blind = a_client(world, "referrals:answer", organisation_id=programme.organisation_id)

    blind.post(f"{place}/accept", expect=404, If_Match="*")


def test_the_steps_that_clients_may_take_are_those_of_care_workers():
    for lifecycle in (REFERRAL, APPOINTMENT):
        for row in lifecycle.transitions:
            scope = lifecycle.policy(row.action).scope
            assert scope == ("referrals:answer" if Role.CARE_WORKER in row.roles else None), row.action
