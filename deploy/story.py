"""One man's story, walked through the running system over HTTP alone, each step printed with what it saw.

It is a demonstration and a test at once (`tests/journeys` walks it too): every step checks what it saw, and
the first that is not as it should be ends the story with the answer that was got.
"""

import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

ROLES = ("ambassador", "coordinator", "care_worker", "mentor", "administrator")
PATIENCE = 10.0
BEGAN_WEEKS_AGO = 14


class Unexpected(Exception):
    """A step got another answer than the story tells of."""


@dataclass
class Caller:
    """One person at the API: sends his token, remembers versions, tries again what needs a moment."""

    origin: str
    name: str
    token: str
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> Any:
        return self._send("GET", path, None, {}).json()

    def post(self, path: str, body: Any = None, *, etag: str | None = None) -> Any:
        """Post with a key of its own, so that trying again does nothing twice."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if etag:
            headers["If-Match"] = etag
        return self._send("POST", path, body or {}, headers).json()

    def act(self, place: str, action: str, body: Any = None) -> Any:
        """Do something to a thing as it is now: read its version, then post the action with it."""
        return self.post(f"{place}/{action}", body, etag=self.etag(place))

    def change(self, place: str, body: Any, method: str = "PATCH", at: str = "") -> Any:
        return self._send(method, f"{place}{at}", body, {"If-Match": self.etag(place)}).json()

    def etag(self, place: str) -> str:
        return self._send("GET", place, None, {}).headers["ETag"]

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> requests.Response:
        """Send; what another service has not heard of yet is asked again within a few seconds."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.http.request(
                method,
                f"{self.origin}{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.token}", **headers},
                timeout=30,
            )
            if answer.ok:
                return answer
            if not ("a moment ago" in answer.text and time.monotonic() < end):
                raise Unexpected(f"{method} {path} by the {self.name}: {answer.status_code} {answer.text}")
            time.sleep(0.05)


@dataclass
class Story:
    """The people in it, what is known so far, and a counter for its steps."""

    people: dict[str, Caller]
    say: Callable[[str], None]
    known: dict[str, Any] = field(default_factory=dict)
    steps: Any = field(default_factory=lambda: itertools.count(1))

    def step(self, what: str, saw: str) -> None:
        self.say(f"{next(self.steps):>3}  {what}\n       {saw}")


def tell(origin: str, tokens: Path, say: Callable[[str], None] = print) -> bool:
    """Walk the whole story. True when every step was as it should be."""
    try:
        people = {role: Caller(origin, role.replace("_", " "), (tokens / role).read_text()) for role in ROLES}
    except FileNotFoundError as error:
        say(f"There is no token at {error.filename}. Start the system first: make start")
        return False
    story = Story(people, say)
    try:
        for chapter in (registered, referred, seen_by_the_organisation, mentored, in_a_job, told_again):
            chapter(story)
    except Unexpected as error:
        say(f"\nThe story stopped here: {error}")
        return False
    except requests.ConnectionError:
        say(f"Nothing answers at {origin}. Start the system first: make start")
        return False
    say("\nThat was his story. Every step went over HTTP, and every service heard of it by event.")
    return True


def expect(truth: bool, what: str) -> None:
    """Raises `Unexpected` when something in the story is not as it should be."""
    if not truth:
        raise Unexpected(what)


