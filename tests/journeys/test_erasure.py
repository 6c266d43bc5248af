"""A man is erased in the running system: no string of his is left in a database, a queue, a log or a file."""

import json
import shutil

import pytest

from shared.actor import Role
from shared.messaging import amqp
from shared.tokens import SERVICES
from tests.architecture.test_personal_data import where_marked
from tests.backends import POSTGRESQL_RABBITMQ, RABBITMQ
from tests.builders.lives import a_marked_life, erase
from tests.builders.people import a_programme
from tests.journeys.live import LiveWorld, start, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def second(live):
    """Another coordinator of the same partner."""
    return live.world.caller(Role.COORDINATOR, partner_id=live.partner_id)


def files_with(system, life):
    """The files of the running system (databases and their logs, keys, tokens, its own log) that hold a mark."""
    marks = [mark.encode() for mark in life.marks]
    return [
        str(path.relative_to(system.folder))
        for path in sorted(system.folder.rglob("*"))
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]


def messages_left(system):
    """What still lies in the queues of the running system."""
    if system.kind != POSTGRESQL_RABBITMQ:
        return 0
    with amqp.connect(RABBITMQ) as connection, connection.channel() as channel:
        names = [*(f"{system.name}.{service}" for service in SERVICES), f"{system.name}.{amqp.DEAD}"]
        return sum(channel.queue_declare(name, passive=True).message_count for name in names)


def test_no_string_of_an_erased_man_is_left_anywhere(live, second):
    system = live.world.system
    life = a_marked_life(live)
    export = live.coordinator.get(f"/registry/shedders/{life.shedder_id}/export").json
    assert json.dumps(export).count(life.mark) > 20
    assert export["missing"] == []
    assert where_marked(live.world, life)

    place = erase(live, second, life.shedder_id)

    wait_until(lambda: second.get(place).json["state"] == "complete", lambda: second.get(place).text)
    assert where_marked(live.world, life) == set()
    wait_until(lambda: not files_with(system, life), lambda: f"Still in {files_with(system, life)}")
    wait_until(lambda: messages_left(system) == 0, lambda: f"{messages_left(system)} messages wait")
    assert not any(mark in system.said() for mark in life.marks)
    live.coordinator.get(f"/registry/shedders/{life.shedder_id}", expect=404)


def test_many_are_erased_one_after_another_and_nothing_of_them_stays_in_a_file(live, second):
    lives = [a_marked_life(live) for _ in range(3)]

    for life in lives:
        erase(live, second, life.shedder_id)

    def left():
        return [place for life in lives for place in files_with(live.world.system, life)]

    wait_until(lambda: not left(), lambda: f"Still in {left()}")


def test_the_commands_work_beside_the_running_system(live, second, tmp_path):
    system = live.world.system
    life = a_marked_life(live)

    given = system.command("subject", life.shedder_id, "--out", str(tmp_path / "his.html"))
    assert given.returncode == 0, given.stderr
    assert life.word("slaapt slecht") in (tmp_path / "his.html").read_text()
    due = system.command("retention", "--dry-run")
    assert due.returncode == 0, due.stderr
    assert "0 due. Nothing was changed." in due.stdout
    place = erase(live, second, life.shedder_id)
    wait_until(lambda: second.get(place).json["state"] == "complete", lambda: second.get(place).text)
    kept = system.command("erasures", "export", str(tmp_path / "ledger"))
    assert kept.returncode == 0, kept.stderr
    assert life.shedder_id in (tmp_path / "ledger").read_text()
    again = system.command("erasures", "replay", str(tmp_path / "ledger"))
    assert again.returncode == 0, again.stderr
    assert again.stdout.count(": 0 of ") == len(SERVICES)
    nobody = system.command("subject", life.shedder_id, "--out", str(tmp_path / "again.json"))
    assert nobody.returncode == 1
    assert not (tmp_path / "again.json").exists()


def test_a_database_that_is_restored_from_a_backup_is_cleaned_by_the_ledger(embedded, tmp_path):
    """Stopped, its databases put back as they were before the erasure, started, the ledger replayed."""
    system = embedded
    start(system, "--empty")
    world = LiveWorld(system)
    programme = a_programme(world)
    second = world.caller(Role.COORDINATOR, partner_id=programme.partner_id)
    life = a_marked_life(programme)
    home = system.folder / "home"
    system.stop()
    shutil.copytree(home, tmp_path / "backup")
    start(system, "--empty")
    place = erase(programme, second, life.shedder_id)
    wait_until(lambda: second.get(place).json["state"] == "complete", lambda: second.get(place).text)
    assert system.command("erasures", "export", str(system.folder / "ledger")).returncode == 0
    system.stop()
    world.programme.dispose()
    for file in home.glob("*.db*"):
        file.unlink()
    for file in (tmp_path / "backup").glob("*.db*"):
        shutil.copy2(file, home)
    shutil.rmtree(tmp_path / "backup")
    assert files_with(system, life)

    start(system, "--empty")
    replayed = system.command("erasures", "replay", str(system.folder / "ledger"))

    assert replayed.returncode == 0, replayed.stderr
    second.get(f"/registry/shedders/{life.shedder_id}", expect=404)
    wait_until(lambda: not files_with(system, life), lambda: f"Still in {files_with(system, life)}")
