"""Opening a service's database so that writers wait for each other and readers do not.

On SQLite a writing transaction begins with BEGIN IMMEDIATE: with the default, or the deferred BEGIN
that is often shown, writers lost updates or failed at once with "database is locked" (measured; see
docs/decisions/0003). Readers begin deferred and see a snapshot.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

READ_ONLY = "25006"
"""What PostgreSQL says (SQLSTATE) to a change in a read-only transaction."""
SQLITE_PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "busy_timeout=30000",
    "foreign_keys=on",
    # What is deleted or overwritten is zeroed in the file: an erased name is not left in a free page.
    "secure_delete=on",
)


class Database:
    """A service's database: `write()` and `read()` each give a session in a transaction of its own."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url, pool_size)
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(sqlite_readonly=True)
        self._readers = sessionmaker(reading, expire_on_commit=False)
        # SQLite lets waiting processes poll for the write lock, unfairly; inside one process
        # a lock in front of it cut the longest wait to a third at the same throughput.
        self._one_writer = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose transaction commits when the block ends well and is undone when not."""
        if self._one_writer is None:
            with self._writers.begin() as session:
                yield session
            return
        with self._one_writer, self._writers.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading only; whatever it did is undone."""
        with self._readers() as session:
            yield session

    def own_connection(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection to PostgreSQL outside the pool, without transactions: to listen on, or to hold a lock.

        When this machine is gone without a word, the server lets go of it within half a minute.
        """
        url = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
        for name, seconds in (("idle", 10), ("interval", 5), ("count", 3)):
            connection.execute(f"set tcp_keepalives_{name} = {seconds}")
        return connection

    def clean(self, tables: Sequence[str]) -> bool:
        """Let go of old versions of rows that were erased; False when others were in the way: try again.

        SQLite keeps them in its log until that is written back and cut off. PostgreSQL keeps them until a
        VACUUM, which needs the tables' owner: where the role is not, it says so in its log and passes on.
        """
        if self.is_sqlite:
            return self._cut_off_log()
        with self.engine.connect() as connection:
            bare = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                bare.exec_driver_sql(f'vacuum "{table}"')
        return True

    def _cut_off_log(self) -> bool:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("pragma busy_timeout=1000")
            cursor.execute("pragma wal_checkpoint(truncate)")
            busy, *_ = cursor.fetchone() or (True,)
            cursor.execute("pragma busy_timeout=30000")
        finally:
            connection.close()
        return not busy

    def dispose(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=20,
        hide_parameters=True,
        json_serializer=_json,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.isolation_level = None  # We send BEGIN ourselves.
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        readonly = connection.get_execution_options().get("sqlite_readonly", False)
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=_json,
    )
    event.listen(engine, "handle_error", _read_only_is_unavailable)
    return engine


def _read_only_is_unavailable(context: ExceptionContext) -> None:
    """A server that takes no changes (a standby, or one that an operator closed) is away for now.

    The driver calls it an internal error, which would be a mistake of ours and park an event for good.
    """
    fault = context.original_exception
    if getattr(fault, "sqlstate", None) == READ_ONLY:
        raise OperationalError(context.statement, None, fault, hide_parameters=True) from fault


def _json(value: Any) -> str:
    """With letters as they are, so that what is looked for in it is found."""
    return json.dumps(value, ensure_ascii=False)


def service_url(template: str, service: str) -> str:
    """The database of `service` from the one setting that names all three.

    `{service}` in the template becomes the service's name; a PostgreSQL URL gets the driver we use.
    """
    url = template.replace("{service}", service)
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
