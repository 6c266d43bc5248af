"""Referrals from draft to outcome: what must hold besides the lifecycle."""

import threading

import pytest
from sqlalchemy import text

from services.referrals.worker import expire
from shared.actor import Role
from tests.builders.people import a_care_organisation, a_programme
from tests.world import days_ago, moment


def test_nothing_leaves_before_it_is_sent(programme):
    draft = programme.a_draft()
    place = f"/referrals/referrals/{draft['id']}"

    programme.care_worker.get(place, 404)
    assert programme.care_worker.get("/referrals/referrals").json["items"] == []
    programme.ambassador.act(f"{place}/send")
    assert programme.care_worker.get(place).json["state"] == "requested"


def test_sending_needs_an_active_consent_that_names_the_organisation(programme, world):
    man = programme.a_shedder()
    other, _ = a_care_organisation(world, programme.coordinator, "Another")
    programme.a_consent(man["id"], organisation_id=str(other))
    world.deliver()
    place = f"/referrals/referrals/{programme.a_draft(man['id'])['id']}"

    answer = programme.ambassador.act(f"{place}/send", expect=409)

    assert answer.json["type"] == "urn:sbs:problem:consent-missing"
    assert answer.headers["Retry-After"] == "1"
    programme.a_consent(man["id"])
    world.deliver()
    programme.ambassador.act(f"{place}/send")


def test_a_consent_that_has_ended_covers_nothing(programme, world):
    man = programme.a_shedder()
    programme.a_consent(man["id"], given_on=days_ago(world, 30), expires_on=days_ago(world, -1))
    world.deliver()
    place = f"/referrals/referrals/{programme.a_draft(man['id'])['id']}"
    world.clock.advance(days=2)

    programme.ambassador.act(f"{place}/send", expect=409)


def test_a_draft_without_a_disclosure_is_not_sent(programme):
    draft = programme.a_draft()
    programme.world.programme.referrals.database.engine.dispose()
    with programme.world.work("referrals") as work:
        work.session.execute(text("update referral set disclosure = null"))

    answer = programme.ambassador.act(f"/referrals/referrals/{draft['id']}/send", expect=422)

    assert answer.problem_on() == ["/disclosure"]


def test_a_disclosure_says_how_to_reach_him(programme):
    draft = programme.a_draft()
    place = f"/referrals/referrals/{draft['id']}"
    nowhere = {"disclosure": {"name": "Yusuf", "language": "nl"}}

    assert programme.ambassador.patch(place, nowhere, expect=422).problem_on() == ["/disclosure/phone"]
    nowhere["disclosure"]["address"] = "Hoefkade 1"
    assert programme.ambassador.patch(place, nowhere).json["disclosure"]["address"] == "Hoefkade 1"


def test_what_was_sent_is_not_changed_any_more(programme):
    place = programme.a_referral("requested")

    programme.ambassador.patch(place, {"urgency": "urgent"}, expect=409)


def test_a_draft_goes_to_another_service_and_keeps_what_was_said(programme, world):
    other, service = a_care_organisation(world, programme.coordinator, "Another", need_category="debt")
    draft = programme.a_draft()
    place = f"/referrals/referrals/{draft['id']}"

    programme.ambassador.patch(place, {"service_id": str(service)})
    now = programme.ambassador.patch(place, {"need_category": "debt"}).json

    kept = ("shedder_id", "reason_in_words", "disclosure", "state")
    assert [now[name] for name in kept] == [draft[name] for name in kept]
    assert (now["service_id"], now["organisation_id"]) == (str(service), str(other))
    assert now["need_category"] == "debt"


def test_a_draft_that_goes_to_another_organisation_needs_his_consent_to_that_one(programme, world):
    other, service = a_care_organisation(world, programme.coordinator, "Another")
    draft = programme.a_draft()
    place = f"/referrals/referrals/{draft['id']}"
    programme.ambassador.patch(place, {"service_id": str(service)})

    refused = programme.ambassador.act(f"{place}/send", expect=409)

    assert refused.json["type"] == "urn:sbs:problem:consent-missing"
    programme.a_consent(draft["shedder_id"], organisation_id=str(other))
    world.deliver()
    programme.ambassador.act(f"{place}/send")
    programme.care_worker.get(place, 404)


