"""The two back ends that tests run on: SQLite with the feed, and PostgreSQL with RabbitMQ.

The second is used where both servers answer; with SBS_TEST_BACKENDS=all it must be.
"""

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

from sqlalchemy import Engine, create_engine, inspect, text, update

from deploy.programme import Origin, Programme
from shared.identifiers import new_id
from shared.messaging import amqp
from shared.messaging.outbox import FeedState
from shared.tokens import SERVICES, new_signing_key, public_keys
from tests.broker import Broker
from tests.kept import OF_MIGRATIONS, Kept

POSTGRESQL = os.environ.get("SBS_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432")
RABBITMQ = os.environ.get("SBS_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")
ALL = os.environ.get("SBS_TEST_BACKENDS") == "all"
SQLITE_FEED, POSTGRESQL_RABBITMQ = "sqlite-feed", "postgresql-rabbitmq"
SIGNING_KEY = new_signing_key()
# Databases and queues are named for the checkout, so that two of them can be tested at once.
CHECKOUT = f"{crc32(bytes(Path(__file__).resolve())):08x}"


def answers(url: str) -> bool:
    """Whether something listens where a URL points."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=1):
            return True
    except OSError:
        return False


def available() -> list[str]:
    """The back ends that tests run on, here and now."""
    servers = answers(POSTGRESQL) and answers(RABBITMQ)
    return [SQLITE_FEED, POSTGRESQL_RABBITMQ] if servers or ALL else [SQLITE_FEED]


def fast_folder() -> Path:
    """A new folder in memory where the machine has such a place: fewer waits, the same code."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="sbs-test-", dir=memory if memory.is_dir() else None))


@dataclass
class Backend:
    """One back end for one test process: databases that are migrated once and emptied for each test."""

    kind: str
    worker: str

    def __post_init__(self) -> None:
        self.folder = fast_folder()
        self.emptied = 0
        self._broker: Broker | None = None

    @property
    def is_postgresql(self) -> bool:
        return self.kind == POSTGRESQL_RABBITMQ

    @property
    def namespace(self) -> str:
        return f"sbs-test-{CHECKOUT}-{self.worker}"

    @property
    def database(self) -> str:
        return f"sbs_test_{CHECKOUT}_{self.worker}"

    def environ(self) -> dict[str, str]:
        """The settings of a programme on this back end."""
        environ = {
            "SBS_TRUSTED_KEYS": public_keys(SIGNING_KEY),
            "SBS_SIGNING_KEY": SIGNING_KEY,
            "SBS_TIMEZONE": "Europe/Amsterdam",
            "SBS_REQUESTS_PER_MINUTE": "1000000",
            "SBS_MAIL_URL": "smtp://127.0.0.1:9",  # nobody: what is written is looked at in the database
            "SBS_MAIL_FROM": "sbs@example.org",
            "SBS_DATABASE_URL": f"sqlite:///{self.folder}/{{service}}.db",
        }
        if self.is_postgresql:
            environ |= {
                "SBS_DATABASE_URL": f"{POSTGRESQL}/{self.database}_{{service}}",
                "SBS_BROKER_URL": RABBITMQ,
                "SBS_BROKER_NAMESPACE": self.namespace,
            }
        return environ

    @cached_property
    def programme(self) -> Programme:
        """The one programme of this test process on this back end, migrated."""
        if self.is_postgresql:
            _drop(self.database)
        programme = Programme(self.environ())
        programme.migrate()
        return programme

    @cached_property
    def origin(self) -> Origin:
        origin = self.programme.origin()
        for app in origin.apps.values():
            app.testing = False
            app.config["PROPAGATE_EXCEPTIONS"] = False
        return origin

    @property
    def broker(self) -> Broker:
        """The services joined by RabbitMQ, for as long as a test process lives."""
        if self._broker is None:
            self._broker = Broker(self.programme, self.namespace)
        return self._broker

    def deliver(self) -> None:
        """Deliver over the broker; it closes what was silent for long, so a dead connection is made again."""
        try:
            self.broker.deliver()
        except amqp.BROKER_ERRORS:
            self.close_broker()
            # What was published before the connection was found dead went away with its queues.
            self.broker.catch_up()
            self.broker.deliver()

    def close_broker(self) -> None:
        if self._broker is not None:
            with suppress(*amqp.BROKER_ERRORS):
                self._broker.close()
            self._broker = None

    def empty(self, kept: Kept | None = None) -> None:
        """Delete every row but those that migrations put there, and put back what was kept."""
        self.emptied += 1
        # A message that an earlier test left on the broker belongs to another life of the feed.
        epochs = {name: new_id() for name in self._emptying}
        for name, statements in self._emptying.items():
            with self.programme.services[name].database.engine.begin() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
                connection.execute(update(FeedState).values(epoch=epochs[name], relayed_position=0))
                if kept:
                    kept.put_back(connection, name, epochs)

    @cached_property
    def _emptying(self) -> dict[str, list[str]]:
        """The statements that empty each database, foreign keys left aside until they are done."""
        later = (
            "set local session_replication_role = replica"
            if self.is_postgresql
            else "pragma defer_foreign_keys = on"
        )
        statements = {}
        for name, service in self.programme.services.items():
            tables = [t for t in inspect(service.database.engine).get_table_names() if t not in KEPT]
            steps = [later, *(f'delete from "{table}"' for table in tables)]
            if not self.is_postgresql:
                steps = around_triggers(service.database.engine, steps)
            if name == "mentoring":
                steps.append("delete from step_definition where place >= 100")
                steps.append("update step_definition set in_use = true")
            statements[name] = ["; ".join(steps)] if self.is_postgresql else steps
        return statements

    def close(self) -> None:
        self.close_broker()
        if "programme" in self.__dict__:
            self.programme.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.is_postgresql:
            _drop(self.database)


def around_triggers(engine: Engine, steps: list[str]) -> list[str]:
    """Steps for SQLite with its triggers out of the way; on PostgreSQL the role of a replica does it."""
    with engine.connect() as connection:
        triggers = connection.exec_driver_sql("select name, sql from sqlite_master where type = 'trigger'")
        found = triggers.all()
    return [*(f"drop trigger {name}" for name, _ in found), *steps, *(sql for _, sql in found)]


KEPT = {"shared_version", "service_version", *OF_MIGRATIONS}


def _drop(name: str) -> None:
    engine = create_engine(f"{_driver()}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for service in SERVICES:
            connection.execute(text(f'drop database if exists "{name}_{service}" with (force)'))
    engine.dispose()


def _driver() -> str:
    return POSTGRESQL.replace("postgresql://", "postgresql+psycopg://")
