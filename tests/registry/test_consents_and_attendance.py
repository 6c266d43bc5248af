"""Consents, attendance and the timeline."""

from datetime import UTC, datetime

import pytest

from shared.messaging.cursors import ConsumerCursor
from tests.world import days_ago, moment


class TestConsents:
    def test_a_consent_for_referral_names_its_recipient_and_no_other_does(self, programme):
        man = programme.a_shedder()["id"]
        place = f"/registry/shedders/{man}/consents"
        body = {"purpose": "referral", "wording_version": "1", "language": "nl", "method": "spoken"}

        assert programme.ambassador.post(place, body, expect=422).problem_on() == ["/organisation_id"]
        body |= {"purpose": "mentoring", "organisation_id": str(programme.organisation_id)}
        assert programme.ambassador.post(place, body, expect=422).problem_on() == ["/organisation_id"]

    def test_who_recorded_it_how_and_with_which_words_is_kept(self, programme):
        man = programme.a_shedder()["id"]
        body = {"purpose": "evaluation", "wording_version": "2026-1", "language": "fr", "method": "signed"}

        consent = programme.ambassador.post(f"/registry/shedders/{man}/consents", body).json

        assert {name: consent[name] for name in body} == body
        assert consent["recorded_by"] == str(programme.ambassador.actor.id)
        assert consent["given_on"] == "2026-03-02"

    def test_withdrawing_takes_no_more_steps_than_giving(self, programme, world):
        man = programme.a_shedder()["id"]
        consent = programme.a_consent(man)

        withdrawn = programme.ambassador.post(
            f"/registry/consents/{consent['id']}/withdraw", {}, expect=200
        ).json

        assert (withdrawn["state"], withdrawn["withdrawn_on"]) == ("withdrawn", "2026-03-02")
        programme.ambassador.post(f"/registry/consents/{consent['id']}/withdraw", {}, expect=409)
        told = world.told("registry")[-1]
        assert told["type"] == "org.sbs.consent.withdrawn.v1"
        assert told["subject"] == consent["id"]

    def test_given_again_it_stands_in_the_place_of_the_earlier_one(self, programme, world):
        man = programme.a_shedder()["id"]
        first = programme.a_consent(man)
        second = programme.a_consent(man)

        states = {
            consent["id"]: consent["state"]
            for consent in programme.coordinator.get(f"/registry/shedders/{man}/consents").json["items"]
        }

        assert states == {first["id"]: "replaced", second["id"]: "active"}
        assert world.told("registry")[-1]["data"]["replaces"] == first["id"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"given_on": "2026-03-03"}, "/given_on"),
            ({"expires_on": "2026-03-02"}, "/expires_on"),
            ({"language": "Dutch"}, "/language"),
            ({"purpose": "marketing"}, "/purpose"),
        ],
    )
    def test_one_that_cannot_be_is_refused(self, programme, values, field):
        man = programme.a_shedder()["id"]
        body = {"purpose": "evaluation", "wording_version": "1", "language": "nl", "method": "spoken"}

        answer = programme.ambassador.post(f"/registry/shedders/{man}/consents", body | values, expect=422)

        assert answer.problem_on() == [field]

    def test_it_is_not_withdrawn_before_it_was_given(self, programme, world):
        man = programme.a_shedder()["id"]
        consent = programme.a_consent(man)
        body = {"withdrawn_on": days_ago(world, 1)}

        programme.ambassador.post(f"/registry/consents/{consent['id']}/withdraw", body, expect=422)


class TestAttendance:
    @pytest.fixture
    def activity(self, programme):
        body = {"shed_id": str(programme.shed_id), "name": "weekly sport"}
        return programme.ambassador.post("/registry/activities", body).json["id"]

    def take(self, programme, activity, expect=201, **values):
        return programme.ambassador.post(
            "/registry/sessions", {"activity_id": activity} | values, expect=expect
        )

    def test_it_is_taken_for_a_whole_session_at_once(self, programme, activity, world):
        men = [programme.a_shedder(known_as=f"Man {nth}")["id"] for nth in range(3)]

        session = self.take(programme, activity, present=men, anonymous_headcount=2, mode="online").json

        assert sorted(man["shedder_id"] for man in session["present"]) == sorted(men)
        assert (session["mode"], session["anonymous_headcount"]) == ("online", 2)
        told = world.told("registry")[-1]
        assert (told["data"]["named_count"], told["data"]["anonymous_headcount"]) == (3, 2)
        assert not any(man in str(told) for man in men)
        place = f"/registry/shedders/{men[0]}/attendance"
        assert len(programme.ambassador.get(place).json["items"]) == 1

    def test_once_taken_it_is_corrected_not_taken_twice(self, programme, activity):
        men = [programme.a_shedder()["id"] for _ in range(2)]
        first = self.take(programme, activity, present=[men[0]]).json

        twin = self.take(programme, activity, expect=409, present=men)
        assert twin.json["existing"] == first["id"]
        place = f"/registry/sessions/{first['id']}"
        again = programme.ambassador.put(f"{place}/attendance", {"present": [men[1]]}, at=place).json

        assert [man["shedder_id"] for man in again["present"]] == [men[1]]
        assert programme.ambassador.get(place).etag == '"2"'

    def test_a_stranger_is_named_by_his_place_in_the_list(self, programme, activity):
        man = programme.a_shedder()["id"]
        stranger = "00000000-0000-0000-0000-000000000007"

        answer = self.take(programme, activity, expect=422, present=[man, stranger])

        assert answer.problem_on() == ["/present/1"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"held_on": "2026-03-03"}, "/held_on"),
            ({"held_on": "2019-01-01"}, "/held_on"),
            ({"anonymous_headcount": -1}, "/anonymous_headcount"),
            ({"mode": "by letter"}, "/mode"),
        ],
    )
    def test_a_session_that_cannot_be_is_refused(self, programme, activity, values, field):
        assert self.take(programme, activity, expect=422, **values).problem_on() == [field]

    def test_a_man_is_not_ticked_twice(self, programme, activity):
        man = programme.a_shedder()["id"]

        assert self.take(programme, activity, expect=422, present=[man, man]).problem_on() == ["/present"]

    def test_a_shed_has_one_activity_of_a_name(self, programme, activity):
        body = {"shed_id": str(programme.shed_id), "name": "weekly sport"}

        assert (
            programme.ambassador.post("/registry/activities", body, expect=409).json["existing"] == activity
        )

    def test_sessions_are_listed_by_period(self, programme, activity, world):
        for days in (20, 10, 1):
            self.take(programme, activity, held_on=days_ago(world, days))

        listed = programme.ambassador.get(
            f"/registry/sessions?since={days_ago(world, 15)}&until={days_ago(world, 5)}"
        )

        assert [session["held_on"] for session in listed.json["items"]] == [days_ago(world, 10)]