def test_a_draft_goes_to_no_service_that_he_is_referred_to_already_and_to_none_that_there_is_not(
    programme, world
):
    live = programme.a_referral()
    _, service = a_care_organisation(world, programme.coordinator, "Another")
    known = programme.ambassador.get(live).json
    draft = programme.a_draft(known["shedder_id"], service_id=str(service))
    place = f"/referrals/referrals/{draft['id']}"

    twin = programme.ambassador.patch(place, {"service_id": known["service_id"]}, expect=409)
    nowhere = programme.ambassador.patch(place, {"service_id": draft["id"]}, expect=422)

    assert twin.json["existing"] == known["id"]
    assert nowhere.problem_on() == ["/service_id"]
    assert programme.ambassador.get(place).json["service_id"] == str(service)


def test_a_service_that_takes_no_referrals_gets_none(programme):
    service = f"/referrals/services/{programme.service_id}"
    draft = programme.a_draft()
    programme.care_worker.patch(service, {"taking_referrals": "no"})

    answer = programme.ambassador.act(f"/referrals/referrals/{draft['id']}/send", expect=409)

    assert answer.json["taking_referrals"] == "no"
    programme.care_worker.patch(service, {"taking_referrals": "waiting_list"})
    programme.ambassador.act(f"/referrals/referrals/{draft['id']}/send")


def test_a_live_referral_for_the_same_is_refused_and_named(programme):
    place = programme.a_referral("accepted")
    first = programme.ambassador.get(place).json
    body = {"shedder_id": first["shedder_id"], "service_id": first["service_id"]}

    answer = programme.ambassador.post("/referrals/referrals", body, expect=409)

    assert answer.json["type"] == "urn:sbs:problem:duplicate"
    assert answer.json["existing"] == first["id"]
    assert answer.json["state"] == "accepted"


def test_another_ambassador_hears_that_there_is_one_but_not_which(programme, world):
    place = programme.a_referral("accepted")
    first = programme.ambassador.get(place).json
    body = {"name": "Second", "shed_id": str(programme.shed_id)}
    second = programme.coordinator.post("/registry/ambassadors", body).json["id"]
    world.deliver()
    colleague = world.caller(Role.AMBASSADOR, ambassador_id=second)

    twin = {"shedder_id": first["shedder_id"], "service_id": first["service_id"]}
    answer = colleague.post("/referrals/referrals", twin, expect=409)

    assert "existing" not in answer.json
    assert first["id"] not in answer.text


def test_of_two_drafts_for_the_same_only_one_is_sent(programme):
    first = programme.a_draft()
    second = programme.a_draft(first["shedder_id"])
    programme.ambassador.act(f"/referrals/referrals/{first['id']}/send")

    programme.ambassador.act(f"/referrals/referrals/{second['id']}/send", expect=409)


