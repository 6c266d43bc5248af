"""A proposal that a man is work-ready ends without a yes: by a second person's "not yet", or taken back."""

from datetime import date

import pytest

from shared.actor import Role
from tests.builders.people import a_mentor

WHY = "He has not spoken with an employer."


@pytest.fixture
def place(programme):
    """The pathway of a man whose mentor proposed that he is ready."""
    place = programme.a_pathway("ready_to_propose")
    programme.mentor.act(f"{place}/propose_readiness")
    return place


@pytest.fixture
def other(world, programme):
    """Another mentor of the partner's."""
    return world.caller(Role.MENTOR, mentor_id=a_mentor(world, programme.coordinator, name="Luc F."))


def not_yet(caller, place, expect=200):
    return caller.act(f"{place}/decline_readiness", {"why": WHY}, expect)


def offered(caller, place):
    return {one["action"] for one in caller.get(place).json["available_actions"]}


def done(caller, place):
    """The last entry of the history."""
    return caller.get(f"{place}/history").json["items"][-1]


class TestNotYet:
    def test_ends_the_proposal_and_the_mentor_reads_who_said_so_when_and_why(self, programme, place):
        assert programme.coordinator.get("/mentoring/pathways?to_confirm=true").json["items"]

        shown = not_yet(programme.coordinator, place).json

        assert shown["state"] == "preparing"
        assert (shown["readiness_proposed_on"], shown["readiness_proposed_by"]) == (None, None)
        assert shown["readiness_declined_on"] == "2026-03-02"
        assert programme.coordinator.get("/mentoring/pathways?to_confirm=true").json["items"] == []
        entry = done(programme.mentor, place)
        assert (entry["action"], entry["actor_role"]) == ("decline_readiness", "coordinator")
        assert (entry["source"], entry["target"]) == ("preparing", "preparing")
        assert (entry["at"][:10], entry["remark"]) == ("2026-03-02", WHY)

    def test_stands_until_it_is_confirmed(self, programme, place, world):
        not_yet(programme.coordinator, place)
        world.clock.advance(days=7)
        assert programme.mentor.get(place).json["readiness_declined_on"] == "2026-03-02"

        programme.mentor.act(f"{place}/propose_readiness")
        assert programme.coordinator.get(place).json["readiness_declined_on"] == "2026-03-02"
        programme.mentor.act(f"{place}/take_back_readiness")
        assert programme.mentor.get(place).json["readiness_declined_on"] == "2026-03-02"
        programme.mentor.act(f"{place}/propose_readiness")

        confirmed = programme.coordinator.act(f"{place}/confirm").json

        assert (confirmed["state"], confirmed["readiness_declined_on"]) == ("work_ready", None)

    def test_says_why(self, programme, place):
        for body in ({}, {"why": ""}, {"why": " "}, {"why": "x" * 1001}):
            refused = programme.coordinator.act(f"{place}/decline_readiness", body, expect=422)
            assert refused.problem_on() == ["/why"]
        assert programme.mentor.get(place).json["readiness_proposed_on"] is not None

    def test_is_for_whoever_may_confirm(self, programme, place, other):
        refused = not_yet(programme.mentor, place, 403)
        not_yet(other, place, 404)

        assert "never who proposed it" in refused.json["detail"]
        assert "decline_readiness" not in offered(programme.mentor, place)
        assert {"confirm", "decline_readiness"} <= offered(programme.coordinator, place)

    def test_is_for_the_mentor_who_was_asked_who_then_sees_no_more_of_it(self, programme, place, other):
        asked = {"asked_to_confirm": str(other.actor.mentor_id)}
        programme.mentor.act(f"{place}/propose_readiness", asked)
        assert offered(other, place) == {"confirm", "decline_readiness"}

        not_yet(other, place)

        other.get(place, 404)
        assert done(programme.mentor, place)["actor_role"] == "mentor"

    def test_is_not_for_the_coordinator_who_proposed_it_himself(self, programme):
        place = programme.a_pathway("ready_to_propose")
        programme.coordinator.act(f"{place}/propose_readiness")

        not_yet(programme.coordinator, place, 403)
        not_yet(programme.mentor, place, 403)

    def test_answers_a_proposal_and_nothing_else(self, programme, place):
        not_yet(programme.coordinator, place)

        for action in ("decline_readiness", "take_back_readiness"):
            body = {"why": WHY} if action == "decline_readiness" else {}
            programme.coordinator.act(f"{place}/{action}", body, expect=409)
            assert action not in offered(programme.coordinator, place)
        programme.coordinator.act(f"{place}/confirm", expect=409)
        programme.coordinator.act(f"{place}/stop", {"reason": "other"})
        not_yet(programme.coordinator, place, 409)

    def test_to_a_man_who_is_work_ready_leaves_him_so(self, programme):
        place = programme.a_pathway("work_ready")
        programme.mentor.act(f"{place}/propose_readiness")

        shown = not_yet(programme.coordinator, place).json

        assert (shown["state"], shown["readiness_confirmed_on"]) == ("work_ready", "2026-03-02")
        assert done(programme.mentor, place)["target"] == "work_ready"

    def test_is_told_without_the_reason_and_stands_on_his_timeline(self, programme, place, world):
        not_yet(programme.coordinator, place)
        world.deliver()

        told = [
            one for one in world.told("mentoring") if one["type"].startswith("org.sbs.pathway.readiness_")
        ]
        assert [one["type"] for one in told] == [
            "org.sbs.pathway.readiness_proposed.v1",
            "org.sbs.pathway.readiness_declined.v1",
        ]
        assert (told[-1]["data"]["state"], told[-1]["data"]["reason"]) == ("preparing", None)
        assert WHY not in str(told)
        man = told[-1]["data"]["shedder_id"]
        timeline = programme.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]
        assert "pathway.readiness_declined" in {entry["what"] for entry in timeline}


