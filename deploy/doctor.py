"""What is wrong with a set-up, in words: settings, key files, databases, rights, what waits, the broker.

It looks, and changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from kombu.connection import Connection as BrokerConnection
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from deploy.environment import embedded_environment
from deploy.programme import MIGRATIONS, Programme
from shared.backlog import Backlog, backlog
from shared.database.grants import ADDED_TO, rights
from shared.database.migrate import is_current
from shared.messaging import amqp, outbox
from shared.messaging.outbox import OutboxRow
from shared.settings import SettingsError
from shared.unit_of_work import Service

SECRETS = ("SIGNING_KEY", "ACCOUNTS_KEY", "EDGE_SECRET", "OPENID_CLIENT_SECRET", "DATABASE_URL", "BROKER_URL")
PATIENCE = timedelta(minutes=1)
"""What has waited longer than this is not on its way any more."""


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    level: Level
    told: str

    def __str__(self) -> str:
        return f"{self.level:>5}  {self.told}"


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that was looked at, and how it was found."""
    try:
        filled = embedded_environment(environ)
        yield from _files(filled)
        programme = Programme(filled)
    except SettingsError as error:
        lines = str(error).splitlines()
        yield from (_wrong(line) for line in lines[1:] or lines)
        return
    yield _ok("The settings are complete.")
    usable = {}
    for name, service in programme.services.items():
        found = list(_database(name, service))
        yield from found
        if not any(one.level is Level.WRONG for one in found):
            usable[name] = service
    listens = {
        worker.service.name: [consumer.producer for consumer in worker.consumers]
        for worker in programme.workers()
    }
    yield from _waiting(usable, listens)
    if programme.registry.settings.broker_url:
        yield from _broker(programme)
    programme.dispose()


def _ok(told: str) -> Finding:
    return Finding(Level.OK, told)


def _wrong(told: str) -> Finding:
    return Finding(Level.WRONG, told)


