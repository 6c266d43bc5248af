"""Pathways: evidence, a second person's yes, readiness that lapses, jobs and their checkpoints."""

import pytest

from services.mentoring.worker import lapse
from shared.actor import Role
from tests.builders.people import a_mentor, a_programme
from tests.world import days_ago


def test_a_pathway_gets_the_steps_of_the_list(programme):
    steps = programme.mentor.get(programme.a_pathway()).json["steps"]

    assert [step["code"] for step in steps] == [
        "cv",
        "interview_practice",
        "language_level",
        "digital_skills",
        "papers_in_order",
        "references",
        "work_experience",
        "health_and_housing",
    ]


def test_the_list_is_configurable_and_pathways_keep_what_they_have(programme):
    before = programme.a_pathway()
    body = {"code": "driving_licence", "title": "Driving licence", "required": True, "place": 100}
    definition = programme.administrator.post("/mentoring/step-definitions", body).json
    programme.coordinator.post("/mentoring/step-definitions", body, expect=403)
    programme.administrator.post("/mentoring/step-definitions", body, expect=409)
    after = programme.a_pathway()
    programme.administrator.patch(f"/mentoring/step-definitions/{definition['id']}", {"in_use": False})
    later = programme.a_pathway()

    def codes(place):
        return [step["code"] for step in programme.coordinator.get(place).json["steps"]]

    assert "driving_licence" not in codes(before)
    assert "driving_licence" in codes(after)
    assert "driving_licence" not in codes(later)


def test_work_on_a_first_step_begins_preparing(programme):
    place = programme.a_pathway()
    step = programme.mentor.get(place).json["steps"][0]

    programme.mentor.act(f"/mentoring/steps/{step['id']}/start")

    assert programme.mentor.get(place).json["state"] == "preparing"


def test_a_step_is_completed_with_dated_evidence(programme, world):
    place = programme.a_pathway()
    one = f"/mentoring/steps/{programme.mentor.get(place).json['steps'][0]['id']}"

    assert programme.mentor.act(f"{one}/complete", {}, expect=422).problem_on() == ["/evidence"]
    later = {"evidence": {"what": "CV", "dated_on": "2027-01-01"}}
    answer = programme.mentor.act(f"{one}/complete", later, expect=422)
    assert answer.problem_on() == ["/evidence/dated_on"]
    body = {"evidence": {"what": "CV of two pages", "dated_on": days_ago(world, 2)}}
    (evidence,) = programme.mentor.act(f"{one}/complete", body).json["evidence"]

    assert (evidence["what"], evidence["dated_on"]) == ("CV of two pages", days_ago(world, 2))
    more = programme.mentor.act(f"{one}/add_evidence", {"what": "Signed copy"})
    assert len(more.json["evidence"]) == 2


def test_a_step_is_waived_by_a_coordinator_who_says_why(programme):
    place = programme.a_pathway()
    one = f"/mentoring/steps/{programme.mentor.get(place).json['steps'][0]['id']}"

    programme.mentor.act(f"{one}/waive", {"why": "He has one."}, expect=403)
    programme.coordinator.act(f"{one}/waive", {}, expect=422)
    assert programme.coordinator.act(f"{one}/waive", {"why": "He has one."}).json["why"] == "He has one."


