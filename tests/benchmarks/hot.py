"""The hot requests, through gunicorn, against the same SQL statements written bare through psycopg.

Each request is first carried out in this process, and its statements are heard. Then, by turns, the bare client
says exactly those to a twin of the database that began as the service's did, and gunicorn is asked for more of the
same. The client of gunicorn costs nothing here: only its own process and PostgreSQL's are counted.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from sqlalchemy import select

from services.referrals.models import KnownConsent, Referral
from tests.backends import POSTGRESQL, Backend
from tests.benchmarks.cost import Ratio, Spent, by_turns, meter, ratio, twin, typical
from tests.benchmarks.rows import NEW, copies, settle
from tests.builders.people import a_programme
from tests.statements import heard
from tests.world import Caller, World

BARS = {"get one": 0.25, "inbox of 50": 0.40, "draft": 0.40, "send": 0.40, "accept": 0.40}
PLACE = "/referrals/referrals"


@dataclass
class Ask:
    """One request, as it is sent: to this process or over HTTP."""

    caller: Caller
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def here(self) -> None:
        answer = self.caller.send(self.method, self.path, body=self.body, headers=self.headers)
        assert answer.status < 300, answer

    def over(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Authorization": f"Bearer {self.caller._token}", "Content-Type": "application/json"}
        body = None if self.body is None else json.dumps(self.body)
        connection.request(self.method, self.path, body, headers | self.headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 300, text


def measure(rounds: int, each: int) -> Iterator[Ratio]:
    backend = Backend("postgresql-rabbitmq", "bench")
    try:
        asks = prepared(World(backend), 2 * (rounds + 1) * each)
        database = f"{backend.database}_referrals"
        backend.programme.dispose()
        with twin(database, f"{database}_floor") as floor:
            yield from compared(backend, asks, floor, rounds, each)
    finally:
        backend.close()


def prepared(world: World, count: int) -> dict[str, list[Ask]]:
    """So many of each request, none of which stands in another's way."""
    programme = a_programme(world)
    received = programme.a_referral("received").rsplit("/", 1)[1]
    draft = programme.a_draft()
    engine = world.programme.referrals.database.engine
    fresh = {"id": NEW, "shedder_id": NEW}
    due = {"answer_due_on": "one.answer_due_on + n % 60"}
    copies(engine, Referral.__table__, count, fresh | due, id=received)
    copies(engine, Referral.__table__, count, fresh, id=draft["id"])
    with engine.begin() as connection:
        agreed = connection.execute(select(KnownConsent.__table__).limit(1)).mappings().one()
        drafts = select(Referral.id, Referral.shedder_id).where(Referral.state == "draft")
        sendable = connection.execute(drafts.where(Referral.id != draft["id"])).all()
        consents = [
            {**agreed, "consent_id": uuid4(), "shedder_id": man, "state": "active"} for _, man in sendable
        ]
        connection.execute(KnownConsent.__table__.insert(), consents)
        waiting = connection.scalars(select(Referral.id).where(Referral.state == "received")).all()
    settle(engine)
    sends, takes = programme.ambassador, programme.care_worker
    body = {name: draft[name] for name in ("shedder_id", "service_id", "disclosure", "reason_in_words")}
    once = lambda: {"Idempotency-Key": str(uuid4())}  # noqa: E731
    return {
        "get one": [Ask(takes, "GET", f"{PLACE}/{one}") for one in waiting[:count]],
        "inbox of 50": [Ask(takes, "GET", PLACE) for _ in range(count)],
        "draft": [Ask(sends, "POST", PLACE, body, once()) for _ in range(count)],
        "send": [
            Ask(sends, "POST", f"{PLACE}/{one}/send", {}, once() | {"If-Match": "*"})
            for one, _ in sendable[:count]
        ],
        "accept": [
            Ask(takes, "POST", f"{PLACE}/{one}/accept", {}, once() | {"If-Match": "*"})
            for one in waiting[:count]
        ],
    }


def compared(
    backend: Backend, asks: dict[str, list[Ask]], floor: str, rounds: int, each: int
) -> Iterator[Ratio]:
    said: dict[str, list[list[Any]]] = {}
    # In the order in which they are said again: what the database numbers by itself must come out the same.
    for name, some in asks.items():
        said[name] = [hear(backend, some[at * each : (at + 1) * each]) for at in range(rounds + 1)]
    database = f"{backend.database}_referrals"
    backend.programme.dispose()
    with (
        gunicorn(backend) as (server, connection),
        psycopg.connect(f"{POSTGRESQL}/{floor}") as bare,
    ):
        for name, some in asks.items():
            second = some[(rounds + 1) * each :]
            times: list[float] = []

            def ours(at: int, second: list[Ask] = second, times: list[float] = times) -> Spent:
                with meter(database, server) as spent:
                    for ask in second[at * each : (at + 1) * each]:
                        began = time.perf_counter()
                        ask.over(connection)
                        times.append(time.perf_counter() - began)
                return spent

            def theirs(at: int, said: list[list[Any]] = said[name]) -> Spent:
                with meter(floor) as spent:
                    say(bare, said[at])
                return spent

            own, least = by_turns(rounds, ours, theirs)
            cuts = statistics.quantiles(times[each:], n=100)
            yield Ratio(
                name,
                f"{typical(own) / each * 1e3:.2f} ms",
                f"{typical(least) / each * 1e3:.2f} ms",
                ratio(least, own),
                f">= {BARS[name]:.2f}",
                f"answered in p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms",
            )


def hear(backend: Backend, asks: list[Ask]) -> list[Any]:
    with heard(backend.programme.referrals.database.engine, endings=True) as said:
        for ask in asks:
            ask.here()
    return said


def say(connection: "psycopg.Connection[Any]", said: list[Any]) -> None:
    """The same statements, each sent and its rows fetched, with nothing between."""
    cursor = connection.cursor()
    for one in said:
        if one.sql == "commit":
            connection.commit()
        elif one.sql == "rollback":
            connection.rollback()
        elif one.many:
            cursor.executemany(one.sql, one.parameters)
        else:
            cursor.execute(one.sql, one.parameters)
            if cursor.description:
                cursor.fetchall()


@contextmanager
def gunicorn(backend: Backend) -> Iterator[tuple[int, http.client.HTTPConnection]]:
    """Referrals under gunicorn, one process of it, logging as in production; and a connection that stays."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        f"--bind 127.0.0.1:{port} --worker-class gthread --threads 4 --keep-alive 60"
        " --no-control-socket --log-level error"
    )
    master = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "tests.benchmarks.served:application()", *options.split()],
        env=os.environ | backend.environ(),
        stderr=subprocess.DEVNULL,
    )
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        wait_for(connection)
        (server,) = psutil.Process(master.pid).children()
        yield server.pid, connection
    finally:
        master.terminate()
        master.wait()


def wait_for(connection: http.client.HTTPConnection) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            connection.request("GET", "/referrals/readyz")
            connection.getresponse().read()
            return
        except OSError:
            connection.close()
            assert time.monotonic() < end, "gunicorn does not start"
            time.sleep(0.1)
