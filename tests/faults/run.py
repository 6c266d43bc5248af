"""A run of the fault suite: people work, things go wrong, and then everything is counted.

`python -m tests.faults.run --events 20000 --kills 300 --seed 7` prints the table and ends with 1 when anything
was lost, doubled or wrong.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging.parked import ParkedEvent
from shared.tokens import SERVICES
from tests import recount, traffic
from tests.builders.people import Programme101, a_programme
from tests.faults.apart import Apart
from tests.faults.chaos import POISON, Chaos
from tests.journeys.live import LiveWorld, wait_until

PEOPLE = 6


@dataclass
class Result:
    """What a run came to. `wrong` is empty when everything was as promised."""

    seed: int
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    men: int = 0
    events: int = 0
    kills: int = 0
    refused: int = 0
    poison: int = 0
    wrong: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The faults, how often each came, what was answered after it and before the next, and what of that is amiss."""
        rows = [
            f"| {name} | {self.counts[name]} | {self.answered[name]} | {self.lost[name]} | {self.doubled[name]} |"
            for name in sorted(self.counts, key=lambda name: -self.counts[name])
        ]
        totals = [sum(found.values()) for found in (self.counts, self.answered, self.lost, self.doubled)]
        return "\n".join(
            [
                "| fault | how often | changes answered until the next | lost | doubled |",
                "|---|--:|--:|--:|--:|",
                *rows,
                f"| **all** | {' | '.join(f'{total:,}' for total in totals)} |",
                "",
                f"seed {self.seed}: {self.men:,} men, {self.events:,} events, {self.kills:,} kills, "
                f"{self.refused:,} changes refused, {self.poison:,} poisoned messages, {self.seconds:.0f} seconds",
                *self.wrong,
            ]
        )


def run(
    folder: Path,
    *,
    seed: int,
    events: int,
    kills: int,
    longest: float,
    calm: float = 1.0,
    crowd: int = PEOPLE,
    say: Callable[[str], None] = print,
) -> Result:
    """Every fault once, and then at random until so many events were told and so many kills came; `calm` is the
    longest pause between two faults, `crowd` how many people work at a time."""

    def go_wrong(chaos: Chaos, people: list[traffic.Person]) -> None:
        world: Any = chaos.live.world
        until = time.monotonic() + longest
        coming = chaos.begin_with_each()
        while time.monotonic() < until and not any(person.failure for person in people):
            time.sleep(chaos.random.uniform(0.0, calm))
            chaos.do(coming.pop() if coming else chaos.any_fault())
            say(f"{chaos.counts.total()} faults, {chaos.kills} kills, {told(world)} events; {chaos.latest}")
            if not coming and chaos.kills >= kills and told(world) >= events:
                break

    return at_work(Apart(folder), seed, go_wrong, crowd)


def at_work(
    apart: Apart,
    seed: int,
    go_wrong: Callable[[Chaos, list[traffic.Person]], None],
    crowd: int = PEOPLE,
) -> Result:
    """Let people work while things go wrong, then send them home and count."""
    result = Result(seed)
    began = time.monotonic()
    try:
        apart.start()
        world = LiveWorld(apart)  # type: ignore[arg-type]
        live = a_programme(world)  # type: ignore[arg-type]
        chaos = Chaos(apart, live, seed)
        people = [traffic.Person(live, nth, whole=True, fault=lambda: chaos.latest) for nth in range(crowd)]
        for person in people:
            person.start()
        go_wrong(chaos, people)
        done = traffic.send_home(people)
        settle(apart, world)
        count(result, chaos, live, people, done)
        world.programme.dispose()
    except BaseException:
        print(apart.said(), file=sys.stderr)
        raise
    finally:
        apart.end()
    result.seconds = time.monotonic() - began
    return result


def told(world: LiveWorld) -> int:
    """How many events there are by now; 0 while the database is away."""
    try:
        return sum(world.reach(name) for name in SERVICES)
    except SQLAlchemyError:
        return 0


def settle(apart: Apart, world: LiveWorld) -> None:
    """Everything runs again, and has had what the others told."""
    apart.again()
    wait_until(apart.ready, lambda: f"It is not ready: {apart.said()}")
    world.deliver()


def count(
    result: Result, chaos: Chaos, live: Programme101, people: list[traffic.Person], done: list[traffic.Done]
) -> None:
    with recount.reading(live) as sessions:
        for how, what, fault in recount.amiss(sessions, done):
            (result.lost if how == "lost" else result.doubled)[fault] += 1
            result.wrong.append(f"{how}: {what}")
        refused = {name for person in people for name in person.refused}
        result.wrong += [
            f"refused, and there: {what}" for what in recount.refused_and_there(sessions, refused)
        ]
        result.wrong += recount.disagreements(sessions)
        result.wrong += recount.gaps(sessions)
        result.wrong += [
            f"figure {name}: {told} answered, {counted} counted"
            for name, (told, counted) in recount.wrong_figures(live, sessions).items()
        ]
        parked = [row for session in sessions.values() for row in session.scalars(select(ParkedEvent))]
    result.wrong += of_poison(chaos, parked)
    result.counts, result.kills, result.poison = chaos.counts, chaos.kills, len(chaos.poisoned)
    result.answered = Counter(fault for one in done for fault in one.told.values())
    result.men, result.events = len(done), told(live.world)  # type: ignore[arg-type]
    result.refused = 3 * len(refused)


def of_poison(chaos: Chaos, parked: list[Any]) -> list[str]:
    """Every poisoned message is parked, and nothing else is."""
    kept = "".join(row.document for row in parked)
    innocent = [row.reason for row in parked if POISON not in row.document]
    return [f"poison that is not parked: {mark}" for mark in chaos.poisoned if mark not in kept] + [
        f"parked, and no poison: {reason}" for reason in innocent
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--longest", type=float, default=7200.0, help="seconds, whatever came of it by then")
    options.add_argument("--calm", type=float, default=4.0, help="seconds between two faults, at most")
    options.add_argument("--crowd", type=int, default=PEOPLE, help="people at work at a time")
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="sbs-faults-") as folder:
        result = run(
            Path(folder),
            seed=chosen.seed,
            events=chosen.events,
            kills=chosen.kills,
            longest=chosen.longest,
            calm=chosen.calm,
            crowd=chosen.crowd,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
    print(result.table())
    sys.exit(bool(result.wrong))


if __name__ == "__main__":
    main()
