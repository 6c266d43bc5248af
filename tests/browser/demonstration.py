"""The demonstration that the pages are looked at in, and what its people do by the API meanwhile."""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from shared.actor import system_actor
from shared.messaging.parked import park_malformed
from tests.builders.accounts import PASSWORD, invite, secret_of
from tests.journeys.live import LiveCaller, LiveWorld, wait_until
from tests.journeys.system import System

NAME = "Kanarie"
ROOM = 100
"""Mentees whom the mentor takes at once: each walk has one of its own."""


class Demonstration:
    """A running system with a person in each role. What is made here has arrived everywhere."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.origin = system.origin
        self._tokens = system.folder / "home" / "tokens"
        self._names = 0

    def wait(self) -> None:
        """Until the example is loaded, and its people can come in."""
        wait_until(self.system.ready, self.system.said)
        wait_until((self._tokens / "integrator").exists, self.system.said)

    def settle(self) -> None:
        """Until every service has heard of all that was done so far."""
        self._world.deliver()

    @cached_property
    def _world(self) -> LiveWorld:
        return LiveWorld(self.system)

    def caller(self, role: str) -> LiveCaller:
        return LiveCaller(self.origin, (self._tokens / role).read_text())

    def claims(self, role: str) -> dict[str, Any]:
        """Whom a person speaks for, as his token says."""
        part = (self._tokens / role).read_text().split(".")[1]
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
        return found

    def today(self) -> date:
        """The day that it is for the programme."""
        return datetime.now(ZoneInfo("Europe/Amsterdam")).date()

    # ---- men

    def a_name(self) -> str:
        """What nobody is called yet."""
        self._names += 1
        return f"{NAME}{self._names:03} B."

    def shed(self) -> dict[str, Any]:
        """The ambassador's."""
        sheds: list[dict[str, Any]] = self.caller("ambassador").get("/registry/sheds").json["items"]
        return next(one for one in sheds if not one.get("closed_on"))

    def a_man(self, **consent: str) -> str:
        """A man of the ambassador's shed, who may have agreed to something; gives his id."""
        ambassador = self.caller("ambassador")
        body = {"known_as": self.a_name(), "shed_id": self.shed()["id"]}
        man: str = ambassador.post("/registry/shedders", body).json["id"]
        if consent:
            said = {"wording_version": "1", "language": "nl", "method": "spoken"}
            ambassador.post(f"/registry/shedders/{man}/consents", consent | said)
        self.settle()
        return man

    def called(self, man: str) -> str:
        """What a man is called."""
        found: str = self.caller("ambassador").get(f"/registry/shedders/{man}").json["known_as"]
        return found

    def an_activity(self) -> dict[str, Any]:
        """Something that is held in the ambassador's shed, of which no attendance was taken yet."""
        body = {"shed_id": self.shed()["id"], "name": f"Koffie met {self.a_name()}"}
        made: dict[str, Any] = self.caller("ambassador").post("/registry/activities", body).json
        return made

    # ---- referrals

    def service(self) -> dict[str, Any]:
        """What the care worker's organisation offers."""
        organisation = self.claims("care_worker")["organisation_id"]
        place = f"/referrals/services?organisation_id={organisation}"
        found: dict[str, Any] = self.caller("ambassador").get(place).json["items"][0]
        return found

    def small_service(self) -> dict[str, Any]:
        """What an organisation offers that has no accounts, and answers by the link of an e-mail."""
        listed = self.caller("coordinator").get("/referrals/organisations?limit=200").json["items"]
        organisation = next(one["id"] for one in listed if one["answers_by_link"])
        place = f"/referrals/services?organisation_id={organisation}"
        found: dict[str, Any] = self.caller("ambassador").get(place).json["items"][0]
        return found

    def a_referral(self, service: dict[str, Any] | None = None) -> str:
        """A man of the ambassador's is referred, to the care worker's organisation if to no other: its id."""
        ambassador, service = self.caller("ambassador"), service or self.service()
        man = self.a_man(purpose="referral", organisation_id=service["organisation_id"])
        draft = {
            "shedder_id": man,
            "service_id": service["id"],
            "reason_in_words": "He sleeps badly, and sits at home.",
            "disclosure": {"name": self.called(man), "phone": "+31612345678", "language": "nl"},
        }
        made: str = ambassador.post("/referrals/referrals", draft).json["id"]
        ambassador.act(f"/referrals/referrals/{made}/send")
        return made

    def referral(self, referral_id: str) -> dict[str, Any]:
        """A referral as the ambassador sees it."""
        found: dict[str, Any] = self.caller("ambassador").get(f"/referrals/referrals/{referral_id}").json
        return found

    # ---- mentoring

    def a_mentee(self, undone: int = 1) -> Mapping[str, Any]:
        """A man on his way to work for half a year, with so many required steps undone; gives his pathway."""
        man, mentor, coordinator = (
            self.a_man(purpose="mentoring"),
            self.caller("mentor"),
            self.caller("coordinator"),
        )
        since = (self.today() - timedelta(weeks=26)).isoformat()
        mentor_id = self.claims("mentor")["mentor_id"]
        self.give_room(mentor_id)
        proposal = {"mentor_id": mentor_id, "shedder_id": man, "proposed_on": since}
        match = coordinator.post("/mentoring/mentorships", proposal).json["id"]
        yes = {"mentor_said_yes": True, "shedder_said_yes": True, "began_on": since}
        mentor.act(f"/mentoring/mentorships/{match}/activate", yes)
        pathway = mentor.post("/mentoring/pathways", {"mentorship_id": match, "enrolled_on": since}).json
        required = [step for step in pathway["steps"] if step["required"]]
        for step in required[: len(required) - undone]:
            shown = {"evidence": {"what": "Gezien.", "dated_on": since}}
            mentor.act(f"/mentoring/steps/{step['id']}/complete", shown)
        return {**pathway, "mentorship_id": match, "undone": required[len(required) - undone :]}

    def give_room(self, mentor_id: str) -> None:
        """Let a mentor take one man more, however many he has."""
        place = f"/mentoring/mentors/{mentor_id}"
        coordinator = self.caller("coordinator")
        now = coordinator.get(place)
        if now.json["capacity"] < ROOM:
            headers = {"If-Match": now.headers["ETag"]}
            coordinator.send("PATCH", place, 200, headers, json={"capacity": ROOM})

    # ---- who keeps it going

    def a_colleague(self) -> str:
        """Another ambassador of the partner, with an account: he may stand in; gives his name."""
        coordinator, name = self.caller("coordinator"), f"Ali {self.a_name()}"
        body = {"name": name, "shed_id": self.shed()["id"]}
        ambassador = coordinator.post("/registry/ambassadors", body).json["id"]
        email = f"{ambassador}@example.org"
        invited = invite(
            self.caller("administrator"), email, "ambassador", ambassador_id=ambassador, name=name
        )  # type: ignore[arg-type]
        use = {"secret": secret_of(invited), "password": PASSWORD}
        self.caller("administrator").post("/registry/links/use", use, 204)
        return name

    def a_parked_message(self) -> None:
        """Something reaches mentoring that is no message."""
        with self._world.programme.mentoring.begin(system_actor()) as work:
            park_malformed(work.session, "registry", {"name": NAME}, "It says nothing.", work.now)
