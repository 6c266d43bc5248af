"""People at work on a system that may be gone at any moment; each keeps what he was told for certain."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import requests

from shared.actor import Role
from tests.builders.people import Programme101
from tests.journeys.live import LiveAnswer, LiveCaller
from tests.world import days_ago

AWAY = (502, 503, 504)
REFUSED = (403, 404, 409, 412, 422)


@dataclass
class Done:
    """What was answered with success about one man, and the latest fault before each answer."""

    name: str
    man: str = ""
    referral: str = ""
    state: str = ""
    mentor: str = ""
    mentorship: str = ""
    pathway: str = ""
    told: dict[str, str] = field(default_factory=dict)


class Left(Exception):
    """He was told to stop before he had his answer, so he knows nothing of what became of it."""


class Person(threading.Thread):
    """Somebody who takes one man after another through the programme, and asks again with the same key."""

    def __init__(
        self, live: Programme101, nth: int, *, whole: bool = False, fault: Callable[[], str] = lambda: ""
    ) -> None:
        super().__init__(daemon=True)
        self.live, self.nth, self.whole, self.fault = live, nth, whole, fault
        self.done: list[Done] = []
        self.refused: list[str] = []
        self.answers = 0
        self.failure: Exception | None = None
        self.leaving = threading.Event()

    def run(self) -> None:
        try:
            for number in itertools.count(1):
                self.take_through(Done(f"Man {self.nth}-{number}"))
        except Left:
            pass
        except Exception as error:  # noqa: BLE001 (told to whoever waits for this thread)
            self.failure = error

    def take_through(self, one: Done) -> None:
        self.done.append(one)
        self.register(one)
        self.refer(one)
        if self.whole:
            self.be_refused(one)
            self.answer(one)
            self.mentor(one)

    def register(self, one: Done) -> None:
        live = self.live
        body = {"known_as": one.name, "shed_id": str(live.shed_id)}
        one.man = self.insist(live.ambassador, "/registry/shedders", body).json["id"]
        self.told(one, "shedder.registered")
        consent = {"purpose": "referral", "organisation_id": str(live.organisation_id)}
        self.consent(one, consent)

    def consent(self, one: Done, consent: dict[str, str]) -> None:
        words = {"wording_version": "1", "language": "nl", "method": "spoken"}
        self.insist(self.live.ambassador, f"/registry/shedders/{one.man}/consents", consent | words)
        self.told(one, f"consent.given {consent['purpose']}")

    def refer(self, one: Done) -> None:
        disclosure = {"name": "Yusuf", "phone": "+31612345678", "language": "nl"}
        body = {
            "shedder_id": one.man,
            "service_id": str(self.live.service_id),
            "disclosure": disclosure,
        }
        draft = self.insist(self.live.ambassador, "/referrals/referrals", body).json["id"]
        self.insist(self.live.ambassador, f"/referrals/referrals/{draft}/send", {}, etag='"1"')
        one.referral = draft
        self.moved(one, "requested")

    def be_refused(self, one: Done) -> None:
        """Ask for what nobody may have: a shed that is not there, and to answer what was not sent to him."""
        stranger = self.live.world.caller(Role.CARE_WORKER, organisation_id=uuid4())
        nowhere = {"known_as": f"Nobody {one.name}", "shed_id": str(uuid4())}
        self.insist(self.live.coordinator, "/registry/shedders", nowhere, refused=True)
        self.refused.append(nowhere["known_as"])
        place = f"/referrals/referrals/{one.referral}"
        self.insist(stranger, f"{place}/accept", {}, etag='"2"', refused=True)
        self.insist(self.live.care_worker, f"{place}/complete", {}, etag='"2"', refused=True)

    def answer(self, one: Done) -> None:
        for version, (action, state) in enumerate((("open", "received"), ("accept", "accepted")), 2):
            place = f"/referrals/referrals/{one.referral}/{action}"
            self.insist(self.live.care_worker, place, {}, etag=f'"{version}"')
            self.moved(one, state)

    def mentor(self, one: Done) -> None:
        live = self.live
        self.consent(one, {"purpose": "mentoring"})
        body = {
            "name": f"Mentor of {one.name}",
            "country": "NL",
            "municipality": "Den Haag",
            "capacity": 3,
            "trained_on": days_ago(live.world, 200),
            "vog_on": days_ago(live.world, 200),
        }
        one.mentor = self.insist(live.coordinator, "/mentoring/mentors", body).json["id"]
        self.told(one, "mentor.trained")
        match = {"mentor_id": one.mentor, "shedder_id": one.man}
        made = self.insist(live.coordinator, "/mentoring/mentorships", match, not_yet=(404, 422))
        one.mentorship = made.json["id"]
        his: Any = live.world.caller(Role.MENTOR, mentor_id=UUID(one.mentor))
        yes = {"mentor_said_yes": True, "shedder_said_yes": True}
        self.insist(his, f"/mentoring/mentorships/{one.mentorship}/activate", yes, etag='"1"')
        self.told(one, "mentorship.activated")
        enrolled = self.insist(his, "/mentoring/pathways", {"mentorship_id": one.mentorship})
        one.pathway = enrolled.json["id"]
        self.told(one, "pathway.enrolled")

    def moved(self, one: Done, state: str) -> None:
        one.state = state
        self.told(one, f"referral.{state}")

    def told(self, one: Done, what: str) -> None:
        self.answers += 1
        one.told[what] = self.fault()

    def insist(
        self,
        caller: Any,
        path: str,
        body: Any,
        etag: str = "",
        *,
        refused: bool = False,
        not_yet: tuple[int, ...] = (422,),
    ) -> LiveAnswer:
        """Post until there is an answer, always with one key; `not_yet` while an event is on its way.

        Raises `Left` when he was told to stop meanwhile.
        """
        key = str(uuid4())
        wanted = REFUSED if refused else (200, 201)
        while True:
            answer = self.once(caller, path, body, key, etag)
            if answer is not None and answer.status not in AWAY and kind_of(answer) != "request-in-flight":
                if answer.status in wanted:
                    return answer
                if answer.status not in not_yet and kind_of(answer) != "consent-missing":
                    raise AssertionError(f"{path}: {answer.status} {answer.text}")
                key = str(uuid4())
            if self.leaving.wait(0.05):
                raise Left

    @staticmethod
    def once(caller: LiveCaller, path: str, body: Any, key: str, etag: str) -> LiveAnswer | None:
        try:
            return caller.post(path, body, None, key, etag)
        except requests.RequestException:
            return None


def kind_of(answer: LiveAnswer) -> str:
    """Which problem it is, when it is one."""
    return "" if answer.status < 400 else str(answer.json["type"]).rpartition("/")[2].rpartition(":")[2]


def send_home(people: list[Person]) -> list[Done]:
    """Let them stop; give what they know for certain. Raises what any of them ran into."""
    for person in people:
        person.leaving.set()
    for person in people:
        person.join()
    for person in people:
        if person.failure is not None:
            raise person.failure
    return [one for person in people for one in person.done if one.told]
