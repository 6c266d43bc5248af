"""The system is killed again and again while people work; what was acknowledged is there once, everywhere."""

import random
import signal
import threading
from collections import Counter
from uuid import uuid4

import pytest
import requests
from sqlalchemy import func, select

from services.mentoring.models import KnownMembership as KnownInMentoring
from services.referrals.models import KnownMembership as KnownInReferrals
from services.referrals.models import Referral
from services.registry.models import Membership, ReferralFact, TimelineEntry
from tests.builders.people import a_programme
from tests.journeys.live import LiveWorld, start

pytestmark = pytest.mark.slow
ROUNDS = 4
PEOPLE = 3


class Worker(threading.Thread):
    """Somebody who registers and refers men one after another, and tries again with the same key."""

    def __init__(self, live, nth):
        super().__init__()
        self.live, self.nth = live, nth
        self.done, self.leaving = [], threading.Event()

    def run(self):
        number = 0
        while not self.leaving.is_set():
            number += 1
            self.refer(f"Man {self.nth}-{number}")

    def refer(self, name):
        live = self.live
        man = self.insist("/registry/shedders", {"known_as": name, "shed_id": str(live.shed_id)})
        consent = {
            "purpose": "referral",
            "organisation_id": str(live.organisation_id),
            "wording_version": "1",
            "language": "nl",
            "method": "spoken",
        }
        if man and self.insist(f"/registry/shedders/{man['id']}/consents", consent):
            draft = self.insist("/referrals/referrals", self.draft(man))
            if draft and self.insist(f"/referrals/referrals/{draft['id']}/send", {}, etag='"1"'):
                self.done.append((name, man["id"], draft["id"]))

    def draft(self, man):
        disclosure = {"name": "Yusuf", "phone": "+31612345678", "language": "nl"}
        return {"shedder_id": man["id"], "service_id": str(self.live.service_id), "disclosure": disclosure}

    def insist(self, path, body, etag=""):
        """Post until there is an answer, always with one key; 422 while an event is still on its way."""
        key = str(uuid4())
        while True:
            try:
                answer = self.live.ambassador.post(path, body, None, key, etag)
            except requests.RequestException:
                if self.leaving.wait(0.05):
                    return None
                continue
            if answer.status in (200, 201):
                return answer.json
            if answer.status not in (409, 422, 503):
                raise AssertionError(f"{path}: {answer.status} {answer.text}")
            key = str(uuid4()) if answer.status == 422 else key
            if self.leaving.wait(0.02):
                return None


@pytest.fixture
def mortal(system):
    """A small programme in a system of its own, which may be killed."""
    start(system, "--empty")
    world = LiveWorld(system)
    yield a_programme(world)
    world.programme.dispose()


def test_kills_lose_nothing_and_double_nothing(system, mortal):
    live = mortal
    workers = [Worker(live, nth) for nth in range(PEOPLE)]
    for worker in workers:
        worker.start()
    moment = random.Random(20261124)
    for _ in range(ROUNDS):
        workers[0].leaving.wait(moment.uniform(0.3, 1.5))
        system.send(signal.SIGKILL)
        system.process.wait(10)
        start(system, "--empty")
    workers[0].leaving.wait(1.0)
    for worker in workers:
        worker.leaving.set()
        worker.join()
    live.world.deliver()

    done = [one for worker in workers for one in worker.done]
    assert len(done) >= 2 * ROUNDS
    everything_is_there_once(live, done)
    the_services_agree(live)
    assert live.world.parked() == 0


def everything_is_there_once(live, done):
    for name, man, referral in done:
        found = live.coordinator.post("/registry/shedders/search", {"name": name}, 200).json["items"]
        exactly = [one["id"] for one in found if one["known_as"] == name]
        assert exactly == [man]
        assert live.coordinator.get(f"/referrals/referrals/{referral}").json["state"] == "requested"
        timeline = live.coordinator.get(f"/registry/shedders/{man}/timeline").json["items"]
        assert Counter(entry["what"] for entry in timeline) == {
            "shedder.registered": 1,
            "consent.given": 1,
            "referral.requested": 1,
        }


def the_services_agree(live):
    services = live.world.programme.services
    with (
        services["registry"].database.read() as registry,
        services["referrals"].database.read() as referrals,
        services["mentoring"].database.read() as mentoring,
    ):

        def count(session, *wanted):
            return session.scalar(select(func.count()).select_from(*wanted))

        men = count(registry, Membership)
        assert count(referrals, KnownInReferrals) == men
        assert count(mentoring, KnownInMentoring) == men
        sent = referrals.scalars(select(Referral.id).where(Referral.requested_on.is_not(None))).all()
        assert set(registry.scalars(select(ReferralFact.referral_id))) == set(sent)
        asked = select(func.count()).where(TimelineEntry.what == "referral.requested")
        assert registry.scalar(asked) == len(sent)
