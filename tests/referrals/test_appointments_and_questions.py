"""Appointments, questions and the answer's clock."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from services.referrals.domain.clock import AnswerClock
from tests.builders.people import a_programme
from tests.statements import heard
from tests.world import days_ago, moment


def book(programme, place, day="2026-03-02"):
    body = {"starts_at": moment(day), "place": "Room 3"}
    return programme.care_worker.post(f"{place}/appointments", body).json


class TestAppointments:
    def test_one_is_booked_for_what_was_accepted(self, programme):
        place = programme.a_referral("received")
        programme.care_worker.post(f"{place}/appointments", {"starts_at": moment("2026-03-02")}, expect=409)
        programme.care_worker.act(f"{place}/accept")

        assert book(programme, place)["state"] == "booked"

    def test_the_ambassador_sees_the_day_only(self, programme):
        place = programme.a_referral("accepted")
        made = book(programme, place)

        (seen,) = programme.ambassador.get(f"{place}/appointments").json["items"]

        assert seen["day"] == "2026-03-02"
        assert not seen.keys() & {"starts_at", "place"}
        assert made["place"] == "Room 3"

    def test_those_of_several_referrals_are_found_at_once_and_only_what_is_to_come(self, programme, world):
        places = [programme.a_referral("accepted") for _ in range(2)]
        ids = [place.rpartition("/")[2] for place in places]
        past, first, later = (days_ago(world, days) for days in (0, -3, -5))
        for place, day in ((places[0], past), (places[0], later), (places[0], first), (places[1], later)):
            book(programme, place, day)
        gone = book(programme, places[1], first)["id"]
        cancelled = {"asked_by": "shedder", "why": "He is ill."}
        programme.care_worker.act(f"/referrals/appointments/{gone}/cancel", cancelled)
        world.clock.advance(days=1)

        def found(caller, **values):
            asked = {"referral_ids": ids, "to_come": True} | values
            items = caller.post("/referrals/appointments/search", asked, expect=200).json["items"]
            return [(ids.index(one["referral_id"]), one["day"]) for one in items]

        assert found(programme.coordinator)[0] == (0, first)
        assert sorted(found(programme.ambassador)) == [(0, first), (0, later), (1, later)]
        assert found(programme.ambassador, referral_ids=ids[1:]) == [(1, later)]
        assert len(found(programme.ambassador, to_come=False)) == 5
        assert found(a_programme(world, "De Merels").coordinator) == []

    def test_a_search_costs_the_same_for_one_referral_as_for_five(self, programme, world):
        ids = []
        for _ in range(5):
            place = programme.a_referral("accepted")
            book(programme, place)
            ids.append(place.rpartition("/")[2])

        def cost(some):
            with heard(world.programme.referrals.database.engine) as said:
                asked = {"referral_ids": some}
                programme.coordinator.post("/referrals/appointments/search", asked, expect=200)
            return Counter(one.sql.split(None, 1)[0] for one in said)["SELECT"]

        assert cost(ids[:1]) == cost(ids)

    def test_moving_one_keeps_who_asked_and_why(self, programme, world):
        place = programme.a_referral("accepted")
        made = book(programme, place, "2026-03-04")
        one = f"/referrals/appointments/{made['id']}"
        moved = {
            "starts_at": moment("2026-03-06", 15),
            "asked_by": "shedder",
            "why": "He works on Wednesdays.",
        }

        programme.care_worker.act(f"{one}/reschedule", {"starts_at": moment("2026-03-06")}, expect=422)
        answer = programme.care_worker.act(f"{one}/reschedule", moved)

        assert answer.json["state"] == "rescheduled"
        assert answer.json["day"] == "2026-03-06"
        told = [d["data"] for d in world.told("referrals") if "rescheduled" in d["type"]]
        assert told[0]["asked_by"] == "shedder"
        (entry,) = programme.care_worker.get(f"{one}/history").json["items"]
        assert (entry["action"], entry["remark"]) == ("reschedule", "He works on Wednesdays.")
        assert entry["details"]["asked_by"] == "shedder"
        assert [entry["details"][name][:10] for name in ("from", "to")] == ["2026-03-04", "2026-03-06"]
        (seen,) = programme.ambassador.get(f"{one}/history").json["items"]
        assert seen.keys() & {"remark", "details"} == set()

    def test_an_attended_one_starts_the_referral(self, programme):
        place = programme.a_referral("accepted")
        made = book(programme, place)

        programme.care_worker.act(f"/referrals/appointments/{made['id']}/attend")

        assert programme.ambassador.get(place).json["state"] == "in_progress"

    def test_a_missed_one_does_not(self, programme):
        place = programme.a_referral("accepted")
        made = book(programme, place)

        programme.care_worker.act(f"/referrals/appointments/{made['id']}/miss")

        assert programme.ambassador.get(place).json["state"] == "accepted"

    def test_one_to_come_is_neither_attended_nor_missed(self, programme):
        place = programme.a_referral("accepted")
        made = book(programme, place, "2026-03-09")

        for action in ("attend", "miss"):
            programme.care_worker.act(f"/referrals/appointments/{made['id']}/{action}", expect=422)

    @pytest.mark.parametrize("last", ["attend", "miss", "cancel"])
    def test_what_is_over_is_over(self, programme, last):
        place = programme.a_referral("accepted")
        one = f"/referrals/appointments/{book(programme, place)['id']}"
        why = {"asked_by": "organisation", "why": "Illness."}
        programme.care_worker.act(f"{one}/{last}", why if last == "cancel" else {})

        for action in ("reschedule", "attend", "miss", "cancel"):
            programme.care_worker.act(f"{one}/{action}", expect=409)

    @pytest.mark.parametrize(("wrong", "right"), [("attend", "miss"), ("miss", "attend")])
    def test_what_was_recorded_by_mistake_is_taken_back_with_the_reason_and_recorded_anew(
        self, programme, world, wrong, right
    ):
        place = programme.a_referral("accepted")
        one = f"/referrals/appointments/{book(programme, place)['id']}"
        programme.care_worker.act(f"{one}/{wrong}")
        was = programme.care_worker.get(place).json["state"]

        programme.care_worker.act(f"{one}/take_back", {}, expect=422)
        taken_back = programme.care_worker.act(f"{one}/take_back", {"why": "It was another man."}).json

        assert taken_back["state"] == "booked"
        assert programme.care_worker.get(place).json["state"] == was
        programme.care_worker.act(f"{one}/{right}")
        steps = programme.care_worker.get(f"{one}/history").json["items"]
        assert [(step["action"], step["remark"]) for step in steps] == [
            (wrong, None),
            ("take_back", "It was another man."),
            (right, None),
        ]
        (unseen,) = [
            step
            for step in programme.ambassador.get(f"{one}/history").json["items"]
            if step["target"] == "booked"
        ]
        assert "remark" not in unseen
        world.deliver()
        man = programme.care_worker.get(place).json["shedder_id"]
        timeline = programme.coordinator.get(f"/registry/shedders/{man}/timeline?limit=200").json["items"]
        assert "appointment.taken_back" in [entry["what"] for entry in timeline]

    @pytest.mark.parametrize("recorded", ["attend", "miss"])
    def test_once_the_referral_has_ended_what_was_recorded_stands(self, programme, recorded):
        place = programme.a_referral("accepted")
        one = f"/referrals/appointments/{book(programme, place)['id']}"
        done = programme.care_worker.act(f"{one}/{recorded}").json
        assert [offer["action"] for offer in done["available_actions"]] == ["take_back"]
        programme.care_worker.act(f"{place}/fail", {"reason": "other"})

        programme.care_worker.act(f"{one}/take_back", {"why": "It was another man."}, expect=409)

        stands = programme.care_worker.get(one).json
        assert (stands["state"], stands["available_actions"]) == (done["state"], [])

    def test_a_referral_that_ends_cancels_what_was_to_come(self, programme, world):
        place = programme.a_referral("accepted")
        made = book(programme, place, "2026-03-20")

        programme.ambassador.act(f"{place}/withdraw", {"reason": "moved_away"})

        (seen,) = programme.care_worker.get(f"{place}/appointments").json["items"]
        assert seen["state"] == "cancelled"
        assert "appointment.cancelled" in world.told_types("referrals")
        assert made["id"] == seen["id"]

    def test_only_the_receiver_works_on_them(self, programme):
        place = programme.a_referral("accepted")
        made = book(programme, place)

        programme.ambassador.post(f"{place}/appointments", {"starts_at": moment("2026-03-02")}, expect=403)
        programme.ambassador.act(f"/referrals/appointments/{made['id']}/attend", expect=403)


class TestQuestions:
    def ask(self, caller, place, text="Mornings?"):
        return caller.post(f"{place}/questions", {"question": text}).json

    @pytest.mark.parametrize("state", ["received", "accepted"])
    def test_a_referral_tells_since_when_the_oldest_one_waits(self, programme, world, state):
        place = programme.a_referral(state)
        self.ask(programme.ambassador, place)
        assert programme.care_worker.get(place).json["asked_back_at"] is None
        first = self.ask(programme.care_worker, place)
        since = world.clock.now()
        world.clock.advance(days=2)
        second = self.ask(programme.care_worker, place)

        for caller in (programme.ambassador, programme.care_worker, programme.coordinator):
            (listed,) = caller.get("/referrals/referrals").json["items"]
            assert datetime.fromisoformat(listed["asked_back_at"]) == since
        for question, waits_since in ((first, since + timedelta(days=2)), (second, None)):
            programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Yes."})
            told = programme.ambassador.get(place).json["asked_back_at"]
            assert (datetime.fromisoformat(told) if told else None) == waits_since

    def test_a_referral_that_has_ended_waits_for_no_answer(self, programme):
        place = programme.a_referral("received")
        self.ask(programme.care_worker, place)

        ended = programme.care_worker.act(f"{place}/decline", {"reason": "no_capacity"}).json

        assert ended["asked_back_at"] is None

    def test_while_the_organisation_waits_its_clock_stands_still(self, programme, world):
        place = programme.a_referral("requested")
        due = programme.care_worker.get(place).json["answer_due_on"]
        assert due == "2026-03-12"
        world.clock.advance(days=2)
        question = self.ask(programme.care_worker, place)
        assert programme.care_worker.get(place).json["clock_stopped_on"] == "2026-03-04"
        world.clock.advance(days=5)

        programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Yes."})

        after = programme.care_worker.get(place).json
        assert after["answer_due_on"] == "2026-03-17"
        assert after["clock_stopped_on"] is None

    def test_it_goes_on_when_the_last_question_is_answered(self, programme, world):
        place = programme.a_referral("requested")
        questions = [self.ask(programme.care_worker, place, text) for text in ("A?", "B?")]
        world.clock.advance(days=3)

        programme.ambassador.act(f"/referrals/questions/{questions[0]['id']}/answer", {"answer": "Yes."})
        assert programme.care_worker.get(place).json["clock_stopped_on"] == "2026-03-02"
        programme.ambassador.act(f"/referrals/questions/{questions[1]['id']}/answer", {"answer": "No."})
        assert programme.care_worker.get(place).json["answer_due_on"] == "2026-03-15"

    def test_a_question_of_the_sender_stops_no_clock(self, programme):
        place = programme.a_referral("requested")

        self.ask(programme.ambassador, place)

        assert programme.care_worker.get(place).json["clock_stopped_on"] is None

    def test_the_other_side_answers_and_once(self, programme):
        place = programme.a_referral("requested")
        one = f"/referrals/questions/{self.ask(programme.care_worker, place)['id']}"

        programme.care_worker.act(f"{one}/answer", {"answer": "Mine."}, expect=403)
        programme.ambassador.act(f"{one}/answer", {"answer": "Yes."})
        programme.ambassador.act(f"{one}/answer", {"answer": "No."}, expect=409)
        assert programme.care_worker.get(one).json["answer"] == "Yes."

    def test_the_days_taken_leave_out_the_waiting(self, programme, world):
        place = programme.a_referral("requested")
        self.ask(programme.care_worker, place)
        world.clock.advance(days=6)
        question = programme.care_worker.get(f"{place}/questions").json["items"][0]
        programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Yes."})
        world.clock.advance(days=4)

        programme.care_worker.act(f"{place}/accept")

        service = programme.ambassador.get(f"/referrals/services/{programme.service_id}").json
        assert service["days_taken"] == 4
        assert service["answers_counted"] == 1
        assert service["promised_days"] == 10

    def test_nothing_is_asked_of_what_has_ended(self, programme):
        place = programme.a_referral("declined")

        programme.care_worker.post(f"{place}/questions", {"question": "Why?"}, expect=409)


class TestClock:
    """The rule by itself."""

    def test_due_is_the_promise_from_the_day_of_the_request(self):
        assert AnswerClock.begin(date(2026, 3, 1), 10).due_on == date(2026, 3, 11)

    def test_stopping_twice_is_stopping_once(self):
        clock = AnswerClock.begin(date(2026, 3, 1), 10).stop(date(2026, 3, 2)).stop(date(2026, 3, 4))

        assert clock.resume(date(2026, 3, 6)).due_on == date(2026, 3, 15)

    def test_an_answer_given_while_it_stands_counts_until_then(self):
        clock = AnswerClock.begin(date(2026, 3, 1), 10).stop(date(2026, 3, 4))

        assert clock.days_taken(date(2026, 3, 1), date(2026, 3, 9)) == 3


def test_a_question_is_not_answered_any_more_once_the_referral_has_ended(programme, world):
    place = programme.a_referral("received")
    question = programme.care_worker.post(f"{place}/questions", {"question": "When?"}).json
    programme.ambassador.act(f"{place}/withdraw", {"reason": "moved_away"})

    programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": "Now."}, expect=409)


def test_an_appointment_does_not_lie_before_the_referral(programme):
    place = programme.a_referral("accepted")

    answer = programme.care_worker.post(
        f"{place}/appointments", {"starts_at": moment("2026-02-20")}, expect=422
    )

    assert answer.problem_on() == ["/starts_at"]
