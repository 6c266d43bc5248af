"""Reminders: of what waits, to whoever is to act, once a day, and recorded as an event."""

import pytest
from sqlalchemy import select

from services.referrals.models import Reminder
from shared.actor import Role
from tests.builders.people import a_programme


def remind(programme, place, expect=200, **headers):
    return programme.coordinator.post(f"{place}/remind", expect=expect, **headers)


def an_overdue_one(programme, state="requested"):
    place = programme.a_referral(state)
    programme.world.clock.advance(days=13)
    return place


def reminders(world):
    with world.work("referrals") as work:
        found = select(Reminder.whom, Reminder.reminded_on, Reminder.reminded_by)
        return [tuple(row) for row in work.session.execute(found)]


def told(world):
    return [one["data"] for one in world.told("referrals") if one["type"] == "org.sbs.referral.reminded.v1"]


class TestWhoIsReminded:
    @pytest.mark.parametrize("state", ["requested", "received"])
    def test_of_an_overdue_answer_the_organisation(self, programme, world, state):
        place = an_overdue_one(programme, state)

        answer = remind(programme, place).json

        assert (answer["reminded_on"], answer["reminded_whom"]) == (
            world.clock.today().isoformat(),
            "organisation",
        )
        assert answer["state"] == state
        assert reminders(world) == [("organisation", world.clock.today(), programme.coordinator.actor.id)]
        (event,) = told(world)
        assert (event["whom"], event["state"]) == ("organisation", state)
        assert event["organisation_id"] == str(programme.organisation_id)

    @pytest.mark.parametrize("state", ["received", "accepted"])
    def test_of_a_question_that_waits_the_ambassador(self, programme, world, state):
        place = programme.a_referral(state)
        asked = programme.care_worker.post(f"{place}/questions", {"question": "Which floor?"}).json["id"]

        assert remind(programme, place).json["reminded_whom"] == "sender"
        assert told(world)[0]["ambassador_id"] == str(programme.ambassador_id)

        programme.ambassador.act(f"/referrals/questions/{asked}/answer", {"answer": "The second."})
        world.clock.advance(days=1)
        remind(programme, place, expect=409)

    def test_of_a_draft_that_was_never_sent_the_ambassador(self, programme):
        place = programme.a_referral("draft")

        assert remind(programme, place).json["reminded_whom"] == "sender"

    @pytest.mark.parametrize("state", ["requested", "accepted", "waitlisted", "declined", "completed"])
    def test_of_what_waits_for_nobody_nobody(self, programme, world, state):
        place = programme.a_referral(state)

        answer = remind(programme, place, expect=409).json

        assert answer["detail"].startswith("This referral waits for nobody")
        assert told(world) == reminders(world) == []

    def test_not_the_coordinators_themselves(self, programme, world):
        body = {"shedder_id": programme.a_draft()["shedder_id"], "service_id": str(programme.service_id)}
        own = programme.coordinator.post("/referrals/referrals", body).json["id"]

        answer = remind(programme, f"/referrals/referrals/{own}", expect=409).json

        assert "the coordinators themselves" in answer["detail"]
        assert told(world) == []


class TestOnceADay:
    def test_a_second_one_is_refused_until_the_next_day(self, programme, world):
        place = an_overdue_one(programme)
        remind(programme, place)

        refused = remind(programme, place, expect=409).json
        assert refused["reminded_on"] == world.clock.today().isoformat()
        assert len(told(world)) == 1

        world.clock.advance(days=1)
        assert remind(programme, place).json["reminded_on"] == world.clock.today().isoformat()
        assert len(reminders(world)) == len(told(world)) == 2

    def test_a_repeated_request_gets_the_answer_of_the_first(self, programme, world):
        place = an_overdue_one(programme)

        answers = [remind(programme, place, Idempotency_Key="k").json for _ in range(2)]

        assert answers[0] == answers[1]
        assert len(told(world)) == 1

    def test_the_form_that_somebody_has_open_is_still_good(self, programme):
        """A reminder changes nothing of the referral: who is about to answer is not refused for it."""
        place = an_overdue_one(programme, "received")
        before = programme.care_worker.get(place).etag
        remind(programme, place)

        programme.care_worker.post(f"{place}/accept", {}, expect=200, If_Match=before)


class TestWhoSeesIt:
    def test_both_sides_read_the_day_on_it_and_in_their_lists(self, programme, world):
        place = an_overdue_one(programme)
        remind(programme, place)

        for caller in (programme.care_worker, programme.ambassador, programme.coordinator):
            (listed,) = caller.get("/referrals/referrals").json["items"]
            assert caller.get(place).json["reminded_on"] == world.clock.today().isoformat()
            assert listed["reminded_on"] == world.clock.today().isoformat()

    def test_a_step_after_it_tells_it_still(self, programme, world):
        place = an_overdue_one(programme)
        remind(programme, place)

        accepted = programme.care_worker.act(f"{place}/accept").json

        assert accepted["reminded_on"] == world.clock.today().isoformat()


class TestWhoMay:
    def test_nobody_but_a_coordinator_of_the_partner(self, programme, world):
        place = an_overdue_one(programme)
        other = a_programme(world, "De Merels").coordinator
        client = world.caller(
            Role.INTEGRATOR,
            scopes={"referrals:answer", "referrals:read"},
            organisation_id=programme.organisation_id,
        )

        other.post(f"{place}/remind", expect=404)
        for caller in (programme.ambassador, programme.care_worker, client):
            caller.post(f"{place}/remind", expect=403)

        assert reminders(world) == []


def test_it_is_no_step_in_a_mans_life(programme, world):
    """The registry tells who must know, and enters nothing on his timeline."""
    place = an_overdue_one(programme)
    remind(programme, place)
    world.deliver()

    man = programme.coordinator.get(place).json["shedder_id"]
    timeline = programme.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]

    assert "referral.reminded" not in {one["what"] for one in timeline}
    assert "referral.requested" in {one["what"] for one in timeline}