def until(look: Callable[[], Any], what: str) -> tuple[Any, float]:
    """Look again until something is there; say in how many milliseconds it was."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:
        found = look()
        if found:
            return found, (time.monotonic() - began) * 1000
        time.sleep(0.005)
    raise Unexpected(f"{what} did not arrive within {PATIENCE:.0f} s")


def registered(story: Story) -> None:
    """He is looked for, registered, and comes to a session."""
    ambassador, coordinator = story.people["ambassador"], story.people["coordinator"]
    story.known["figures"] = coordinator.get("/registry/figures")
    men = story.known["figures"]["men"]["taking_part"]
    story.step("The coordinator reads the programme figures.", f"{men:,} men take part.")
    shed = ambassador.get("/registry/sheds")["items"][0]
    name = f"Story {uuid.uuid4().hex[:6]}"
    found = ambassador.post("/registry/shedders/search", {"name": name})["items"]
    story.step("The ambassador looks for him first, so that nobody is entered twice.", f"{len(found)} found.")
    joined_on = _weeks_ago(BEGAN_WEEKS_AGO + 2)
    man = ambassador.post(
        "/registry/shedders",
        {"known_as": name, "shed_id": shed["id"], "phone": "+31612345678", "joined_on": joined_on},
    )
    story.known |= {"shed": shed, "man": man}
    story.step(f"He is registered in {shed['name']}.", f"{man['known_as']}, shedder {man['id']}.")
    activity = ambassador.post(
        "/registry/activities", {"shed_id": shed["id"], "name": f"Cooking {man['id'][-6:]}"}
    )
    session = ambassador.post(
        "/registry/sessions",
        {"activity_id": activity["id"], "present": [man["id"]], "anonymous_headcount": 3},
    )
    story.step("Attendance is taken, everybody at once.", f"{len(session['present'])} by name, 3 without.")


def referred(story: Story) -> None:
    """He agrees, and the ambassador refers him."""
    ambassador, care_worker = story.people["ambassador"], story.people["care_worker"]
    service = _service_of(care_worker)
    man = story.known["man"]
    consent = ambassador.post(
        f"/registry/shedders/{man['id']}/consents",
        {
            "purpose": "referral",
            "organisation_id": service["organisation_id"],
            "wording_version": "2026-1",
            "language": "nl",
            "method": "spoken",
        },
    )
    story.step("He agrees that this organisation may hear of him.", f"Consent is {consent['state']}.")
    draft = ambassador.post(
        "/referrals/referrals",
        {
            "shedder_id": man["id"],
            "service_id": service["id"],
            "urgency": "soon",
            "reason_in_words": "He sleeps badly since his job ended.",
            "language": "nl",
            "neighbourhood": story.known["shed"]["neighbourhood"],
            "disclosure": {"name": man["known_as"], "phone": man["phone"], "language": "nl"},
        },
    )
    place = f"/referrals/referrals/{draft['id']}"
    story.known |= {"referral": place, "service": service}
    story.step(
        f"The ambassador drafts a referral to {service['name']}.", f"What will leave: {draft['disclosure']}."
    )
    sent = ambassador.act(place, "send")
    story.step("He sends it.", f"It is {sent['state']}; an answer is due on {sent['answer_due_on']}.")
    twin = ambassador.http.post(
        f"{ambassador.origin}/referrals/referrals",
        json={"shedder_id": man["id"], "service_id": service["id"]},
        headers={"Authorization": f"Bearer {ambassador.token}"},
        timeout=30,
    )
    expect(twin.status_code == 409, f"A second referral for the same service was answered {twin.status_code}")
    story.step("A second one for the same service is refused.", f"409: {twin.json()['detail']}")


def seen_by_the_organisation(story: Story) -> None:
    """The care organisation answers, sees him, and tells how it ended."""
    care_worker, ambassador = story.people["care_worker"], story.people["ambassador"]
    place = story.known["referral"]
    before = care_worker.act(place, "open")
    expect("disclosure" not in before, "The receiver saw the disclosure before accepting.")
    story.step("The care worker opens it.", f"It is {before['state']}; he sees the need, not yet the name.")
    question = care_worker.post(f"{place}/questions", {"question": "Does he come in the mornings?"})
    story.step("He asks the sender something; the clock stands still.", f"Question {question['id'][-6:]}.")
    ambassador.act(f"/referrals/questions/{question['id']}", "answer", {"answer": "Yes, before noon."})
    accepted = care_worker.act(place, "accept")
    story.step("It is answered, and he accepts.", f"Now he sees: {accepted['disclosure']['name']}.")
    starts_at = datetime.now(UTC) - timedelta(hours=1)
    appointment = care_worker.post(f"{place}/appointments", {"starts_at": starts_at.isoformat()})
    seen = ambassador.get(f"{place}/appointments")["items"][0]
    expect("starts_at" not in seen, "The ambassador saw more than the day.")
    story.step("An appointment is booked.", f"The ambassador sees its day, {seen['day']}, and no more.")
    care_worker.act(f"/referrals/appointments/{appointment['id']}", "attend")
    started = ambassador.get(place)
    story.step("He came.", f"The referral is {started['state'].replace('_', ' ')}.")
    need = started["need_category"]
    care_worker.act(
        place,
        "complete",
        {
            "outcomes": [{"need_category": need, "result": "achieved"}],
            "sentence": "He found his rhythm again.",
        },
    )
    ended = ambassador.get(place)
    expect("outcomes" not in ended, "The ambassador saw clinical detail.")
    story.step("It is completed.", f'The ambassador reads: "{ended["sentence"]}"')


def mentored(story: Story) -> None:
    """He is matched with a mentor and becomes work-ready."""
    coordinator, mentor = story.people["coordinator"], story.people["mentor"]
    ambassador, man = story.people["ambassador"], story.known["man"]
    ambassador.post(
        f"/registry/shedders/{man['id']}/consents",
        {"purpose": "mentoring", "wording_version": "2026-1", "language": "nl", "method": "signed"},
    )
    guide = mentor.get("/mentoring/mentors")["items"][0]
    why_not = ", ".join(guide["not_matchable"]).replace("_", " ")
    # The coordinator keeps the papers of his mentors: a VOG out of date keeps one from a match.
    guide = coordinator.change(f"/mentoring/mentors/{guide['id']}", {"vog_on": date.today().isoformat()})
    expect(guide["not_matchable"] == [], f"The mentor cannot be matched: {guide['not_matchable']}")
    story.step(
        "He agrees to mentoring; a mentor is looked for.",
        f"{guide['name']} has room for {guide['capacity'] - guide['mentees']}"
        + (f" (before his papers were renewed: {why_not})." if why_not else "."),
    )
    match = coordinator.post("/mentoring/mentorships", {"mentor_id": guide["id"], "shedder_id": man["id"]})
    place = f"/mentoring/mentorships/{match['id']}"
    match = mentor.act(place, "activate", {"mentor_said_yes": True, "shedder_said_yes": True})
    story.step("They meet, and both say yes.", f"The mentorship is {match['state']}.")
    mentor.post(f"{place}/sessions", {"minutes": 45, "next_action": "Write a CV together."})
    pathway = mentor.post(
        "/mentoring/pathways",
        {"mentorship_id": match["id"], "enrolled_on": _weeks_ago(BEGAN_WEEKS_AGO + 1)},
    )
    way = f"/mentoring/pathways/{pathway['id']}"
    story.known["pathway"] = way
    for step in pathway["steps"]:
        if step["required"]:
            evidence = {"evidence": {"what": f"Seen: {step['title']}."}}
            mentor.act(f"/mentoring/steps/{step['id']}", "complete", evidence)
    pathway = mentor.get(way)
    done = sum(step["state"] == "completed" for step in pathway["steps"])
    story.step("Step by step, with evidence.", f"{done} steps completed, {pathway['missing_steps']} missing.")
    proposed = mentor.act(way, "propose_readiness")
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
    ready = coordinator.act(way, "confirm", {"confirmed_on": _weeks_ago(BEGAN_WEEKS_AGO)})
    story.step("The coordinator confirms.", f"He is {ready['state'].replace('_', ' ')}.")


def in_a_job(story: Story) -> None:
    """He finds a job, and still has it after 13 weeks."""
    mentor, way = story.people["mentor"], story.known["pathway"]
    job = mentor.post(
        f"{way}/jobs",
        {
            "sector": "logistics",
            "started_on": _weeks_ago(BEGAN_WEEKS_AGO),
            "hours_per_week": 32,
            "contract": "temporary",
        },
    )
    state = mentor.get(way)["state"]
    story.step(f"He began a job on {job['started_on']}.", f"He is {state}; his first: {job['is_first']}.")
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


def _service_of(care_worker: Caller) -> dict[str, Any]:
    """A service of the care worker's own organisation; one that takes no referrals is opened first."""
    organisation = care_worker.get("/referrals/referrals?limit=1")["items"][0]["organisation_id"]
    service: dict[str, Any] = care_worker.get(f"/referrals/services?organisation_id={organisation}")["items"][
        0
    ]
    if service["taking_referrals"] == "no":
        place = f"/referrals/services/{service['id']}"
        service = care_worker.change(place, {"taking_referrals": "yes"})
    return service


def _weeks_ago(weeks: int) -> str:
    return (date.today() - timedelta(weeks=weeks)).isoformat()