class TestReadiness:
    def test_it_needs_every_required_step(self, programme):
        place = programme.a_pathway()
        step = programme.mentor.get(place).json["steps"][0]
        programme.mentor.act(f"/mentoring/steps/{step['id']}/start")

        answer = programme.mentor.act(f"{place}/propose_readiness", expect=409)

        assert answer.json["missing_steps"] == programme.mentor.get(place).json["missing_steps"]
        assert "cv" in answer.json["missing_steps"]
        assert "references" not in answer.json["missing_steps"]

    def test_it_needs_a_second_person(self, programme):
        place = programme.a_pathway("ready_to_propose")
        programme.coordinator.act(f"{place}/confirm", expect=409)
        programme.mentor.act(f"{place}/propose_readiness")

        programme.mentor.act(f"{place}/confirm", expect=403)
        assert programme.mentor.get(place).json["state"] == "preparing"
        ready = programme.coordinator.act(f"{place}/confirm").json
        assert (ready["state"], ready["work_ready_on"]) == ("work_ready", "2026-03-02")

    def test_the_second_person_may_be_the_mentor_who_was_asked(self, programme, world):
        other = a_mentor(world, programme.coordinator, name="Luc F.")
        second = world.caller(Role.MENTOR, mentor_id=other)
        place = programme.a_pathway("ready_to_propose")
        second.get(place, 404)

        programme.mentor.act(
            f"{place}/propose_readiness", {"asked_to_confirm": str(programme.mentor_id)}, 422
        )
        programme.mentor.act(f"{place}/propose_readiness", {"asked_to_confirm": str(other)})

        assert second.act(f"{place}/confirm").json["state"] == "work_ready"
        second.get(place, 404)

    def test_a_step_taken_up_again_stops_the_confirmation(self, programme):
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness")
        step = programme.mentor.get(place).json["steps"][0]
        programme.mentor.act(f"/mentoring/steps/{step['id']}/reopen", {"why": "Out of date."})

        answer = programme.coordinator.act(f"{place}/confirm", expect=409)

        assert answer.json["missing_steps"] == ["cv"]

    def test_it_lapses_when_it_was_not_confirmed_again_in_time(self, programme, world):
        place = programme.a_pathway("work_ready")
        world.clock.advance(weeks=26)
        lapse(world.programme.mentoring)
        assert programme.mentor.get(place).json["state"] == "work_ready"

        world.clock.advance(days=1)
        lapse(world.programme.mentoring)

        lapsed = programme.mentor.get(place).json
        assert lapsed["state"] == "preparing"
        assert lapsed["work_ready_on"] == "2026-03-02"

    def test_confirmed_again_it_counts_anew(self, programme, world):
        place = programme.a_pathway("work_ready")
        world.clock.advance(weeks=20)
        programme.mentor.act(f"{place}/propose_readiness")
        programme.coordinator.act(f"{place}/reconfirm")
        world.clock.advance(weeks=20)

        lapse(world.programme.mentoring)

        assert programme.mentor.get(place).json["state"] == "work_ready"

    def test_it_is_not_confirmed_for_a_day_before_it_began(self, programme, world):
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness")

        answer = programme.coordinator.act(
            f"{place}/confirm", {"confirmed_on": days_ago(world, 9)}, expect=422
        )

        assert answer.problem_on() == ["/confirmed_on"]


