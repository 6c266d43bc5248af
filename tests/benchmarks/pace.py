"""How soon an event is visible in the other service while so many a second come: on a real broker, not one at a time."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from services.registry.models import TimelineEntry
from tests.benchmarks.running import running, spread
from tests.builders.people import Programme101, a_programme
from tests.journeys.live import LiveWorld, start

A_SECOND = 100
SECONDS = 6
PEOPLE = 8
LOOK_EVERY = 0.002


def measure(kind: str) -> Iterator[tuple[str, str]]:
    """Accept referrals at a pace, and note when each stands on its man's timeline in the registry's database."""
    with running(kind) as system:
        start(system, "--empty")
        world = LiveWorld(system)
        programme = a_programme(world)
        with ThreadPoolExecutor(PEOPLE) as people:
            places = list(people.map(lambda _: programme.a_referral("requested"), range(A_SECOND * SECONDS)))
        came = Came(world)
        answered, took = accept(programme, places)
        came.wait_for(len(places))
        late = [came.at[place.rpartition("/")[2]] - moment for place, moment in answered.items()]
        yield f"visible elsewhere, at {len(places) / took:.0f} events a second", spread(late)
        world.programme.dispose()


def accept(programme: Programme101, places: list[str]) -> tuple[dict[str, float], float]:
    """When each was answered, and how long all took: each begins at its own moment, however the others fare."""
    answered: dict[str, float] = {}
    began = time.monotonic() + 0.5

    def one(turn: int) -> None:
        time.sleep(max(0.0, began + turn / A_SECOND - time.monotonic()))
        programme.care_worker.post(f"{places[turn]}/accept", {}, 200, etag="*")
        answered[places[turn]] = time.monotonic()

    with ThreadPoolExecutor(4 * PEOPLE) as people:
        list(people.map(one, range(len(places))))
    return answered, time.monotonic() - began


class Came:
    """When each referral's acceptance came to stand in the registry's database, as a thread sees it."""

    def __init__(self, world: LiveWorld) -> None:
        self.at: dict[str, float] = {}
        self._world = world
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        accepted = select(TimelineEntry.subject_id).where(TimelineEntry.what == "referral.accepted")
        while not self._enough.wait(LOOK_EVERY):
            with self._world.programme.registry.database.read() as session:
                there = {str(one) for one in session.scalars(accepted)}
            now = time.monotonic()
            self.at |= dict.fromkeys(there - self.at.keys(), now)

    def wait_for(self, many: int) -> None:
        end = time.monotonic() + 60
        while len(self.at) < many and time.monotonic() < end:
            time.sleep(0.01)
        self._enough.set()
        self._thread.join()
