"""What is on record stays: nothing is changed or removed, and whoever does it past the triggers is found out."""

import threading

import pytest
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from deploy.programme import Programme
from shared.audit import sealing
from shared.audit.deed import Action, by_command
from shared.audit.records import AuditRecord, AuditSeal, keep
from shared.audit.sealing import Sealer, sealing_timer
from shared.database.grants import grants
from shared.identifiers import new_id
from tests.audit import newest, past_the_triggers, seal, verdict
from tests.backends import POSTGRESQL_RABBITMQ

TABLES = ("audit_record", "audit_subject", "audit_seal")


def put_on_record(world, count=1, men=1):
    for _ in range(count):
        world.programme.registry.put_on_record(
            by_command("look", Action.READ, {new_id() for _ in range(men)})
        )


def seals(world):
    with world.programme.registry.database.read() as session:
        return session.execute(
            select(AuditSeal.position, AuditSeal.record_id).order_by(AuditSeal.position)
        ).all()


@pytest.fixture
def sealed(world):
    """Nine records in the chain; gives the id of the fifth."""
    put_on_record(world, 9)
    seal(world)
    return newest(world) - 4


# ---- what holds


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["update {} set {} = {}", "delete from {}"])
def test_the_database_itself_refuses_to_change_or_remove(sealed, world, table, statement):
    column = "position" if table == "audit_seal" else "id" if table == "audit_record" else "record_id"
    engine = world.programme.registry.database.engine

    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.exec_driver_sql(statement.format(table, column, column))

    assert verdict(world).broken is None


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
@pytest.mark.parametrize("table", TABLES)
def test_the_audit_cannot_be_emptied_at_once(sealed, world, table):
    engine = world.programme.registry.database.engine

    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.exec_driver_sql(f"truncate {table} cascade")


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
def test_a_role_of_the_application_adds_and_reads_and_cannot_do_more(world):
    """With the grants of a production role the whole application works, and the audit is out of its reach."""
    database = world.programme.registry.database
    role = f"{database.url.database}_app"
    with database.engine.begin() as connection:
        tables = connection.execute(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).scalars()
        connection.exec_driver_sql(f'drop role if exists "{role}"')
        connection.exec_driver_sql(f'create role "{role}" login')
        for statement in grants(role, tables.all()):
            connection.exec_driver_sql(statement)
    engine = create_engine(make_url(database.url).set(username=role))
    try:
        with engine.begin() as connection:
            row = {
                "at": world.clock.now(),
                "action": "read",
                "operation": "look",
                "status": 200,
                "via": "http",
            }
            connection.execute(insert(AuditRecord.__table__), row)
            assert connection.execute(select(AuditRecord.operation)).scalars().all() == ["look"]
            connection.exec_driver_sql("update shed set name = name")
        for statement in (
            "update audit_record set status = 1",
            "delete from audit_seal",
            "truncate audit_subject",
        ):
            with pytest.raises(DBAPIError, match="permission denied"), engine.begin() as connection:
                connection.exec_driver_sql(statement)
        with pytest.raises(DBAPIError, match="must be owner"), engine.begin() as connection:
            connection.exec_driver_sql("drop trigger audit_record_is_kept on audit_record")
    finally:
        engine.dispose()
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f'drop owned by "{role}"')
            connection.exec_driver_sql(f'drop role "{role}"')


def test_an_audit_that_nobody_touched_is_whole(programme, world):
    programme.a_referral("completed")
    world.deliver()

    for service in world.programme.services:
        waiting = verdict(world, service).waiting
        assert seal(world, service) == waiting > 0
        found = verdict(world, service)
        assert (found.broken, found.waiting, found.sealed) == (None, 0, waiting)


def test_a_hash_says_the_same_whatever_was_not_said(world):
    """A column that a later release adds is empty in old records, and must not break their seals."""
    put_on_record(world)
    with world.programme.registry.database.read() as session:
        record = session.scalars(select(AuditRecord)).one()

        before = sealing.digest(sealing.BEGINNING, record)
        sealing._SAID.append("column_to_come")
        record.column_to_come = None
        try:
            assert sealing.digest(sealing.BEGINNING, record) == before
        finally:
            sealing._SAID.remove("column_to_come")


# ---- sealing


def test_positions_have_no_gaps_whatever_was_rolled_back(world):
    database = world.programme.registry.database
    for nth in range(6):
        try:
            with database.write() as session:
                keep(session, world.clock.now(), [by_command("look", Action.READ)] * 2)
                if nth % 2:
                    raise RuntimeError
        except RuntimeError:
            continue
        seal(world)

    assert [position for position, _ in seals(world)] == [1, 2, 3, 4, 5, 6]
    assert verdict(world).broken is None


def test_many_writers_and_two_workers_leave_a_chain_without_gaps(world):
    workers = [Sealer(world.programme.registry) for _ in range(2)]
    writers = [threading.Thread(target=put_on_record, args=(world, 15)) for _ in range(4)]
    done = threading.Event()

    def work(sealer):
        while not done.is_set():
            sealer.run()
        sealer.run()

    sealing_threads = [threading.Thread(target=work, args=(sealer,)) for sealer in workers]
    for thread in [*writers, *sealing_threads]:
        thread.start()
    for writer in writers:
        writer.join()
    done.set()
    for thread in sealing_threads:
        thread.join()

    assert [position for position, _ in seals(world)] == list(range(1, 61))
    assert len({record_id for _, record_id in seals(world)}) == 60
    assert (verdict(world).broken, verdict(world).waiting) == (None, 0)


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
def test_a_record_that_was_committed_late_is_sealed_when_it_appears(world):
    """Its id is lower than ids that were sealed; the order of the chain is that of the seals."""
    database = world.programme.registry.database
    sealer = Sealer(world.programme.registry)
    with database.write() as late:
        keep(late, world.clock.now(), [by_command("late", Action.READ, {new_id()})])
        late.flush()
        put_on_record(world, 3)
        sealer.run()
    sealer.run()

    order = [record_id for _, record_id in seals(world)]
    assert order == [*sorted(order)[1:], min(order)]
    assert (verdict(world).broken, verdict(world).waiting) == (None, 0)