def _files(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Who may read what is secret, and who may say whose tokens are believed."""
    ours = {f"SBS_{name}_FILE": 0o077 for name in SECRETS} | {"SBS_TRUSTED_KEYS_FILE": 0o022}
    for setting, too_much in ours.items():
        path = Path(environ.get(setting, ""))
        if not environ.get(setting) or not path.is_file():
            continue  # That it cannot be read is a fault of the settings.
        if path.stat().st_mode & too_much:
            mode = 0o600 if too_much == 0o077 else 0o644
            may = "read" if too_much == 0o077 else "change"
            yield _wrong(f"{setting}: others than its owner may {may} {path}. Say: chmod {mode:o} {path}")
        else:
            yield _ok(f"{setting}: {path} is its owner's.")


def _database(name: str, service: Service[Any]) -> Iterator[Finding]:
    database = service.database
    file = str(database.url.database)
    if database.is_sqlite and not file.startswith("file:") and not Path(file).exists():
        yield _wrong(f"{name}: the database {file} is not there yet. Say: ./sbs migrate")
        return
    try:
        if not is_current(database, MIGRATIONS[name]):
            yield _wrong(f"{name}: its database is not at this release's schema. Say: ./sbs migrate")
            return
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                yield from _rights(name, connection, service.settings.origin.startswith("https://"))
        with database.engine.connect() as connection, connection.begin() as transaction:
            connection.execute(text("update feed_state set relayed_position = relayed_position"))
            transaction.rollback()
    except SQLAlchemyError as error:
        yield _wrong(f"{name}: its database cannot be used: {_reason(error)}. See SBS_DATABASE_URL.")
    else:
        yield _ok(f"{name}: its database answers, is at this release's schema, and takes changes.")


def _rights(name: str, connection: Connection, is_real: bool) -> Iterator[Finding]:
    """Whether the role may do what the application does; and to the audit nothing but add and read."""
    role = connection.execute(text("select current_user")).scalar_one()
    tables = inspect(connection).get_table_names()
    wanted = {(table, right) for table in tables for right in rights(table)}
    forbidden = {(table, right) for table in sorted(ADDED_TO) for right in ("update", "delete", "truncate")}
    may = text("select has_table_privilege(cast(:table as text), cast(:right as text))")

    def held(table: str, right: str) -> bool:
        return bool(connection.execute(may, {"table": f'public."{table}"', "right": right}).scalar())

    for table, right in sorted(wanted):
        if not held(table, right):
            yield _wrong(f"{name}: the role {role} may not {right} on {table}, which the application does.")
    if any(held(*one) for one in forbidden):
        level = Level.WRONG if is_real else Level.NOTE
        told = "may change the audit's tables; give the application a role that owns none of them"
        yield Finding(level, f"{name}: the role {role} {told}: docs/operations.md.")


def _waiting(services: Mapping[str, Service[Any]], listens: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    counted = {}
    for name, service in services.items():
        with service.database.read() as session:
            with_broker = service.settings.broker_url is not None
            counted[name] = backlog(session, service.clock.now(), with_broker=with_broker)
    for name, one in counted.items():
        others = {other: services[other] for other in listens[name] if other in services}
        faults = [*_of_one(name, one), *_behind(name, one, others)]
        yield from faults or [_ok(f"{name}: no event is parked, and none waits for long.")]


def _of_one(name: str, one: Backlog) -> Iterator[Finding]:
    if parked := sum(one.parked.values()):
        yield _wrong(f"{name}: {parked} events are parked. Look at them: ./sbs parked list")
    if one.oldest > PATIENCE:
        since = f"the oldest for {one.oldest // timedelta(seconds=1)} seconds"
        yield _wrong(f"{name}: {one.waiting} events wait to be passed on, {since}. Does its worker run?")


def _behind(name: str, one: Backlog, others: Mapping[str, Service[Any]]) -> Iterator[Finding]:
    """Of whom a service has not applied what was told a while ago."""
    for producer, service in others.items():
        position = one.read.get(producer, 0)
        with service.database.read() as session:
            first = select(OutboxRow.recorded_at).where(OutboxRow.position == position + 1)
            told, reach = session.scalar(first), outbox.last_position(session)
        if told is not None and service.clock.now() - told > PATIENCE:
            yield _wrong(f"{name}: it is {reach - position} events behind {producer}. Does its worker run?")


def _broker(programme: Programme) -> Iterator[Finding]:
    settings = programme.registry.settings
    try:
        with amqp.connect(str(settings.broker_url)) as connection:
            for service in programme.services:
                yield _queue(connection, f"{settings.broker_namespace}.{service}", service)
            dead = f"{settings.broker_namespace}.{amqp.DEAD}"
            left = _declared(connection, dead)
            if left and left.message_count:
                yield _wrong(f"RabbitMQ: {left.message_count} undelivered messages lie in {dead}.")
    except amqp.BROKER_ERRORS as error:
        yield _wrong(f"RabbitMQ cannot be used: {error}. See SBS_BROKER_URL.")


def _queue(connection: BrokerConnection, queue: str, service: str) -> Finding:
    found = _declared(connection, queue)
    if found is None:
        return _wrong(f"RabbitMQ: there is no queue {queue}: the worker of {service} never ran on it.")
    if not found.consumer_count:
        waits = f"{found.message_count} messages wait"
        return _wrong(f"RabbitMQ: nobody takes from {queue} ({waits}). Does the worker of {service} run?")
    return _ok(f"RabbitMQ: the worker of {service} takes from {queue}.")


def _declared(connection: BrokerConnection, queue: str) -> Any:
    """What the broker says of a queue; None when it is not there."""
    try:
        with connection.channel() as channel:  # type: ignore[no-untyped-call]
            return channel.queue_declare(queue, passive=True)
    except connection.channel_errors as error:
        if getattr(error, "reply_code", None) == 404:
            return None
        raise


def _reason(error: SQLAlchemyError) -> str:
    said = str(getattr(error, "orig", None) or type(error).__name__).strip()
    return (said.splitlines() or ["no reason is given"])[0]
