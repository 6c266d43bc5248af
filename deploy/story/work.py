"""From the match to a job that lasts, and what the registry heard of it all."""

from collections.abc import Callable
from typing import Any

from deploy.story.people import Story, expect, until, weeks_ago

BEGAN_WEEKS_AGO = 14


def matched(story: Story) -> None:
    """He is matched with a mentor, and both say yes."""
    coordinator, mentor = story.people["coordinator"], story.people["mentor"]
    ambassador, man = story.people["ambassador"], story.known["man"]
    ambassador.post(
        f"/registry/shedders/{man['id']}/consents",
        {
            "purpose": "mentoring",
            "wording_version": "2026-1",
            "language": "nl",
            "method": "signed",
            "given_on": weeks_ago(BEGAN_WEEKS_AGO + 2),
        },
    )
    guide = _papers_renewed(story)
    match = coordinator.post(
        "/mentoring/mentorships",
        {
            "mentor_id": guide["id"],
            "shedder_id": man["id"],
            "proposed_on": weeks_ago(BEGAN_WEEKS_AGO + 2),
        },
    )
    place = f"/mentoring/mentorships/{match['id']}"
    yes = {"mentor_said_yes": True, "shedder_said_yes": True, "began_on": weeks_ago(BEGAN_WEEKS_AGO + 1)}
    match = mentor.act(place, "activate", yes)
    story.step("They meet, and both say yes.", f"The mentorship is {match['state']}.")
    mentor.post(f"{place}/sessions", {"minutes": 45, "next_action": "Write a CV together."})
    story.known["match"] = match["id"]


def _papers_renewed(story: Story) -> dict[str, Any]:
    """The coordinator keeps the papers of his mentors: a VOG out of date keeps one from a match."""
    coordinator, mentor = story.people["coordinator"], story.people["mentor"]
    guide: dict[str, Any] = mentor.get("/mentoring/mentors")["items"][0]
    why_not = ", ".join(guide["not_matchable"]).replace("_", " ")
    guide = coordinator.change(f"/mentoring/mentors/{guide['id']}", {"vog_on": weeks_ago(1)})
    expect(guide["not_matchable"] == [], f"The mentor cannot be matched: {guide['not_matchable']}")
    story.step(
        "He agrees to mentoring; a mentor is looked for.",
        f"{guide['name']} has room for {guide['capacity'] - guide['mentees']}"
        + (f" (before his papers were renewed: {why_not})." if why_not else "."),
    )
    return guide


def work_ready(story: Story) -> None:
    """Step by step he becomes work-ready: one proposes it, a second person confirms."""
    coordinator, mentor = story.people["coordinator"], story.people["mentor"]
    pathway = mentor.post(
        "/mentoring/pathways",
        {"mentorship_id": story.known["match"], "enrolled_on": weeks_ago(BEGAN_WEEKS_AGO + 1)},
    )
    way = f"/mentoring/pathways/{pathway['id']}"
    story.known["pathway"] = way
    for step in pathway["steps"]:
        if step["required"]:
            seen = {"what": f"Seen: {step['title']}.", "dated_on": weeks_ago(BEGAN_WEEKS_AGO)}
            mentor.act(f"/mentoring/steps/{step['id']}", "complete", {"evidence": seen})
    pathway = mentor.get(way)
    done = sum(step["state"] == "completed" for step in pathway["steps"])
    missing = ", ".join(pathway["missing_steps"]) or "none"
    story.step("Step by step, with evidence.", f"{done} steps completed, {missing} missing.")
    proposed = mentor.act(way, "propose_readiness", {"proposed_on": weeks_ago(BEGAN_WEEKS_AGO)})
    alone = mentor.http.post(
        f"{mentor.origin}{way}/confirm",
        json={},
        headers={"Authorization": f"Bearer {mentor.token}", "If-Match": mentor.etag(way)},
        timeout=30,
    )
    expect(alone.status_code == 403, f"The proposer could confirm it himself: {alone.status_code}")
    story.step(
        "The mentor proposes that he is work-ready.",
        f"Proposed on {proposed['readiness_proposed_on']}; confirming it himself is refused (403).",
    )
    ready = coordinator.act(way, "confirm", {"confirmed_on": weeks_ago(BEGAN_WEEKS_AGO)})
    story.step("The coordinator confirms.", f"He is {ready['state'].replace('_', ' ')}.")


def in_a_job(story: Story) -> None:
    """He finds a job, and still has it after 13 weeks."""
    mentor, way = story.people["mentor"], story.known["pathway"]
    job = mentor.post(
        f"{way}/jobs",
        {
            "sector": "logistics",
            "started_on": weeks_ago(BEGAN_WEEKS_AGO),
            "hours_per_week": 32,
            "contract": "temporary",
        },
    )
    state = mentor.get(way)["state"]
    expect(job["is_first"], "It was not counted as his first job.")
    story.step(f"He began a job on {job['started_on']}, his first.", f"He is {state}.")
    place = f"/mentoring/jobs/{job['id']}"
    checked = mentor.change(place, {"status": "employed", "known_by": "payslip"}, "PUT", "/checkpoints/13")
    known = checked["checkpoints"][0]
    story.step("13 weeks on, somebody asks.", f"He is {known['status']}, known by {known['known_by']}.")


def told_again(story: Story) -> None:
    """What the registry heard of it: his timeline, and the figures before and after."""
    coordinator, man = story.people["coordinator"], story.known["man"]
    place = f"/registry/shedders/{man['id']}/timeline?limit=200"

    def whole() -> list[dict[str, Any]] | None:
        entries: list[dict[str, Any]] = coordinator.get(place)["items"]
        return entries if {"referral.completed", "job.checked"} <= {e["what"] for e in entries} else None

    entries, waited = until(whole, "His timeline")
    listed = "\n       ".join(f"{entry['happened_on']}  {entry['what']}" for entry in reversed(entries))
    story.step(f"His timeline has {len(entries)} entries (the last came within {waited:.0f} ms).", listed)
    before, after = story.known["figures"], coordinator.get("/registry/figures")
    rows: tuple[tuple[str, Callable[[Any], int]], ...] = (
        ("men taking part", lambda f: f["men"]["taking_part"]),
        ("referrals completed", lambda f: f["referrals"]["by_state"]["completed"]),
        ("men work-ready", lambda f: f["work_ready"]["men"]),
        ("men with a first job", lambda f: f["jobs"]["men"]),
        ("employed at 13 weeks", lambda f: f["jobs"]["at_13_weeks"]["employed"]),
    )
    for name, figure in rows:
        more = figure(after) - figure(before)
        expect(more >= 1, f"The figure of {name} did not grow: {figure(before)}, {figure(after)}")
    compared = "\n       ".join(
        f"{name:<22}{figure(before):>7,} -> {figure(after):,}" for name, figure in rows
    )
    story.step("The programme figures, before and after.", compared)