def test_a_sealer_looks_through_everything_at_its_start_and_every_hour(world):
    """What was committed more than a minute after its id was given is found by that."""
    sealer = Sealer(world.programme.registry)
    put_on_record(world, 3)

    assert sealer._look_above(0) == 0
    assert sealer._look_above(61) == newest(world)
    assert sealer._look_above(62) == newest(world)
    assert sealer._look_above(3601) == 0


def test_every_worker_seals(world):
    for worker in world.programme.workers():
        (timer,) = [timer for timer in worker._timers if timer.name == "seal_audit"]
        worker.service.put_on_record(by_command("look", Action.READ))
        timer.run()
        assert verdict(world, worker.service.name).waiting == 0
    assert sealing_timer(world.programme.registry).every == 1.0


# ---- tampering, as only the owner of the database can


def tamper(world, statement, **values):
    with past_the_triggers(world) as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize(
    "change", ["status = 403", "operation = 'nothing'", '"right" = null', "at = '2020-01-01 00:00:00'"]
)
def test_a_changed_record_is_found(sealed, world, change):
    tamper(world, f"update audit_record set {change} where id = :id", id=sealed)

    found = verdict(world)
    assert found.broken == f"Record {sealed} (seal 5) was changed, or was put in after the fact."


def test_a_man_taken_from_a_record_is_found(sealed, world):
    tamper(world, "delete from audit_subject where record_id = :id", id=sealed)

    assert f"Record {sealed} (seal 5) was changed" in verdict(world).broken


def test_a_deleted_record_is_found(sealed, world):
    tamper(world, "delete from audit_record where id = :id", id=sealed)

    assert verdict(world).broken == f"Record {sealed} (seal 5) is missing."


def test_a_record_deleted_with_its_seal_is_found(sealed, world):
    tamper(world, "delete from audit_seal where record_id = :id", id=sealed)
    tamper(world, "delete from audit_record where id = :id", id=sealed)

    assert verdict(world).broken == "Seal 5 is missing."


def test_closing_the_gap_does_not_hide_it(sealed, world):
    tamper(world, "delete from audit_seal where record_id = :id", id=sealed)
    tamper(world, "delete from audit_record where id = :id", id=sealed)
    tamper(world, "update audit_seal set position = -position where position > 5")
    tamper(world, "update audit_seal set position = -position - 1 where position < 0")

    assert f"Record {sealed + 1} (seal 5) was changed" in verdict(world).broken


def test_an_inserted_record_is_found(sealed, world):
    """With a seal of its own, between two others."""
    tamper(world, "update audit_seal set position = -position where position >= 5")
    tamper(world, "update audit_seal set position = -position + 1 where position < 0")
    with past_the_triggers(world) as connection:
        row = {
            "id": 10_000_000,
            "at": world.clock.now(),
            "action": "read",
            "operation": "look",
            "status": 200,
        }
        connection.execute(insert(AuditRecord.__table__), row | {"via": "http"})
        link = {"position": 5, "record_id": row["id"], "hash": "f" * 64}
        connection.execute(insert(AuditSeal.__table__), link)

    assert verdict(world).broken.startswith("Record 10000000 (seal 5) ")


def test_two_records_that_changed_places_are_found(sealed, world):
    for place, to in ((5, -6), (6, 5), (-6, 6)):
        tamper(world, "update audit_seal set position = :to where position = :place", place=place, to=to)

    assert verdict(world).broken.startswith(f"Record {sealed + 1} (seal 5) is out of order")


def test_a_seal_that_was_written_anew_breaks_the_next(sealed, world):
    """Whoever changes a record and its seal would have to write every later seal anew."""
    tamper(world, "update audit_record set status = 403 where id = :id", id=sealed)
    with world.programme.registry.database.read() as session:
        before = session.scalars(select(AuditSeal.hash).where(AuditSeal.position == 4)).one()
        anew = sealing.digest(before, session.get(AuditRecord, sealed))
    tamper(world, "update audit_seal set hash = :hash where position = 5", hash=anew)

    assert f"Record {sealed + 1} (seal 6)" in verdict(world).broken


def test_only_the_first_that_is_broken_is_named(sealed, world):
    tamper(world, "update audit_record set status = 403 where id >= :id", id=sealed)

    assert f"Record {sealed} (seal 5)" in verdict(world).broken


def test_a_chain_longer_than_a_batch_is_walked_to_its_end(world):
    programme: Programme = world.programme
    with programme.registry.database.write() as session:
        keep(session, world.clock.now(), [by_command("look", Action.READ, {new_id()}) for _ in range(1100)])
    Sealer(programme.registry).run()
    assert verdict(world).broken is None
    tamper(world, "update audit_record set status = 403 where id = :id", id=newest(world))

    assert "(seal 1100)" in verdict(world).broken
