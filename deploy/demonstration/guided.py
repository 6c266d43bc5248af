"""Who is guided of today in a demonstration, or waits for it: on his way step by step, proposed, in a job."""

from collections.abc import Iterable, Sequence
from typing import Any

from deploy.demonstration.days import Days
from deploy.demonstration.people import COORDINATOR, EVIDENCE, MENTOR, OTHER_MENTOR, WAITING, Guided, Waiting
from deploy.demonstration.sheds import agree
from deploy.tokens import person

UNTIL_THEY_MET, UNTIL_HE_ENROLLED = 3, 5
JOB = {
    "employer": "Bakery on the corner",
    "sector": "catering",
    "hours_per_week": 24,
    "contract": "temporary",
}


def agree_to_mentoring(days: Days, guided: Iterable[Guided], waiting: Iterable[Waiting]) -> None:
    """Each agreed to it before he was matched; who waits is not matched yet."""
    agreed = [(one.man, one.matched + 1) for one in guided] + [(one.man, one.agreed) for one in waiting]
    for man, days_ago in agreed:
        agree(days, man, days_ago, purpose="mentoring")


def guide(days: Days, guided: Sequence[Guided]) -> None:
    """Bring each man as far on his pathway as he is by today."""
    mentors = _mentors(days, guided)
    for one in guided:
        if one.by in mentors:
            match = _matched(days, one, mentors[one.by])
            way = _enrolled(days, one, match["id"])
            _meet(days, one, match["id"])
            _make_steps(days, one, way)
            _become_ready(days, one, way)


def _mentors(days: Days, guided: Sequence[Guided]) -> dict[str, str]:
    """The demonstration's mentor and, where there is one, another.

    Where their papers were out of date these are renewed, and there is room for whom they are to guide and
    for every man who waits: the coordinator can match him with either.
    """
    listed = days.get(COORDINATOR, "/mentoring/mentors?limit=200")["items"]
    own = str(days.people[MENTOR].mentor_id)
    others = [mentor["id"] for mentor in listed if mentor["id"] != own]
    found = {MENTOR: own} | ({OTHER_MENTOR: others[0]} if others else {})
    for who, mentor_id in found.items():
        days.people[who] = person(days.programme, "mentor", mentor_id)
        renewed_on = days.stand_on(max(one.matched for one in guided) + 1)
        place = f"/mentoring/mentors/{mentor_id}"
        mentor = days.get(COORDINATOR, place)
        if mentor["not_matchable"]:
            more = sum(one.by == who for one in guided) + len(WAITING)
            room = max(mentor["capacity"], mentor["mentees"]) + more
            days.change(COORDINATOR, place, {"vog_on": renewed_on, "capacity": room})
    return found


def _matched(days: Days, one: Guided, mentor_id: str) -> dict[str, Any]:
    shedder_id = days.men[one.man.ref]["id"]
    days.stand_on(one.matched)
    there = days.added(COORDINATOR, f"/mentoring/mentorships?shedder_id={shedder_id}")
    proposal = {"mentor_id": mentor_id, "shedder_id": shedder_id}
    match: dict[str, Any] = there[0] if there else days.post(COORDINATOR, "/mentoring/mentorships", proposal)
    if match["state"] == "proposed":
        days.stand_on(one.matched - UNTIL_THEY_MET)
        yes = {"mentor_said_yes": True, "shedder_said_yes": True}
        match = days.post(one.by, f"/mentoring/mentorships/{match['id']}/activate", yes)
    return match


def _enrolled(days: Days, one: Guided, mentorship_id: str) -> str:
    shedder_id = days.men[one.man.ref]["id"]
    days.stand_on(one.matched - UNTIL_HE_ENROLLED)
    there = days.added(one.by, f"/mentoring/pathways?shedder_id={shedder_id}")
    begun = {"mentorship_id": mentorship_id}
    pathway = there[0] if there else days.post(one.by, "/mentoring/pathways", begun)
    return f"/mentoring/pathways/{pathway['id']}"


def _meet(days: Days, one: Guided, mentorship_id: str) -> None:
    place = f"/mentoring/mentorships/{mentorship_id}/sessions"
    met = len(days.added(one.by, place))
    for days_ago, next_action in one.met[met:]:
        days.stand_on(days_ago)
        days.post(one.by, place, {"minutes": 45, "next_action": next_action})


def _make_steps(days: Days, one: Guided, way: str) -> None:
    """The required steps one by one, each with what shows it; one more is begun where he is at it."""
    required = [step for step in days.get(one.by, way)["steps"] if step["required"]]
    for step, days_ago in zip(required, one.steps, strict=False):
        if step["state"] == "not_started":
            days.stand_on(days_ago)
            shown = {"what": EVIDENCE.get(step["code"], f"Seen: {step['title']}.")}
            days.post(one.by, f"/mentoring/steps/{step['id']}/complete", {"evidence": shown})
    for step in required[len(one.steps) :][:1] if one.begun is not None else []:
        if step["state"] == "not_started":
            days.stand_on(one.begun or 0)
            days.post(one.by, f"/mentoring/steps/{step['id']}/start")


def _become_ready(days: Days, one: Guided, way: str) -> None:
    """Proposed by his mentor, confirmed by the coordinator, and in a job: as far as he has come.

    Who was told "not yet", or whose proposal somebody took back, is not proposed again.
    """
    pathway = days.get(one.by, way)
    preparing = pathway["state"] == "preparing" and not pathway["readiness_proposed_on"]
    if one.proposed is not None and preparing and not _was_answered(days, one, way):
        days.stand_on(one.proposed)
        pathway = days.post(one.by, f"{way}/propose_readiness")
    if one.confirmed is not None and pathway["state"] == "preparing":
        days.stand_on(one.confirmed)
        pathway = days.post(COORDINATOR, f"{way}/confirm")
    if one.in_a_job is not None and pathway["state"] == "work_ready":
        days.stand_on(one.in_a_job)
        days.post(one.by, f"{way}/jobs", JOB)


def _was_answered(days: Days, one: Guided, way: str) -> bool:
    done = {entry["action"] for entry in days.get(one.by, f"{way}/history?limit=200")["items"]}
    return not done.isdisjoint({"decline_readiness", "take_back_readiness"})
