"""A man to whom everything happens that can be recorded, every word and number about him marked."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.actor import Role
from tests.builders.people import Programme101, a_care_organisation
from tests.world import World


def _letters(count: int) -> str:
    """Random letters; digits might look like a BSN, which is refused."""
    return "".join(chr(ord("a") + digit % 26) for digit in uuid4().bytes[:count])


@dataclass
class Life:
    """His id, and the marks: no string of theirs may be found anywhere once he is erased."""

    programme: Programme101
    mark: str = field(default_factory=lambda: f"Kanarie{_letters(8)}")
    phone: str = field(default_factory=lambda: f"+316{uuid4().int % 10**8:08}")
    shedder_id: str = ""

    def in_world(self, world: World) -> "Life":
        """The same man, in a world where his rows were put back."""
        return replace(self, programme=self.programme.in_world(world))

    @property
    def marks(self) -> tuple[str, str]:
        return self.mark, self.phone

    def word(self, about: str) -> str:
        return f"{self.mark} {about}"


def a_marked_life(programme: Programme101, **values: Any) -> Life:
    """Registered, referred three times (one ended, one open, one a draft), mentored, work-ready, in a job."""
    life = Life(programme)
    man = programme.a_shedder(
        known_as=life.word("naam"),
        phone=life.phone,
        email=f"{life.mark}@example.org",
        address=life.word("straat 1"),
        birth_year=1961,
        languages=["nl", "ber"],
        neighbourhood=life.word("buurt"),
        interests=life.word("vist graag"),
        external_ref=f"{life.mark}-7",
        **values,
    )
    life.shedder_id = man["id"]
    _attend(programme, life)
    programme.a_consent(life.shedder_id)
    programme.a_consent(life.shedder_id, "mentoring")
    programme.world.deliver()
    _refer(programme, life)
    _mentor(programme, life)
    _look_in_an_emergency(programme, life)
    programme.world.deliver()
    return life


def _attend(programme: Programme101, life: Life) -> None:
    body = {"shed_id": str(programme.shed_id), "name": f"Walking football {_letters(6)}"}
    activity = programme.coordinator.post("/registry/activities", body).json
    taken = {"activity_id": activity["id"], "present": [life.shedder_id], "anonymous_headcount": 2}
    programme.coordinator.post("/registry/sessions", taken)


def _draft(programme: Programme101, life: Life, **values: Any) -> str:
    body = {
        "shedder_id": life.shedder_id,
        "service_id": str(programme.service_id),
        "reason_in_words": life.word("slaapt slecht"),
        "neighbourhood": life.word("buurt"),
        "language": "nl",
        "external_ref": f"{life.mark}-{_letters(6)}",
        "disclosure": {
            "name": life.word("naam"),
            "phone": life.phone,
            "address": life.word("straat 1"),
            "language": "nl",
            "best_time_to_call": life.word("avond"),
        },
    }
    draft = programme.ambassador.post("/referrals/referrals", body | values).json
    return f"/referrals/referrals/{draft['id']}"


def _refer(programme: Programme101, life: Life) -> None:
    place = _draft(programme, life)
    programme.ambassador.act(f"{place}/send", {"remark": life.word("stuurt")})
    question = programme.care_worker.post(f"{place}/questions", {"question": life.word("thuis?")}).json
    answer = {"answer": life.word("is thuis")}
    programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", answer)
    programme.care_worker.act(f"{place}/accept", {"remark": life.word("past")})
    _meet(programme, life, place)
    outcome = {
        "outcomes": [{"need_category": "mental_health", "result": "achieved"}],
        "sentence": life.word("slaapt weer"),
    }
    programme.care_worker.act(f"{place}/complete", outcome)
    going_on = _draft(programme, life)
    programme.ambassador.act(f"{going_on}/send")
    programme.care_worker.post(f"{going_on}/questions", {"question": life.word("waar?")})
    programme.care_worker.act(f"{going_on}/accept", {"remark": life.word("past weer")})
    later = f"{programme.world.clock.today() + timedelta(days=20)}T10:00:00+00:00"
    body = {"starts_at": later, "place": life.word("plein")}
    programme.care_worker.post(f"{going_on}/appointments", body)
    _, other = a_care_organisation(programme.world, programme.coordinator, f"Centrum {_letters(6)}")
    _draft(programme, life, service_id=str(other))


def _meet(programme: Programme101, life: Life, place: str) -> None:
    today = programme.world.clock.today()
    body = {"starts_at": f"{today}T10:00:00+00:00", "place": life.word("plein")}
    appointment = programme.care_worker.post(f"{place}/appointments", body).json
    moved = {
        "starts_at": f"{today}T11:00:00+00:00",
        "asked_by": "shedder",
        "why": life.word("kon niet"),
        "place": life.word("hoek"),
    }
    programme.care_worker.act(f"/referrals/appointments/{appointment['id']}/reschedule", moved)
    programme.care_worker.act(f"/referrals/appointments/{appointment['id']}/attend")


def _mentor(programme: Programme101, life: Life) -> None:
    body = {"mentor_id": str(programme.mentor_id), "shedder_id": life.shedder_id}
    match = programme.coordinator.post("/mentoring/mentorships", body).json
    place = f"/mentoring/mentorships/{match['id']}"
    yes = {"mentor_said_yes": True, "shedder_said_yes": True, "remark": life.word("wil")}
    programme.mentor.act(f"{place}/activate", yes)
    note = {"minutes": 45, "note": life.word("wil werken"), "next_action": life.word("belt")}
    programme.mentor.post(f"{place}/sessions", note)
    pathway = programme.mentor.post("/mentoring/pathways", {"mentorship_id": match["id"]}).json
    way = f"/mentoring/pathways/{pathway['id']}"
    programme.mentor.act(f"{way}/prepare", {"remark": life.word("begint")})
    steps = programme.mentor.get(way).json["steps"]
    for step in steps:
        if step["required"]:
            seen = {"evidence": {"what": life.word("heeft het")}}
            programme.mentor.act(f"/mentoring/steps/{step['id']}/complete", seen)
    optional = next(step for step in steps if not step["required"])
    programme.coordinator.act(f"/mentoring/steps/{optional['id']}/waive", {"why": life.word("hoeft niet")})
    programme.mentor.act(f"{way}/propose_readiness")
    programme.mentor.act(f"{way}/take_back_readiness", {"remark": life.word("te vroeg")})
    programme.mentor.act(f"{way}/propose_readiness")
    programme.coordinator.act(f"{way}/decline_readiness", {"why": life.word("nog niet")})
    programme.mentor.act(f"{way}/propose_readiness")
    programme.coordinator.act(f"{way}/confirm", {"remark": life.word("klaar")})
    programme.a_job(way, employer=life.word("BV"))


def _look_in_an_emergency(programme: Programme101, life: Life) -> None:
    """A coordinator who knows his telephone number alone."""
    body = {"phone": life.phone, "reason": "danger_to_himself", "remark": life.word("belde")}
    stranger = programme.world.caller(Role.COORDINATOR, partner_id=uuid4())
    stranger.post("/registry/emergency-accesses", body)


def erase(programme: Programme101, second: Any, shedder_id: str) -> str:
    """Ask, confirm by a second person, and let every service answer; gives the erasure's place."""
    asked = programme.coordinator.post(f"/registry/shedders/{shedder_id}/erasures", {"asked_how": "spoken"})
    place = f"/registry/erasures/{asked.json['id']}"
    second.act(f"{place}/confirm")
    programme.world.deliver()
    return place