def test_two_sent_at_the_same_moment_are_one(programme):
    first = programme.a_draft()
    second = programme.a_draft(first["shedder_id"])
    statuses = []

    def send(draft):
        caller = programme.world.as_actor(programme.ambassador.actor)
        place = f"/referrals/referrals/{draft['id']}"
        statuses.append(caller.act(f"{place}/send", expect=None).status)

    senders = [threading.Thread(target=send, args=(draft,)) for draft in (first, second)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sorted(statuses) == [200, 409]


def test_when_one_has_ended_another_may_follow(programme):
    place = programme.a_referral("declined")
    first = programme.ambassador.get(place).json

    programme.a_draft(first["shedder_id"])


def test_a_declined_referral_can_be_sent_on_and_names_the_one_it_follows(programme, world):
    place = programme.a_referral("declined")
    first = programme.ambassador.get(place).json
    other, service = a_care_organisation(world, programme.coordinator, "Another")

    on = programme.ambassador.post(f"{place}/send_on", {"service_id": str(service)}).json

    assert on["follows_id"] == first["id"]
    assert on["organisation_id"] == str(other)
    assert on["disclosure"] == first["disclosure"]
    assert on["state"] == "draft"
    accepted = programme.a_referral("accepted")
    programme.ambassador.post(f"{accepted}/send_on", {"service_id": str(service)}, expect=409)


def test_what_came_to_nothing_is_listed_until_it_is_sent_on_but_not_to_the_organisation(programme, world):
    declined, failed, _ = (programme.a_referral(state) for state in ("declined", "failed", "withdrawn"))
    _, service = a_care_organisation(world, programme.coordinator, "Another")
    asked = "/referrals/referrals?to_send_on=true"
    assert places(programme.ambassador, asked) == places(programme.coordinator, asked) == [failed, declined]
    assert places(programme.care_worker, asked) == []

    programme.ambassador.post(f"{declined}/send_on", {"service_id": str(service)})

    assert places(programme.ambassador, asked) == [failed]
    assert places(programme.care_worker, asked) == []
    world.clock.advance(days=31)
    assert places(programme.ambassador, asked) == []


def test_ones_own_are_those_that_one_answers_for(programme, world):
    sent = programme.a_referral()
    asked = "/referrals/referrals?own=true"
    assert places(programme.ambassador, asked) == [sent]
    assert places(programme.coordinator, asked) == places(programme.care_worker, asked) == []

    programme.coordinator.act(f"/registry/ambassadors/{programme.ambassador_id}/leave")
    world.deliver()

    assert places(programme.coordinator, asked) == [sent]
    assert places(programme.ambassador, asked) == places(programme.care_worker, asked) == []
    assert places(programme.coordinator, "/referrals/referrals?own=false") == [sent]


def test_what_nobody_answered_can_be_sent_on(programme, world):
    place = programme.a_referral()
    _, service = a_care_organisation(world, programme.coordinator, "Another")
    world.clock.advance(days=10 + 28 + 1)
    expire(world.programme.referrals)

    on = programme.ambassador.post(f"{place}/send_on", {"service_id": str(service)}).json

    assert on["follows_id"] == place.rpartition("/")[2]


def places(caller, path):
    return [f"/referrals/referrals/{one['id']}" for one in caller.get(path).json["items"]]


def test_the_receiver_sees_the_disclosure_from_acceptance_on(programme):
    place = programme.a_referral("received", language="nl", neighbourhood="Schilderswijk")
    before = programme.care_worker.get(place).json

    assert "disclosure" not in before
    assert "reason_in_words" not in before
    assert before["need_category"] == "mental_health"
    assert before["neighbourhood"] == "Schilderswijk"
    after = programme.care_worker.act(f"{place}/accept").json
    assert after["disclosure"]["name"] == "Yusuf"
    assert after["reason_in_words"] == "He sleeps badly."


def test_the_ambassador_sees_how_it_ended_and_nothing_clinical(programme):
    place = programme.a_referral("completed")
    seen = programme.ambassador.get(place).json

    assert seen["state"] == "completed"
    assert seen["sentence"] == "It went well."
    assert "outcomes" not in seen
    assert programme.care_worker.get(place).json["outcomes"] == [
        {"need_category": "mental_health", "result": "achieved"}
    ]


def test_a_remark_stays_on_the_side_that_made_it(programme):
    place = programme.a_referral("received")
    programme.care_worker.act(f"{place}/accept", {"remark": "Depression suspected."})

    assert "Depression" in programme.care_worker.get(f"{place}/history").text
    assert "Depression" not in programme.ambassador.get(f"{place}/history").text
    assert "Depression" not in programme.coordinator.get(f"{place}/history").text


def test_the_history_keeps_who_when_and_why(programme, world):
    place = programme.a_referral("declined")

    steps = programme.coordinator.get(f"{place}/history").json["items"]

    assert [(step["action"], step["actor_role"]) for step in steps] == [
        ("send", "ambassador"),
        ("open", "care_worker"),
        ("decline", "care_worker"),
    ]
    assert steps[2]["reason"] == "no_capacity"
    assert steps[2]["actor_id"] == str(programme.care_worker.actor.id)
    assert steps[0]["at"] == world.clock.now().isoformat()


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("decline", {}, "/reason"),
        ("decline", {"reason": "did_not_come"}, "/reason"),
        ("waitlist", {}, "/expected_on"),
        ("waitlist", {"expected_on": "2026-03-02"}, "/expected_on"),
    ],
)
def test_an_action_needs_what_its_row_says(programme, action, body, field):
    place = programme.a_referral("received")

    assert programme.care_worker.act(f"{place}/{action}", body, expect=422).problem_on() == [field]


