"""Figures of the running system: how soon an event is visible elsewhere, how long loading takes, how much memory.

The machine's own pace stands beside them: the same request answered from the service itself, which is the floor
of every way through HTTP.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.builders.people import Programme101, a_programme
from tests.journeys.live import LiveWorld, start
from tests.journeys.system import ROOT, System, install

TIMES = 100


@contextmanager
def running(kind: str) -> Iterator[System]:
    """A system of its own, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(kind, Path(folder), install(Path(folder) / "installed"))
        try:
            yield system
        finally:
            system.end()


def measure(kind: str) -> Iterator[tuple[str, str]]:
    """The figures of one back end, each with its name."""
    with running(kind) as system:
        began = time.monotonic()
        start(system, "--empty")
        yield "ready after the start command", f"{time.monotonic() - began:.1f} s"
        yield "memory at rest (PSS, all processes)", f"{memory(system) / 2**20:.0f} MiB"
        world = LiveWorld(system)
        yield from visibility(a_programme(world))
        began = time.monotonic()
        loaded = system.command("import", str(ROOT / "deploy" / "example"))
        assert loaded.returncode == 0, loaded.stdout
        yield "the example loaded, events delivered", f"{time.monotonic() - began:.1f} s"
        world.programme.dispose()


def visibility(programme: Programme101) -> Iterator[tuple[str, str]]:
    """From the answer to a change in referrals until the registry's timeline shows it; and the floor beside it."""
    visible, floor = [], []
    for _ in range(TIMES):
        place = programme.a_referral("requested")
        man = programme.coordinator.get(place).json["shedder_id"]
        timeline = f"/registry/shedders/{man}/timeline"
        programme.care_worker.act(f"{place}/accept")
        began = time.monotonic()
        while "referral.accepted" not in programme.coordinator.get(timeline).text:
            pass
        visible.append(time.monotonic() - began)
        floor.append(timed(lambda timeline=timeline: programme.coordinator.get(timeline)))  # type: ignore[misc]
    yield "visible in the other service", spread(visible)
    yield "floor: reading that once", spread(floor)


def timed(deed: Callable[[], object]) -> float:
    began = time.monotonic()
    deed()
    return time.monotonic() - began


def spread(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"


def memory(system: System) -> int:
    """What the system's processes hold, shared pages counted in parts."""
    time.sleep(3)
    first = psutil.Process(system.process.pid)
    return sum(process.memory_full_info().pss for process in [first, *first.children(recursive=True)])