class TestTimeline:
    def entries(self, caller, man):
        return [e["what"] for e in caller.get(f"/registry/shedders/{man}/timeline?limit=200").json["items"]]

    def test_what_happens_in_every_service_appears_on_it(self, programme, world):
        place = programme.a_referral("accepted")
        programme.care_worker.post(f"{place}/appointments", {"starts_at": moment("2026-03-02")})
        man = programme.coordinator.get(place).json["shedder_id"]
        programme.a_consent(man, "mentoring")
        world.deliver()
        match = programme.a_mentorship(shedder_id=man)
        programme.mentor.post("/mentoring/pathways", {"mentorship_id": match["id"]})
        world.deliver()

        seen = self.entries(programme.coordinator, man)

        assert set(seen) == {
            "shedder.registered",
            "consent.given",
            "referral.requested",
            "referral.received",
            "referral.accepted",
            "appointment.booked",
            "mentorship.proposed",
            "mentorship.activated",
            "pathway.enrolled",
        }

    def test_an_ambassador_sees_of_referrals_his_own_only(self, programme, world):
        place = programme.a_referral("accepted")
        man = programme.coordinator.get(place).json["shedder_id"]
        body = {"name": "Second", "shed_id": str(programme.shed_id)}
        second = programme.coordinator.post("/registry/ambassadors", body).json["id"]
        world.deliver()
        colleague = world.caller(programme.ambassador.actor.role, ambassador_id=second)

        assert "referral.accepted" in self.entries(programme.ambassador, man)
        assert "referral.accepted" not in self.entries(colleague, man)
        assert "shedder.registered" in self.entries(colleague, man)

    def test_just_after_midnight_an_entry_is_of_the_new_day(self, programme, world):
        place = programme.a_referral("accepted")
        man = programme.coordinator.get(place).json["shedder_id"]
        world.clock.moment = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # half past midnight in Amsterdam
        programme.care_worker.post(f"{place}/appointments", {"starts_at": world.clock.moment.isoformat()})
        world.deliver()

        timeline = programme.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]

        days = [entry["happened_on"] for entry in timeline if entry["what"] == "appointment.booked"]
        assert days == ["2026-03-05"]

    def test_an_event_told_twice_is_entered_once(self, programme, world):
        place = programme.a_referral("requested")
        man = programme.coordinator.get(place).json["shedder_id"]
        world.deliver()
        before = self.entries(programme.coordinator, man)
        consumer = world.consumer("registry", "referrals")
        with world.work("registry") as work:
            work.session.get(ConsumerCursor, "referrals").position = 0

        consumer.catch_up()

        assert self.entries(programme.coordinator, man) == before


def test_attendance_is_not_taken_for_an_activity_that_had_ended(programme, world):
    body = {"shed_id": str(programme.shed_id), "name": "Cooking"}
    activity = programme.coordinator.post("/registry/activities", body).json["id"]
    programme.coordinator.patch(f"/registry/activities/{activity}", {"ended_on": days_ago(world, 10)})

    answer = programme.ambassador.post("/registry/sessions", {"activity_id": activity}, expect=422)

    assert answer.problem_on() == ["/held_on"]
    programme.ambassador.post("/registry/sessions", {"activity_id": activity, "held_on": days_ago(world, 10)})


def test_a_shed_an_ambassador_and_a_consent_have_a_history(programme):
    consent = programme.a_consent(programme.a_shedder()["id"])["id"]
    programme.coordinator.post(f"/registry/consents/{consent}/withdraw", expect=200)
    him = f"/registry/ambassadors/{programme.ambassador_id}"
    shed = f"/registry/sheds/{programme.shed_id}"
    programme.coordinator.act(f"{him}/leave")
    programme.coordinator.act(f"{shed}/close")

    def history(place):
        (entry,) = programme.coordinator.get(f"{place}/history").json["items"]
        return entry["action"], entry["source"], entry["target"]

    assert history(f"/registry/consents/{consent}") == ("withdraw", "active", "withdrawn")
    assert history(him) == ("leave", "active", "gone")
    assert history(shed) == ("close", "open", "closed")