@pytest.mark.parametrize(
    "outcomes",
    [
        [],
        [{"need_category": "debt", "result": "achieved"}],
        [{"need_category": "mental_health", "result": "healed"}],
        [
            {"need_category": "mental_health", "result": "achieved"},
            {"need_category": "mental_health", "result": "not"},
        ],
    ],
    ids=["none", "of another need", "no such result", "two for a need"],
)
def test_completing_needs_an_outcome_for_the_need(programme, outcomes):
    place = programme.a_referral("in_progress")

    answer = programme.care_worker.act(
        f"{place}/complete", {"outcomes": outcomes, "sentence": "Done."}, expect=422
    )

    assert answer.problem_on()[0].startswith("/outcomes")


def test_reopening_is_for_thirty_days_after_the_end(programme, world):
    place = programme.a_referral("declined")
    world.clock.advance(days=30)
    programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"})
    programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})
    world.clock.advance(days=31)

    programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"}, expect=409)


def test_reopening_needs_an_active_consent(programme, world):
    place = programme.a_referral("declined")
    man = programme.coordinator.get(place).json["shedder_id"]
    consent = programme.coordinator.get(f"/registry/shedders/{man}/consents").json["items"][0]
    programme.coordinator.post(f"/registry/consents/{consent['id']}/withdraw", {}, expect=200)
    world.deliver()

    programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"}, expect=409)
    programme.a_consent(man)
    world.deliver()
    programme.care_worker.act(f"{place}/reopen", {"reason": "place_available"})
    assert programme.care_worker.act(f"{place}/accept").json["disclosure"]["name"] == "Yusuf"


def test_an_inbox_begins_with_the_oldest_promise(programme, world):
    places = []
    for _ in range(3):
        places.append(programme.a_referral("requested"))
        world.clock.advance(days=1)

    inbox = programme.care_worker.get("/referrals/referrals?state=requested").json["items"]

    assert [f"/referrals/referrals/{referral['id']}" for referral in inbox] == places


def of_each_day(programme, world, state):
    """Three referrals that came to a state on three days, in another order than that in which they were sent."""
    places = [programme.a_referral("received") for _ in range(3)]
    by_day = [places[1], places[2], places[0]]
    for nth, place in enumerate(by_day):
        world.clock.advance(days=1)
        if state == "waitlisted":
            programme.care_worker.act(f"{place}/waitlist", {"expected_on": f"2026-07-0{nth + 1}"})
        elif state == "accepted":
            programme.care_worker.act(f"{place}/accept")
        else:
            programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"})
    return by_day


def listed(items):
    return [f"/referrals/referrals/{referral['id']}" for referral in items]


@pytest.mark.parametrize(
    ("state", "stage", "newest_first"),
    [("waitlisted", "waiting", False), ("accepted", "under_way", False), ("declined", "ended", True)],
)
class TestTheOrderOfAStage:
    def test_it_is_by_the_day_that_counts_in_it_also_one_by_one(
        self, programme, world, state, stage, newest_first
    ):
        by_day = of_each_day(programme, world, state)
        expected = by_day[::-1] if newest_first else by_day
        asked = f"/referrals/referrals?stage={stage}"

        assert listed(programme.care_worker.get(asked).json["items"]) == expected
        found, link = [], f"{asked}&limit=1"
        while link:
            told = programme.care_worker.get(link)
            found += told.json["items"]
            link = told.headers.get("Link", "").partition("<")[2].partition(">")[0]
        assert listed(found) == expected

    def test_a_place_in_it_is_none_in_another_order(self, programme, world, state, stage, newest_first):
        of_each_day(programme, world, state)
        cursors = {}
        for query in (f"stage={stage}", f"state={state}"):
            link = programme.care_worker.get(f"/referrals/referrals?{query}&limit=1").headers["Link"]
            cursors[query] = link.partition("cursor=")[2].partition(">")[0].partition("&")[0]

        for query in cursors:
            for of, cursor in cursors.items():
                path = f"/referrals/referrals?{query}&cursor={cursor}"
                programme.care_worker.get(path, expect=200 if of == query else 422)