class TestJobs:
    def test_a_job_begins_when_he_is_work_ready(self, programme):
        body = {"sector": "care", "hours_per_week": 24, "contract": "temporary"}
        preparing = programme.a_pathway("ready_to_propose")
        programme.mentor.post(f"{preparing}/jobs", body, expect=409)

        place = programme.a_pathway("work_ready")
        job = programme.mentor.post(f"{place}/jobs", body).json

        assert job["is_first"] is True
        assert programme.mentor.get(place).json["state"] == "employed"

    def test_first_job_and_all_jobs_are_told_apart(self, programme):
        place = programme.a_pathway("employed")

        assert programme.a_job(place)["is_first"] is False

    def test_losing_the_only_job_returns_to_work_ready(self, programme, world):
        place = programme.a_pathway("employed")
        second = programme.a_job(place)
        jobs = programme.mentor.get("/mentoring/jobs").json["items"]
        first = next(job for job in jobs if job["id"] != second["id"])

        programme.mentor.act(f"/mentoring/jobs/{first['id']}/end")
        assert programme.mentor.get(place).json["state"] == "employed"
        programme.mentor.act(f"/mentoring/jobs/{second['id']}/end")

        assert programme.mentor.get(place).json["state"] == "work_ready"

    def test_a_checkpoint_says_how_it_is_known(self, programme, world):
        place = programme.a_pathway("work_ready", enrolled_on=days_ago(world, 100))
        job = programme.a_job(place, started_on=days_ago(world, 95))
        one = f"/mentoring/jobs/{job['id']}"

        def record(body, expect, weeks=13):
            return programme.mentor.put(f"{one}/checkpoints/{weeks}", body, at=one, expect=expect)

        assert record({"status": "employed"}, 422).problem_on() == ["/known_by"]
        assert record({"status": "unknown", "known_by": "payslip"}, 422).problem_on() == ["/known_by"]
        early = {"status": "employed", "known_by": "payslip"}
        assert record(early, 422, weeks=26).problem_on() == ["/recorded_on"]
        record({"status": "unknown"}, 200)
        (known,) = record({"status": "employed", "known_by": "employer"}, 200).json["checkpoints"]
        assert (known["weeks"], known["status"], known["known_by"]) == (13, "employed", "employer")

    @pytest.mark.parametrize("weeks", ["1", "12", "0", "x", "130"])
    def test_there_are_checkpoints_at_4_13_26_and_52_weeks_only(self, programme, weeks):
        place = programme.a_pathway("employed")
        job = programme.mentor.get(f"/mentoring/jobs?pathway_id={place.rsplit('/', 1)[1]}").json["items"][0]
        one = f"/mentoring/jobs/{job['id']}"

        programme.mentor.put(f"{one}/checkpoints/{weeks}", {"status": "unknown"}, at=one, expect=404)

    def test_employed_at_26_weeks_is_sustained(self, programme, world):
        place = programme.a_pathway("employed")
        job = programme.mentor.get("/mentoring/jobs").json["items"][0]
        one = f"/mentoring/jobs/{job['id']}"
        world.clock.advance(weeks=26)
        body = {"status": "unknown"}

        programme.mentor.put(f"{one}/checkpoints/26", body, at=one)
        assert programme.mentor.get(place).json["state"] == "employed"
        body = {"status": "employed", "known_by": "self_reported"}
        programme.mentor.put(f"{one}/checkpoints/26", body, at=one)

        assert programme.mentor.get(place).json["state"] == "sustained"

    def test_a_job_does_not_end_before_it_began(self, programme, world):
        programme.a_pathway("employed")
        job = programme.mentor.get("/mentoring/jobs").json["items"][0]

        programme.mentor.act(f"/mentoring/jobs/{job['id']}/end", {"ended_on": days_ago(world, 1)}, expect=422)


def test_a_man_has_one_open_pathway(programme):
    match = programme.a_mentorship()
    body = {"mentorship_id": match["id"]}
    first = programme.mentor.post("/mentoring/pathways", body).json

    assert programme.mentor.post("/mentoring/pathways", body, expect=409).json["existing"] == first["id"]
    programme.mentor.act(f"/mentoring/pathways/{first['id']}/stop", {"reason": "illness"})
    programme.mentor.post("/mentoring/pathways", body)


def test_the_history_keeps_every_step(programme):
    place = programme.a_pathway("employed")

    history = programme.coordinator.get(f"{place}/history").json["items"]

    assert [(step["action"], step["actor_role"]) for step in history] == [
        ("prepare", "mentor"),
        ("confirm", "coordinator"),
        ("employ", "mentor"),
    ]


def test_an_open_referral_shows_as_a_possible_obstacle_and_no_more(programme, world):
    place = programme.a_pathway()
    man = programme.mentor.get(place).json["shedder_id"]
    programme.a_consent(man)
    world.deliver()
    draft = programme.a_draft(man)
    programme.ambassador.act(f"/referrals/referrals/{draft['id']}/send")
    world.deliver()

    (obstacle,) = programme.mentor.get(f"{place}/obstacles").json["items"]
    assert obstacle == {
        "referral_id": draft["id"],
        "need_category": "mental_health",
        "state": "requested",
    }
    programme.mentor.get(f"/referrals/referrals/{draft['id']}", 404)
    programme.care_worker.act(f"/referrals/referrals/{draft['id']}/decline", {"reason": "no_capacity"})
    world.deliver()
    assert programme.mentor.get(f"{place}/obstacles").json["items"] == []


