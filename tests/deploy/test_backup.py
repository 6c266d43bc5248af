"""Backing up and coming back: every row as it was, every event once, nobody back who was erased."""

import json
import sqlite3
import threading
from contextlib import closing
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from deploy.backup import backup, restore
from deploy.cli import cli
from deploy.erasures import export
from deploy.not_done import NotDone
from services.referrals.models import KnownMembership
from services.registry.models import Shedder
from shared.actor import Role
from shared.database.engine import Database
from shared.messaging import outbox
from shared.messaging.outbox import FeedState, OutboxRow
from shared.tokens import SERVICES
from tests.architecture.test_personal_data import BASES, SharedBase, where_marked
from tests.builders.lives import a_marked_life, erase

pytestmark = pytest.mark.slow_on("postgresql-rabbitmq")

EPOCHS = {"feed_state": "epoch", "consumer_cursor": "epoch"}


@pytest.fixture
def second(world, programme):
    return world.caller(Role.COORDINATOR, partner_id=programme.partner_id)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


def put_back(world, folder, ledger, only=None):
    """As an operator does: everything that runs is stopped first."""
    world.backend.close_broker()
    for service in world.programme.services.values():
        service.database.dispose()
    said = []
    restore(world.programme, folder, ledger, said.append, only)
    return said


def every_row(world):
    """All rows of all tables, but for which life of a feed they tell of."""
    found = {}
    for name, service in world.programme.services.items():
        tables = [*BASES[name].metadata.sorted_tables, *SharedBase.metadata.sorted_tables]
        with service.database.engine.connect() as connection:
            for table in tables:
                rows = [dict(row._mapping) for row in connection.execute(select(table))]
                for row in rows:
                    row.pop(EPOCHS.get(table.name), None)
                found[name, table.name] = sorted(map(repr, rows))
    return found


def epochs(world):
    found = {}
    for name, service in world.programme.services.items():
        with service.database.read() as session:
            found[name] = str(outbox.feed_state(session).epoch)
    return found


def test_what_is_restored_is_what_was_there_row_by_row(world, programme, folder, tmp_path):
    a_marked_life(programme)
    before, lives = every_row(world), epochs(world)
    backup(world.programme, folder)
    programme.a_referral()
    programme.a_shedder()
    world.deliver()
    assert every_row(world) != before

    said = put_back(world, folder, tmp_path / "ledger")

    assert every_row(world) == before
    assert not set(lives.values()) & set(epochs(world).values())
    assert [line.partition(":")[0] for line in said] == [*SERVICES, *SERVICES]
    world.deliver()
    assert every_row(world) == before


def test_events_that_were_on_their_way_at_the_backup_arrive_once_after_it(world, programme, folder, tmp_path):
    programme.a_consent(programme.a_shedder()["id"])
    backup(world.programme, folder)
    world.deliver()
    arrived = {table: len(rows) for table, rows in every_row(world).items()}

    put_back(world, folder, tmp_path / "ledger")
    world.deliver()

    assert {table: len(rows) for table, rows in every_row(world).items()} == arrived


def test_life_goes_on_after_a_restore(world, programme, folder, tmp_path):
    backup(world.programme, folder)
    put_back(world, folder, tmp_path / "ledger")

    referral = programme.a_referral("accepted")
    world.deliver()

    assert programme.coordinator.get(referral).json["state"] == "accepted"
    assert world.told_types("referrals")[-1] == "referral.accepted"


@pytest.mark.parametrize("only", [None, ("registry",), ("referrals",), ("mentoring",)])
def test_whoever_was_erased_after_the_backup_is_erased_again(
    world, programme, second, folder, tmp_path, only
):
    life = a_marked_life(programme)
    backup(world.programme, folder)
    erase(programme, second, life.shedder_id)
    world.deliver()
    export(world.programme, tmp_path / "ledger")

    put_back(world, folder, tmp_path / "ledger", only)
    world.deliver()

    assert where_marked(world, life) == set()
    second.get(f"/registry/shedders/{life.shedder_id}", expect=404)


def test_the_databases_that_go_add_to_the_ledger_whom_they_know(world, programme, second, folder, tmp_path):
    """He was erased after the ledger was last exported, and before the restore."""
    life = a_marked_life(programme)
    backup(world.programme, folder)
    erase(programme, second, life.shedder_id)
    world.deliver()

    put_back(world, folder, tmp_path / "ledger")

    assert life.shedder_id in (tmp_path / "ledger").read_text()
    assert where_marked(world, life) == set()