def test_those_under_way_are_by_the_next_appointment_that_is_to_come_also_one_by_one(programme, world):
    without, past, cancelled, later, sooner = (programme.a_referral("accepted") for _ in range(5))
    booked = {}
    for place, days in ((past, 0), (cancelled, 1), (later, 9), (sooner, 12), (sooner, 3)):
        body = {"starts_at": moment(days_ago(world, -days))}
        booked[place] = programme.care_worker.post(f"{place}/appointments", body).json["id"]
    asked_off = {"asked_by": "shedder", "why": "Ill."}
    programme.care_worker.act(f"/referrals/appointments/{booked[cancelled]}/cancel", asked_off)
    world.clock.advance(days=1)

    found, link = [], "/referrals/referrals?stage=under_way&limit=1"
    while link:
        told = programme.care_worker.get(link)
        found += told.json["items"]
        link = told.headers.get("Link", "").partition("<")[2].partition(">")[0]

    assert listed(found) == [sooner, later, without, past, cancelled]


def test_what_is_overdue_can_be_asked_for(programme, world):
    late = programme.a_referral("requested")
    world.clock.advance(days=8)
    programme.a_referral("requested")
    world.clock.advance(days=3)

    overdue = programme.care_worker.get("/referrals/referrals?overdue=true").json["items"]

    assert [f"/referrals/referrals/{referral['id']}" for referral in overdue] == [late]


class TestRelations:
    """An ambassador of another shed gets 404; a care worker answers for his own organisation only."""

    @pytest.fixture
    def neighbours(self, world, programme):
        return a_programme(world, "Haagse Buurt")

    def test_nobody_of_another_partner_or_organisation_sees_it(self, programme, neighbours):
        place = programme.a_referral("accepted")

        for who in ("ambassador", "coordinator", "care_worker", "mentor"):
            stranger = getattr(neighbours, who)
            stranger.get(place, 404)
            if who != "mentor":
                assert stranger.get("/referrals/referrals").json["items"] == []
            for below in ("history", "appointments", "questions"):
                stranger.get(f"{place}/{below}", 404)

    def test_nobody_of_another_organisation_can_answer_it(self, programme, neighbours):
        place = programme.a_referral("in_progress")
        body = {
            "outcomes": [{"need_category": "mental_health", "result": "achieved"}],
            "sentence": "Ours.",
        }

        neighbours.care_worker.post(f"{place}/complete", body, expect=404, If_Match='"1"')
        assert programme.care_worker.get(place).json["state"] == "in_progress"

    def test_a_fellow_ambassador_of_the_same_shed_sees_it_not(self, programme, world):
        place = programme.a_referral("requested")
        body = {"name": "Second", "shed_id": str(programme.shed_id)}
        second = programme.coordinator.post("/registry/ambassadors", body).json["id"]
        world.deliver()

        world.caller(Role.AMBASSADOR, ambassador_id=second).get(place, 404)

    def test_a_man_of_another_shed_cannot_be_referred(self, programme, neighbours):
        stranger = neighbours.a_shedder()
        neighbours.world.deliver()
        body = {"shedder_id": stranger["id"], "service_id": str(programme.service_id)}

        answer = programme.ambassador.post("/referrals/referrals", body, expect=422)

        assert answer.problem_on() == ["/shedder_id"]

    @pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR, Role.INTEGRATOR, Role.MENTOR])
    def test_roles_without_case_work_see_no_case(self, programme, world, role):
        place = programme.a_referral("accepted")
        scopes = frozenset({"events:read", "directory:read", "figures:read", "directory:write", "import"})
        caller = world.caller(role, mentor_id=programme.mentor_id, scopes=scopes)

        caller.get(place, 404)
        caller.get("/referrals/referrals", 403)
