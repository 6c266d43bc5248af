"""A small programme, whole: everything a test starts from, made through the same use cases as people use."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from shared.actor import Role
from tests.world import Caller, World, days_ago


@dataclass
class Programme101:
    """One partner, one shed, one of each person; and the callers that are they."""

    world: World
    partner_id: UUID
    shed_id: UUID
    ambassador_id: UUID
    organisation_id: UUID
    service_id: UUID
    mentor_id: UUID
    ambassador: Caller
    coordinator: Caller
    care_worker: Caller
    mentor: Caller
    administrator: Caller

    def in_world(self, world: World) -> "Programme101":
        """The same programme and people, in a world where their rows were put back."""
        people = ("ambassador", "coordinator", "care_worker", "mentor", "administrator")
        callers = {name: world.as_actor(getattr(self, name).actor) for name in people}
        return replace(self, world=world, **callers)

    # ---- registry

    def a_shedder(self, **values: Any) -> dict[str, Any]:
        body = {"known_as": "Yusuf E.", "shed_id": str(self.shed_id)} | values
        shedder: dict[str, Any] = self.coordinator.post("/registry/shedders", body).json
        return shedder

    def a_consent(self, shedder_id: str, purpose: str = "referral", **values: Any) -> dict[str, Any]:
        body = {"purpose": purpose, "wording_version": "1", "language": "nl", "method": "spoken"}
        if purpose == "referral":
            body["organisation_id"] = str(self.organisation_id)
        place = f"/registry/shedders/{shedder_id}/consents"
        consent: dict[str, Any] = self.coordinator.post(place, body | values).json
        return consent

    # ---- referrals

    def a_draft(self, shedder_id: str | None = None, **values: Any) -> dict[str, Any]:
        """A draft that can be sent: the man is known, and has agreed."""
        if shedder_id is None:
            shedder_id = self.a_shedder()["id"]
            self.a_consent(shedder_id)
            self.world.deliver()
        body = {
            "shedder_id": shedder_id,
            "service_id": str(self.service_id),
            "reason_in_words": "He sleeps badly.",
            "disclosure": {"name": "Yusuf", "phone": "+31612345678", "language": "nl"},
        }
        draft: dict[str, Any] = self.ambassador.post("/referrals/referrals", body | values).json
        return draft

    def a_referral(self, state: str = "requested", **values: Any) -> str:
        """A referral in a state; gives its place."""
        place = f"/referrals/referrals/{self.a_draft(**values)['id']}"
        for who, action, body in ROADS[state]:
            caller: Caller = getattr(self, who)
            if who == "system":
                continue
            caller.act(f"{place}/{action}", body)
        return place

    # ---- mentoring

    def a_mentorship(
        self, state: str = "active", shedder_id: str | None = None, on: str | None = None
    ) -> dict[str, Any]:
        if shedder_id is None:
            shedder_id = self.a_shedder(known_as="Mentee")["id"]
            self.a_consent(shedder_id, "mentoring")
            self.world.deliver()
        body = {"mentor_id": str(self.mentor_id), "shedder_id": shedder_id}
        body |= {"proposed_on": on} if on else {}
        match: dict[str, Any] = self.coordinator.post("/mentoring/mentorships", body).json
        if state != "proposed":
            yes = {"mentor_said_yes": True, "shedder_said_yes": True} | ({"began_on": on} if on else {})
            match = self.mentor.act(f"/mentoring/mentorships/{match['id']}/activate", yes).json
        return match

    def a_pathway(self, state: str = "enrolled", enrolled_on: str | None = None) -> str:
        """A pathway in a state; gives its place."""
        match = self.a_mentorship(on=enrolled_on)
        body = {"mentorship_id": match["id"]}
        if enrolled_on:
            body["enrolled_on"] = enrolled_on
        pathway = self.mentor.post("/mentoring/pathways", body).json
        place = f"/mentoring/pathways/{pathway['id']}"
        if state in ("ready_to_propose", "work_ready", "employed"):
            self.complete_steps(place)
        if state in ("work_ready", "employed"):
            self.mentor.act(f"{place}/propose_readiness")
            confirmed = {"confirmed_on": enrolled_on} if enrolled_on else {}
            self.coordinator.act(f"{place}/confirm", confirmed)
        if state == "employed":
            self.a_job(place)
        return place

    def complete_steps(self, place: str) -> None:
        for step in self.mentor.get(place).json["steps"]:
            if step["required"] and step["state"] == "not_started":
                body = {"evidence": {"what": "Seen."}}
                self.mentor.act(f"/mentoring/steps/{step['id']}/complete", body)

    def a_job(self, place: str, **values: Any) -> dict[str, Any]:
        body = {"sector": "care", "hours_per_week": 24, "contract": "temporary"} | values
        job: dict[str, Any] = self.mentor.post(f"{place}/jobs", body).json
        return job


Road = list[tuple[str, str, dict[str, Any]]]

_SENT: Road = [("ambassador", "send", {})]
_RECEIVED: Road = [*_SENT, ("care_worker", "open", {})]
_ACCEPTED: Road = [*_RECEIVED, ("care_worker", "accept", {})]
_STARTED: Road = [*_ACCEPTED, ("care_worker", "start", {})]

ROADS: dict[str, Road] = {
    "draft": [],
    "requested": _SENT,
    "received": _RECEIVED,
    "accepted": _ACCEPTED,
    "waitlisted": [*_RECEIVED, ("care_worker", "waitlist", {"expected_on": "2026-06-01"})],
    "in_progress": _STARTED,
    "declined": [*_RECEIVED, ("care_worker", "decline", {"reason": "no_capacity"})],
    "failed": [*_ACCEPTED, ("care_worker", "fail", {"reason": "did_not_come"})],
    "withdrawn": [*_SENT, ("ambassador", "withdraw", {"reason": "helped_elsewhere"})],
    "entered_in_error": [*_SENT, ("coordinator", "correct", {"reason": "wrong_person"})],
    "completed": [
        *_STARTED,
        (
            "care_worker",
            "complete",
            {
                "outcomes": [{"need_category": "mental_health", "result": "achieved"}],
                "sentence": "It went well.",
            },
        ),
    ],
}
"""How a referral gets into a state: who does what."""


def a_programme(world: World, name: str = "De Mussen") -> Programme101:
    """A programme with everything that a test starts from; every event has arrived."""
    administrator = world.caller(Role.ADMINISTRATOR)
    partner_id = UUID(administrator.post("/registry/partners", {"name": name, "country": "NL"}).json["id"])
    coordinator = world.caller(Role.COORDINATOR, partner_id=partner_id)
    shed = {
        "name": f"Shed of {name}",
        "country": "NL",
        "municipality": "Den Haag",
        "neighbourhood": "Schilderswijk",
        "focus": "sport",
        "opened_on": days_ago(world, 400),
    }
    shed_id = UUID(coordinator.post("/registry/sheds", shed).json["id"])
    ambassador_id = UUID(
        coordinator.post("/registry/ambassadors", {"name": "Mehmet D.", "shed_id": str(shed_id)}).json["id"]
    )
    organisation_id, service_id = a_care_organisation(world, coordinator)
    mentor_id = a_mentor(world, coordinator)
    world.deliver()
    return Programme101(
        world=world,
        partner_id=partner_id,
        shed_id=shed_id,
        ambassador_id=ambassador_id,
        organisation_id=organisation_id,
        service_id=service_id,
        mentor_id=mentor_id,
        ambassador=world.caller(Role.AMBASSADOR, ambassador_id=ambassador_id),
        coordinator=coordinator,
        care_worker=world.caller(Role.CARE_WORKER, organisation_id=organisation_id),
        mentor=world.caller(Role.MENTOR, mentor_id=mentor_id),
        administrator=administrator,
    )


def a_care_organisation(
    world: World, coordinator: Caller, name: str = "Centrum", **service: Any
) -> tuple[UUID, UUID]:
    """A care organisation and its one service."""
    place = {"country": "NL", "municipality": "Den Haag"}
    organisation = coordinator.post("/referrals/organisations", {"name": name, **place}).json
    offered = coordinator.post(
        "/referrals/services",
        {
            "organisation_id": organisation["id"],
            "name": "Mental health intake",
            "need_category": "mental_health",
            "taking_referrals": "yes",
            "promised_days": 10,
        }
        | service,
    ).json
    return UUID(organisation["id"]), UUID(offered["id"])


def a_mentor(world: World, coordinator: Caller, **values: Any) -> UUID:
    """A mentor who can be matched."""
    body = {
        "name": "Kees M.",
        "country": "NL",
        "municipality": "Den Haag",
        "capacity": 3,
        "trained_on": days_ago(world, 200),
        "vog_on": days_ago(world, 200),
    }
    return UUID(coordinator.post("/mentoring/mentors", body | values).json["id"])
