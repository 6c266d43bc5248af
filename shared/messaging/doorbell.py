"""Waking whoever waits for events, so that nobody has to poll often.

A doorbell rings inside one process. `listen` rings it for what another process committed: on SQLite by
watching `PRAGMA data_version`, on PostgreSQL by LISTEN. `announce` tells the others of our own rings on
PostgreSQL, by a NOTIFY after the commit and from a connection of its own: inside the transaction it
halves the commit rate.
"""

import threading
import time

import psycopg
import structlog

from shared.database.engine import Database

CHANNEL = "sbs_outbox"
SQLITE_GLANCE = 0.1
DEBOUNCE = 0.02

log = structlog.get_logger()


class Doorbell:
    """Counts rings, so that a ring between looking and waiting is never missed."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0
        self.announced = threading.Event()

    @property
    def count(self) -> int:
        return self._count

    def ring(self, *, announce: bool = True) -> None:
        """Wake all who wait; `announce` to other processes too."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()
        if announce:
            self.announced.set()

    def wait(self, since: int, timeout: float) -> int:
        """Wait until the count is past `since`, or for `timeout` seconds; give the count."""
        with self._rung:
            self._rung.wait_for(lambda: self._count > since, timeout)
            return self._count


def listen(database: Database, doorbell: Doorbell, stopping: threading.Event) -> None:
    """Ring for what other processes commit, until `stopping`; a lost connection is made again."""
    listener = _watch_sqlite if database.is_sqlite else _listen_postgresql
    while not stopping.is_set():
        try:
            listener(database, doorbell, stopping)
        except Exception as error:  # noqa: BLE001 (a bell that is broken must not end the worker)
            log.warning("doorbell.lost", error=type(error).__name__)
            stopping.wait(1)
        doorbell.ring(announce=False)


def _watch_sqlite(database: Database, doorbell: Doorbell, stopping: threading.Event) -> None:
    with database.engine.connect() as pooled:
        connection = pooled.connection.driver_connection
        assert connection is not None
        seen = None
        while not stopping.wait(SQLITE_GLANCE):
            (version,) = connection.execute("pragma data_version").fetchone()
            if version != seen:
                seen = version
                doorbell.ring(announce=False)


def _listen_postgresql(database: Database, doorbell: Doorbell, stopping: threading.Event) -> None:
    with database.own_connection() as connection:
        connection.execute(f"listen {CHANNEL}")
        while not stopping.is_set():
            for _ in connection.notifies(timeout=0.5, stop_after=1):
                doorbell.ring(announce=False)


def announce(database: Database, doorbell: Doorbell, stopping: threading.Event) -> None:
    """Tell the other processes of rings, at most every 20 ms (PostgreSQL; on SQLite they watch)."""
    while not stopping.is_set():
        try:
            with database.own_connection() as connection:
                while not stopping.is_set():
                    if doorbell.announced.wait(0.5):
                        doorbell.announced.clear()
                        connection.execute(f"notify {CHANNEL}")
                        time.sleep(DEBOUNCE)
        except psycopg.Error as error:
            log.warning("doorbell.lost", error=type(error).__name__)
            stopping.wait(1)