class TestTheSecondPerson:
    """The mentor proposes; a coordinator, or another mentor who was asked, confirms."""

    @pytest.fixture
    def other(self, programme, world):
        return a_mentor(world, programme.coordinator, name="Luc F.")

    @pytest.fixture
    def asked(self, programme, world, other):
        """A pathway that another mentor was asked to confirm, and that mentor."""
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness", {"asked_to_confirm": str(other)})
        return place, world.caller(Role.MENTOR, mentor_id=other)

    def test_is_not_the_mans_own_mentor_though_a_coordinator_proposed_it(self, programme):
        place = programme.a_pathway("ready_to_propose")
        programme.coordinator.act(f"{place}/propose_readiness")

        programme.mentor.act(f"{place}/confirm", expect=403)
        programme.coordinator.act(f"{place}/confirm", expect=403)

    def test_is_not_the_same_mentor_under_another_account(self, programme, world):
        place = programme.a_pathway("ready_to_propose")
        programme.mentor.act(f"{place}/propose_readiness")
        again = world.caller(Role.MENTOR, mentor_id=programme.mentor_id)

        again.act(f"{place}/confirm", expect=403)

    def test_who_was_asked_may_confirm_and_do_nothing_else(self, programme, asked):
        place, other = asked
        step = other.get(place).json["steps"][0]["id"]
        job = {"sector": "care", "hours_per_week": 24, "contract": "temporary"}

        offered = [one["action"] for one in other.get(place).json["available_actions"]]
        assert offered == ["confirm", "decline_readiness"]
        other.act(f"{place}/stop", {"reason": "other"}, expect=403)
        other.act(f"{place}/prepare", expect=403)
        other.act(f"{place}/propose_readiness", expect=403)
        other.act(f"/mentoring/steps/{step}/reopen", {"why": "So."}, expect=403)
        other.act(f"/mentoring/steps/{step}/add_evidence", {"what": "So."}, expect=403)
        other.post(f"{place}/jobs", job, expect=403)
        assert other.act(f"{place}/confirm").json["state"] == "work_ready"
        other.get(place, 404)

    def test_is_offered_what_he_may_do_and_the_proposer_is_not(self, programme, asked):
        place, _ = asked

        def offered(caller):
            return {one["action"] for one in caller.get(place).json["available_actions"]}

        assert "confirm" not in offered(programme.mentor)
        assert "propose_readiness" in offered(programme.mentor)
        assert "confirm" in offered(programme.coordinator)

    @pytest.mark.parametrize(
        "changes", [{"trained_on": None}, {"vog_on": "2020-01-01"}, {"left_on": "2026-03-01"}], ids=str
    )
    def test_is_no_mentor_whose_papers_are_not_in_order(self, programme, world, changes):
        place = programme.a_pathway("ready_to_propose")
        other = a_mentor(world, programme.coordinator, trained_on=None)
        programme.coordinator.patch(f"/mentoring/mentors/{other}", {"trained_on": "2025-09-01"} | changes)
        asked = {"asked_to_confirm": str(other)}

        answer = programme.mentor.act(f"{place}/propose_readiness", asked, expect=422)

        assert answer.problem_on() == ["/asked_to_confirm"]

    def test_is_of_the_same_partner(self, programme, world):
        stranger = a_programme(world, "Bolwerk").mentor_id
        place = programme.a_pathway("ready_to_propose")

        programme.mentor.act(f"{place}/propose_readiness", {"asked_to_confirm": str(stranger)}, expect=422)