class TestTakingBack:
    def test_ends_the_proposal_and_nothing_is_held_against_him(self, programme, place):
        shown = programme.mentor.act(f"{place}/take_back_readiness", {"remark": "Too early."}).json

        assert shown["state"] == "preparing"
        assert (shown["readiness_proposed_on"], shown["readiness_declined_on"]) == (None, None)
        entry = done(programme.coordinator, place)
        assert (entry["action"], entry["remark"]) == ("take_back_readiness", "Too early.")
        programme.coordinator.act(f"{place}/confirm", expect=409)
        programme.mentor.act(f"{place}/propose_readiness")
        programme.coordinator.act(f"{place}/confirm")

    def test_is_for_who_proposed_it(self, programme, place, other):
        programme.coordinator.act(f"{place}/take_back_readiness", expect=403)
        assert "take_back_readiness" not in offered(programme.coordinator, place)
        assert "take_back_readiness" in offered(programme.mentor, place)

        programme.coordinator.act(
            f"{place}/propose_readiness", {"asked_to_confirm": str(other.actor.mentor_id)}
        )

        for caller in (programme.mentor, other):
            caller.act(f"{place}/take_back_readiness", expect=403)
            assert "take_back_readiness" not in offered(caller, place)
        assert "take_back_readiness" in offered(programme.coordinator, place)
        programme.coordinator.act(f"{place}/take_back_readiness")
        other.get(place, 404)

    def test_is_told(self, programme, place, world):
        programme.mentor.act(f"{place}/take_back_readiness")

        (told,) = [one for one in world.told("mentoring") if "taken_back" in one["type"]]
        assert told["type"] == "org.sbs.pathway.readiness_taken_back.v1"
        assert date.fromisoformat(told["data"]["on"]) == world.clock.today()


@pytest.mark.parametrize(
    ("who", "action", "body"),
    [("coordinator", "decline_readiness", {"why": WHY}), ("mentor", "take_back_readiness", {})],
)
class TestBoth:
    def test_need_the_version_that_was_read(self, programme, place, who, action, body):
        caller = getattr(programme, who)
        caller.post(f"{place}/{action}", body, expect=428)
        caller.post(f"{place}/{action}", body, expect=412, If_Match='"0"')

        assert caller.get(place).json["readiness_proposed_on"] is not None

    def test_are_done_once_though_they_are_sent_twice(self, programme, place, world, who, action, body):
        caller = getattr(programme, who)
        headers = {"If_Match": caller.get(place).headers["ETag"], "Idempotency_Key": "k1"}
        first = caller.post(f"{place}/{action}", body, expect=200, **headers)
        again = caller.post(f"{place}/{action}", body, expect=200, **headers)

        assert again.json == first.json
        history = caller.get(f"{place}/history").json["items"]
        assert [one["action"] for one in history].count(action) == 1
