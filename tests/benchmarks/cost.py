"""What something costs: CPU seconds of its processes, PostgreSQL's own for it included.

Clocks on the wall say little of a machine that others work on too, so what is compared is CPU time, and what is
compared is done by turns in one run. The kernel counts it in nanoseconds (/proc, so on Linux only).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg

from tests.backends import POSTGRESQL


@dataclass
class Spent:
    cpu: float = 0.0
    wall: float = 0.0


@dataclass(frozen=True)
class Ratio:
    """One row of the table: what ours takes, what the floor takes, and how they stand to each other."""

    name: str
    ours: str
    floor: str
    ratio: float | None = None
    bar: str = ""
    more: str = ""


@contextmanager
def meter(database: str, *processes: int) -> Iterator[Spent]:
    """The cost of the block: of these processes (else of this one) and of whoever serves this database."""
    counted = [*(processes or [os.getpid()]), *serving(database)]
    spent = Spent(-sum(map(_cpu, counted)), -perf_counter())
    yield spent
    spent.wall += perf_counter()
    spent.cpu += sum(map(_cpu, counted))


def serving(database: str) -> list[int]:
    """The processes of PostgreSQL that serve a database."""
    with admin() as connection:
        found = connection.execute("select pid from pg_stat_activity where datname = %s", [database])
        return [pid for (pid,) in found]


def _cpu(process: int) -> float:
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def admin() -> "psycopg.Connection[Any]":
    return psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True)


@contextmanager
def twin(database: str, name: str) -> Iterator[str]:
    """A second database that begins as the first is now; whoever is connected to the first is cut off."""
    with admin() as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database]
        )
        connection.execute(f'create database "{name}" template "{database}"')
    try:
        yield name
    finally:
        with admin() as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')


def by_turns(rounds: int, *deeds: Callable[[int], Spent]) -> list[list[Spent]]:
    """Do each in turn, round after round; the first round warms up and is not counted."""
    spent: list[list[Spent]] = [[] for _ in deeds]
    for number in range(rounds + 1):
        for deed, took in zip(deeds, spent, strict=True):
            took.append(deed(number))
    return [took[1:] for took in spent]


def typical(spent: Sequence[Spent], kind: str = "cpu") -> float:
    """The median of the rounds."""
    return median(getattr(one, kind) for one in spent)


def ratio(over: Sequence[Spent], under: Sequence[Spent], kind: str = "cpu") -> float:
    """The median of the rounds' ratios: what disturbed a round disturbed both sides of it."""
    return median(getattr(a, kind) / getattr(b, kind) for a, b in zip(over, under, strict=True))
