"""One at work and the others in waiting: of all processes that would do a thing, one has the turn.

The turn is a lock of a PostgreSQL session. It ends with the connection, however that ends: when the process
that has it is stopped or killed, at once; when its machine is gone without a word, within half a minute
(`Database.own_connection`). Another in waiting then has it within a second. On SQLite, which is for one
process, everybody has it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from shared.database.engine import Database

LOOK_EVERY = 1.0

Connection = psycopg.Connection[tuple[object, ...]]


class Turn:
    """The turn, for as long as its connection lives."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def must_hold(self) -> None:
        """Raises `psycopg.OperationalError` when the connection is gone, and the turn with it."""
        if self._connection is not None:
            self._connection.execute("select 1")


@contextmanager
def turn(database: Database, lock: int, stopping: threading.Event) -> Iterator[Turn]:
    """Wait for the turn and have it, or give up when `stopping`. Raises `psycopg.Error`."""
    if database.is_sqlite:
        yield Turn(None)
        return
    with database.own_connection() as connection:
        while not stopping.is_set() and not _taken(connection, lock):
            stopping.wait(LOOK_EVERY)
        yield Turn(connection)


def _taken(connection: Connection, lock: int) -> bool:
    (taken,) = connection.execute("select pg_try_advisory_lock(%s)", [lock]).fetchone() or (False,)
    return bool(taken)
