"""Looking at the audit of a test's programme, and tampering with it as only an owner of the database can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, func, select

from shared.audit import sealing
from shared.audit.chain import Verdict, verify
from shared.audit.records import AuditRecord
from tests.backends import around_triggers
from tests.world import World


def records(world: World, service: str = "registry", after: int = 0) -> list[AuditRecord]:
    """What is on record in a service after a record, in order."""
    with world.programme.services[service].database.read() as session:
        found = select(AuditRecord).where(AuditRecord.id > after).order_by(AuditRecord.id)
        return list(session.scalars(found).all())


def newest(world: World, service: str = "registry") -> int:
    """The id of the newest record."""
    with world.programme.services[service].database.read() as session:
        return session.scalar(select(func.max(AuditRecord.id))) or 0


def last(world: World, service: str = "registry") -> AuditRecord:
    return records(world, service)[-1]


def men(record: AuditRecord) -> set[str]:
    return {str(man) for man in record.men}


def seal(world: World, service: str = "registry") -> int:
    with world.programme.services[service].database.write() as session:
        return sealing.seal(session)


def verdict(world: World, service: str = "registry") -> Verdict:
    with world.programme.services[service].database.read() as session:
        return verify(session)


@contextmanager
def past_the_triggers(world: World, service: str = "registry") -> Iterator[Connection]:
    """A connection on which neither triggers nor foreign keys hold."""
    engine = world.programme.services[service].database.engine
    with engine.connect() as connection:
        if world.backend.is_postgresql:
            connection.exec_driver_sql("set session_replication_role = replica")
            yield connection
            connection.exec_driver_sql("set session_replication_role = origin")
            connection.commit()
            return
        connection.exec_driver_sql("select 1")
        connection.rollback()
        raw: Any = connection.connection.driver_connection
        raw.execute("pragma foreign_keys = off")
        steps = around_triggers(engine, [])
        dropped = [step for step in steps if step.startswith("drop")]
        for step in dropped:
            connection.exec_driver_sql(step)
        yield connection
        for step in steps[len(dropped) :]:
            connection.exec_driver_sql(step)
        connection.commit()
        raw.execute("pragma foreign_keys = on")