def test_a_service_that_is_restored_alone_is_told_what_it_missed(world, programme, folder, tmp_path):
    backup(world.programme, folder)
    man = programme.a_shedder()["id"]
    world.deliver()

    put_back(world, folder, tmp_path / "ledger", ("referrals",))
    world.deliver()

    with world.programme.referrals.database.read() as session:
        assert session.scalar(select(func.count()).where(KnownMembership.shedder_id == UUID(man))) == 1
    with world.programme.registry.database.read() as session:
        assert session.get(Shedder, UUID(man)) is not None


def test_a_backup_beside_people_at_work_holds_no_effect_without_its_event(world, programme, tmp_path):
    """At its moment no service has read further in another's feed than that one reaches."""
    stopping = threading.Event()
    told = []

    def work():
        while not stopping.is_set():
            programme.a_consent(programme.a_shedder()["id"])
            told.append(1)

    def deliver():
        while not stopping.is_set():
            world.deliver()

    threads = [threading.Thread(target=one) for one in (work, work, deliver)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            so_far = len(told)
            while len(told) < so_far + 2:
                assert all(thread.is_alive() for thread in threads)
            backup(world.programme, tmp_path / f"backup-{number}")
    finally:
        stopping.set()
        for thread in threads:
            thread.join()

    for number in range(3):
        services = json.loads((tmp_path / f"backup-{number}" / "contents.json").read_text())["services"]
        for service in services.values():
            for producer, position in service["read"].items():
                assert position <= services[producer]["position"]
    world.deliver()
    put_back(world, tmp_path / "backup-1", tmp_path / "ledger")
    world.deliver()
    for service in world.programme.services.values():
        with service.database.read() as session:
            positions = session.scalars(select(OutboxRow.position).order_by(OutboxRow.position)).all()
            assert positions == list(range(1, len(positions) + 1))


def test_nothing_is_restored_while_somebody_is_at_work(world, programme, folder, tmp_path):
    backup(world.programme, folder)
    before = epochs(world)
    somebody = Database(world.programme.referrals.settings.database_url)
    with somebody.read() as session:
        session.execute(select(FeedState.epoch))

        with pytest.raises(NotDone, match="referrals is in use"):
            restore(world.programme, folder, tmp_path / "ledger", print)
    somebody.dispose()

    assert epochs(world) == before


def test_a_damaged_backup_changes_nothing(world, programme, folder, tmp_path):
    backup(world.programme, folder)
    before = epochs(world)
    (file,) = folder.glob("mentoring.*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])

    with pytest.raises(NotDone, match="damaged"):
        put_back(world, folder, tmp_path / "ledger")

    assert epochs(world) == before
    (folder / "contents.json").unlink()
    with pytest.raises(NotDone, match="no whole backup"):
        put_back(world, folder, tmp_path / "ledger")


def test_a_backup_goes_into_a_folder_of_its_own_that_its_owner_alone_reads(world, programme, folder):
    backup(world.programme, folder)

    with pytest.raises(NotDone, match="there already"):
        backup(world.programme, folder)

    assert folder.stat().st_mode & 0o077 == 0
    assert [one.name for one in folder.parent.iterdir()] == ["backup"]


@pytest.mark.only_on("postgresql-rabbitmq")
def test_a_program_that_is_missing_is_named(world, folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotDone, match="pg_dump is not here"):
        backup(world.programme, folder)

    assert not folder.exists()


# ---- the commands, on files


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.setenv("SBS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SBS_DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(cli, [str(word) for word in words])


def test_restoring_asks_for_the_ledger_of_the_erased(command, folder):
    assert command("backup", folder).exit_code == 0

    refused = command("restore", folder)

    assert refused.exit_code == 2
    assert "--erasures FILE" in refused.output


@pytest.mark.parametrize("lost", ["gone", "overwritten"])
def test_what_was_lost_comes_back_with_two_commands(command, folder, tmp_path, lost):
    assert command("administrator", "me@example.org", "--name", "Ik").exit_code == 0
    assert command("backup", folder).exit_code == 0
    for file in (tmp_path / "home").glob("registry.db*"):
        file.unlink() if lost == "gone" else file.write_bytes(b"no database at all" * 100)

    done = command("restore", folder, "--no-ledger")

    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(tmp_path / "home" / "registry.db")) as connection:
        assert connection.execute("select email from account").fetchall() == [("me@example.org",)]
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
