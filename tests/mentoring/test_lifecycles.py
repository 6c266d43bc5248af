"""The lifecycles of mentorship, pathway and step against the programme's table, written out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mentoring.domain.lifecycles import JOB, MENTORSHIP, PATHWAY, STEP
from services.mentoring.worker import lapse
from shared.clock import StandingClock
from tests.lifecycles import FEW, declared, drive, moves_of

# action: (from, to, who)
MATCH = {
    "activate": ({"proposed"}, "active", {"mentor", "coordinator"}),
    "reject": ({"proposed"}, "rejected", {"mentor", "coordinator"}),
    "pause": ({"active"}, "paused", {"mentor", "coordinator"}),
    "resume": ({"paused"}, "active", {"mentor", "coordinator"}),
    "complete": ({"active", "paused"}, "completed", {"mentor", "coordinator"}),
    "stop": ({"active", "paused"}, "stopped", {"mentor", "coordinator"}),
}
MATCH_BODIES = {
    "activate": {"mentor_said_yes": True, "shedder_said_yes": True},
    "reject": {"rejected_by": "shedder", "reason": "no_click"},
    "pause": {"reason": "illness"},
    "stop": {"reason": "no_contact"},
}
OPEN = {"enrolled", "preparing", "work_ready", "employed"}
WAY = {
    "prepare": ({"enrolled"}, "preparing", {"mentor", "coordinator"}),
    "confirm": ({"preparing"}, "work_ready", {"mentor", "coordinator"}),
    "reconfirm": ({"work_ready"}, "work_ready", {"mentor", "coordinator"}),
    "lapse": ({"work_ready"}, "preparing", set()),
    "employ": ({"work_ready"}, "employed", set()),
    "lose_job": ({"employed"}, "work_ready", set()),
    "sustain": ({"employed"}, "sustained", set()),
    "stop": (OPEN, "stopped", {"mentor", "coordinator"}),
}
JOBS = {"end": ({"held"}, "ended", {"mentor", "coordinator"})}
STEPS = {
    "start": ({"not_started"}, "in_progress", {"mentor", "coordinator"}),
    "complete": ({"not_started", "in_progress"}, "completed", {"mentor", "coordinator"}),
    "waive": ({"not_started", "in_progress"}, "waived", {"coordinator"}),
    "reopen": ({"completed", "waived"}, "in_progress", {"mentor", "coordinator"}),
}
STEP_BODIES = {
    "complete": {"evidence": {"what": "Seen."}},
    "waive": {"why": "Not needed."},
    "reopen": {"why": "Lost."},
}


@pytest.mark.parametrize(
    ("lifecycle", "table"), [(MENTORSHIP, MATCH), (PATHWAY, WAY), (STEP, STEPS), (JOB, JOBS)]
)
def test_the_declared_rows_are_those_of_the_domain(lifecycle, table):
    assert declared(lifecycle) == table


@FEW
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["mentor", "coordinator"]), st.sampled_from(sorted(MATCH))), max_size=10
    )
)
def test_whatever_people_do_a_mentorship_is_where_the_table_says(programme, world, moves):
    match = programme.a_mentorship("proposed")
    place = f"/mentoring/mentorships/{match['id']}"
    state = "proposed"
    for role, action in moves:
        sources, target, _ = MATCH[action]
        gone = role == "mentor" and state not in ("proposed", "active", "paused")
        expected = 404 if gone else 200 if state in sources else 409
        answer = getattr(programme, role).act(f"{place}/{action}", MATCH_BODIES.get(action), expect=None)
        assert answer.status == expected, (role, action, state, answer)
        state = target if expected == 200 else state
        assert programme.coordinator.get(place).json["state"] == state
    _end(programme, place, state)


def _end(programme, place, state):
    """Leave the mentor room for the next example."""
    if state == "proposed":
        programme.coordinator.act(f"{place}/reject", MATCH_BODIES["reject"])
    elif state in ("active", "paused"):
        programme.coordinator.act(f"{place}/complete")


@FEW
@given(
    moves=st.lists(
        st.sampled_from(["prepare", "ready", "reconfirm", "time", "job", "lose", "last", "stop"]), max_size=10
    )
)
def test_whatever_people_do_a_pathway_is_where_the_table_says(programme, world, moves):
    """Readiness, jobs, time passing and stopping in any order; the state follows the table, and nothing else."""
    world.clock.moment = StandingClock().moment  # Each example begins on the same day.
    place = programme.a_pathway("ready_to_propose")
    mentorship = programme.mentor.get("/mentoring/mentorships?state=active").json["items"][0]
    state, jobs = "preparing", []
    for move in moves:
        state = _move(programme, world, place, state, move, jobs)
        assert programme.coordinator.get(place).json["state"] == state, move
    if state in OPEN:
        programme.coordinator.act(f"{place}/stop", {"reason": "other"})
    programme.coordinator.act(f"/mentoring/mentorships/{mentorship['id']}/complete")


def _move(programme, world, place, state, move, jobs):
    mentor, coordinator = programme.mentor, programme.coordinator
    if move == "prepare":
        coordinator.act(f"{place}/prepare", expect=409)
    if move in ("ready", "reconfirm"):
        allowed = state == ("preparing" if move == "ready" else "work_ready")
        proposed = mentor.act(f"{place}/propose_readiness", expect=None).status
        assert proposed == (200 if state in ("preparing", "work_ready") else 409)
        action = "confirm" if move == "ready" else "reconfirm"
        coordinator.act(f"{place}/{action}", expect=200 if allowed else 409)
        return "work_ready" if allowed else state
    if move == "time":
        world.clock.advance(weeks=27)
        lapse(world.programme.mentoring)
        return "preparing" if state == "work_ready" else state
    if move == "job":
        body = {"sector": "care", "hours_per_week": 20, "contract": "temporary"}
        allowed = state in ("work_ready", "employed", "sustained")  # Who stayed in work may change jobs.
        answer = mentor.post(f"{place}/jobs", body, expect=201 if allowed else 409)
        jobs += [answer.json["id"]] if allowed else []
        return "employed" if state == "work_ready" else state
    if move == "lose" and jobs:
        body = {"ended_on": world.clock.today().isoformat()}
        mentor.act(f"/mentoring/jobs/{jobs.pop()}/end", body)
        return "work_ready" if state == "employed" and not jobs else state
    if move == "last" and jobs:
        world.clock.advance(weeks=26)
        lapse(world.programme.mentoring)
        job = f"/mentoring/jobs/{jobs[0]}"
        mentor.put(f"{job}/checkpoints/26", {"status": "employed", "known_by": "payslip"}, at=job)
        return "sustained" if state == "employed" else state
    if move == "stop":
        coordinator.act(f"{place}/stop", {"reason": "other"}, expect=200 if state in OPEN else 409)
        return "stopped" if state in OPEN else state
    return state


@FEW
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["mentor", "coordinator"]), st.sampled_from(sorted(STEPS))), max_size=8
    )
)
def test_whatever_people_do_a_step_is_where_the_table_says(programme, moves):
    place = programme.a_pathway()
    step = programme.mentor.get(place).json["steps"][0]
    drive(programme, f"/mentoring/steps/{step['id']}", STEPS, "not_started", moves, STEP_BODIES)
    match = programme.mentor.get("/mentoring/mentorships?state=active").json["items"][0]
    programme.coordinator.act(f"/mentoring/mentorships/{match['id']}/complete")


@FEW
@given(moves=moves_of(JOBS, ["mentor", "coordinator"], most=3))
def test_whatever_people_do_a_job_is_where_the_table_says(programme, moves):
    job = programme.a_job(programme.a_pathway("work_ready"))

    drive(programme, f"/mentoring/jobs/{job['id']}", JOBS, "held", moves, {"end": {"ended_on": "2026-03-02"}})
    match = programme.mentor.get("/mentoring/mentorships?state=active").json["items"][0]
    programme.coordinator.act(f"/mentoring/mentorships/{match['id']}/complete")
