"""The demonstration that the pages are looked at in, and what its people do by the API meanwhile."""

import base64
import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.journeys.live import LiveCaller, wait_until
from tests.journeys.system import System

NAME = "Kanarie"


class Demonstration:
    """A running system with a person in each role."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.origin = system.origin
        self._tokens = system.folder / "home" / "tokens"
        self._men = 0

    def wait(self) -> None:
        """Until the example is loaded, and its people can come in."""
        wait_until(self.system.ready, self.system.said)
        wait_until((self._tokens / "integrator").exists, self.system.said)

    def caller(self, role: str) -> LiveCaller:
        return LiveCaller(self.origin, (self._tokens / role).read_text())

    def claims(self, role: str) -> dict[str, Any]:
        """Whom a person speaks for, as his token says."""
        part = (self._tokens / role).read_text().split(".")[1]
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
        return found

    def a_referral(self) -> str:
        """A man of the ambassador's is referred to the care worker's organisation; gives the referral's id."""
        ambassador, organisation = self.caller("ambassador"), self.claims("care_worker")["organisation_id"]
        self._men += 1
        shed = next(
            one for one in ambassador.get("/registry/sheds").json["items"] if not one.get("closed_on")
        )
        service = ambassador.get(f"/referrals/services?organisation_id={organisation}").json["items"][0]
        body = {"known_as": f"{NAME} {self._men}", "shed_id": shed["id"]}
        man = ambassador.post("/registry/shedders", body).json["id"]
        consent = {"purpose": "referral", "organisation_id": organisation, "wording_version": "1"}
        consent |= {"language": "nl", "method": "spoken"}
        ambassador.post(f"/registry/shedders/{man}/consents", consent)
        draft = {
            "shedder_id": man,
            "service_id": service["id"],
            "reason_in_words": "He sleeps badly, and sits at home.",
            "disclosure": {"name": f"{NAME} {self._men}", "phone": "+31612345678", "language": "nl"},
        }
        made: list[Any] = []
        wait_until(
            lambda: self._is_made(ambassador, draft, made), lambda: f"It cannot be made: {made[-1].text}"
        )
        place = f"/referrals/referrals/{made[-1].json['id']}"
        wait_until(lambda: self._is_sent(ambassador, place, made), lambda: f"It is not sent: {made[-1].text}")
        return place.rpartition("/")[2]

    def _is_made(self, ambassador: LiveCaller, draft: dict[str, Any], answers: list[Any]) -> bool:
        """Not before referrals has heard of the man."""
        answers.append(ambassador.post("/referrals/referrals", draft, None))
        return bool(answers[-1].status == 201)

    def _is_sent(self, ambassador: LiveCaller, place: str, answers: list[Any]) -> bool:
        """Not before it has heard of his consent."""
        answers.append(ambassador.act(f"{place}/send", {}, None))  # type: ignore[arg-type]
        return bool(answers[-1].status == 200)

    def referral(self, referral_id: str) -> dict[str, Any]:
        """A referral as the ambassador sees it."""
        found: dict[str, Any] = self.caller("ambassador").get(f"/referrals/referrals/{referral_id}").json
        return found

    def today(self) -> date:
        """The day that it is for the programme."""
        return datetime.now(ZoneInfo("Europe/Amsterdam")).date()
