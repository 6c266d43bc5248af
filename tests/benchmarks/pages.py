"""Pages, against the requests to the API that each is made of: what being a page costs on top of them."""

from collections.abc import Iterator
from unittest.mock import patch

from services.referrals.models import Referral
from shared.web import client
from tests.backends import Backend
from tests.benchmarks.cost import Ratio, Spent, by_turns, meter, ratio, typical
from tests.benchmarks.rows import NEW, copies, settle
from tests.builders.people import Programme101, a_programme
from tests.world import Caller, World

MANY = 1_000


def measure(rounds: int, each: int) -> Iterator[Ratio]:
    """The pages that people begin at, and a referral's, in a programme with a thousand referrals."""
    backend = Backend("postgresql-rabbitmq", "bench")
    try:
        programme = _busy(World(backend))
        for name, (caller, path) in _pages(programme).items():
            yield _compared(backend, name, caller, path, rounds, each)
    finally:
        backend.close()


def _busy(world: World) -> Programme101:
    programme = a_programme(world)
    received = programme.a_referral("received").rsplit("/", 1)[1]
    engine = world.programme.referrals.database.engine
    copies(engine, Referral.__table__, MANY, {"id": NEW, "shedder_id": NEW}, id=received)
    settle(engine)
    programme.a_pathway("ready_to_propose")
    return programme


def _pages(programme: Programme101) -> dict[str, tuple[Caller, str]]:
    one = programme.a_referral("received").replace("/referrals/", "/referrals/pages/", 1)
    return {
        "a care worker's inbox of 25": (programme.care_worker, "/referrals/pages/inbox"),
        "one referral": (programme.care_worker, one),
        "an ambassador's men": (programme.ambassador, "/registry/pages/men"),
        "a mentor's mentees": (programme.mentor, "/mentoring/pages/mentees"),
        "a coordinator's figures": (programme.coordinator, "/registry/pages/figures"),
    }


def _asked_by(caller: Caller, path: str) -> list[tuple[str, str, object]]:
    """The requests that a page is made of."""
    asked, ask = [], client._here

    def heard(application: object, method: str, place: str, values: object, headers: object) -> client.Told:
        asked.append((method, place, values))
        return ask(application, method, place, values, headers)  # type: ignore[arg-type]

    with patch.object(client, "_here", heard):
        caller.get(path)
    return asked


def _compared(backend: Backend, name: str, caller: Caller, path: str, rounds: int, each: int) -> Ratio:
    asked = _asked_by(caller, path)
    database = f"{backend.database}_referrals"

    def page(_round: int) -> Spent:
        with meter(database) as spent:
            for _ in range(each):
                caller.get(path)
        return spent

    def requests(_round: int) -> Spent:
        with meter(database) as spent:
            for _ in range(each):
                for method, place, values in asked:
                    caller.send(method, place, body=values)
        return spent

    ours, floor = by_turns(rounds, page, requests)
    taken = [f"{typical(some) / each * 1000:.1f} ms" for some in (ours, floor)]
    return Ratio(name, taken[0], taken[1], ratio(floor, ours), "", f"{len(asked)} requests")