class TestWhatAJobMeans:
    def checked(self, programme, job, weeks, expect=200, **body):
        one = f"/mentoring/jobs/{job['id']}"
        body = {"status": "employed", "known_by": "payslip"} | body
        return programme.mentor.put(f"{one}/checkpoints/{weeks}", body, at=one, expect=expect)

    def test_it_begins_on_a_day_on_which_he_was_work_ready(self, programme, world):
        place = programme.a_pathway("work_ready")
        body = {"sector": "care", "hours_per_week": 24, "contract": "temporary"}

        answer = programme.mentor.post(f"{place}/jobs", body | {"started_on": days_ago(world, 1)}, expect=422)

        assert answer.problem_on() == ["/started_on"]

    def test_only_the_checkpoint_at_26_weeks_sustains(self, programme, world):
        place = programme.a_pathway("employed")
        job = programme.mentor.get("/mentoring/jobs").json["items"][0]
        world.clock.advance(weeks=52)

        self.checked(programme, job, 52)
        assert programme.mentor.get(place).json["state"] == "employed"
        self.checked(programme, job, 26)
        assert programme.mentor.get(place).json["state"] == "sustained"
        self.checked(programme, job, 26, expect=409, status="not_employed")

    def test_a_job_that_ended_was_not_held_at_a_later_checkpoint(self, programme, world):
        place = programme.a_pathway("employed")
        job = programme.mentor.get("/mentoring/jobs").json["items"][0]
        world.clock.advance(weeks=30)
        ended = {"ended_on": days_ago(world, 30 * 7 - 10)}
        programme.mentor.act(f"/mentoring/jobs/{job['id']}/end", ended)

        assert self.checked(programme, job, 26, expect=422).problem_on() == ["/status"]
        assert programme.mentor.get(place).json["state"] == "work_ready"

    def test_the_first_is_the_one_that_began_first_whenever_it_was_recorded(self, programme, world):
        place = programme.a_pathway("work_ready", enrolled_on=days_ago(world, 100))
        later = programme.a_job(place, started_on=days_ago(world, 10))
        assert later["is_first"] is True

        earlier = programme.a_job(place, started_on=days_ago(world, 90))

        assert earlier["is_first"] is True
        assert programme.mentor.get(f"/mentoring/jobs/{later['id']}").json["is_first"] is False
        world.deliver()
        jobs = programme.coordinator.get(f"/registry/figures?partner_id={programme.partner_id}").json["jobs"]
        assert (jobs["men"], jobs["all"]) == (1, 2)

    def test_another_can_follow_a_way_that_ended_well(self, programme, world):
        place = programme.a_pathway("employed")
        job = programme.mentor.get("/mentoring/jobs").json["items"][0]
        world.clock.advance(weeks=26)
        self.checked(programme, job, 26)

        assert programme.a_job(place)["is_first"] is False
        assert programme.mentor.get(place).json["state"] == "sustained"


def test_a_required_step_taken_up_again_ends_being_work_ready(programme):
    place = programme.a_pathway("work_ready")
    step = next(step for step in programme.mentor.get(place).json["steps"] if step["required"])

    programme.mentor.act(f"/mentoring/steps/{step['id']}/reopen", {"why": "It has expired."})

    seen = programme.mentor.get(place).json
    assert (seen["state"], seen["missing_steps"]) == ("preparing", [step["code"]])


def test_what_is_done_to_steps_and_jobs_and_matches_leaves_a_history(programme):
    place = programme.a_pathway("employed")
    step = programme.mentor.get(place).json["steps"][0]["id"]
    job = programme.mentor.get("/mentoring/jobs").json["items"][0]["id"]
    match = programme.mentor.get("/mentoring/mentorships").json["items"][0]["id"]
    programme.mentor.act(f"/mentoring/steps/{step}/reopen", {"why": "Lost."})
    programme.mentor.act(f"/mentoring/jobs/{job}/end")
    programme.mentor.act(f"/mentoring/mentorships/{match}/pause", {"reason": "illness", "remark": "Flu."})

    def history(of):
        return programme.coordinator.get(f"/mentoring/{of}/history").json["items"]

    assert [one["action"] for one in history(f"steps/{step}")] == ["complete", "reopen"]
    assert history(f"steps/{step}")[-1]["remark"] == "Lost."
    assert [one["action"] for one in history(f"jobs/{job}")] == ["end"]
    assert [one["action"] for one in history(f"mentorships/{match}")] == ["activate", "pause"]
    assert history(f"mentorships/{match}")[-1]["actor_id"] == str(programme.mentor.actor.id)
