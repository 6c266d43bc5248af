"""The doctor finds what is wrong, says it in words, and finds nothing where nothing is."""

import os
import re
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from deploy.cli import cli
from deploy.doctor import Level, examine
from shared.database.grants import grants
from shared.messaging import amqp, parked
from shared.messaging.events import Event
from tests import backends

POSTGRESQL = "postgresql-rabbitmq"


@pytest.fixture
def wrong(world, tmp_path):
    """What the doctor calls wrong of this test's set-up, but with some settings of another value."""
    if world.backend.is_postgresql:
        assert world.backend.broker  # its queues are there, and read

    def look(**other):
        environ = world.backend.environ() | {"SBS_HOME": str(tmp_path)} | other
        return [one.told for one in examine(environ) if one.level is Level.WRONG]

    return look


def test_nothing_is_wrong_where_nothing_is(world, programme, wrong):
    world.deliver()

    assert wrong() == []


def test_all_faults_of_the_settings_are_said_at_once(wrong):
    found = wrong(SBS_TIMEZONE="Mars/North", SBS_BROKER_URL="redis://x", SBS_LINK_HOURS="no")

    assert len(found) == 3
    assert all(any(name in told for told in found) for name in ("TIMEZONE", "BROKER_URL", "LINK_HOURS"))


@pytest.mark.parametrize(("setting", "mode", "said"), [("SIGNING", 0o644, "600"), ("TRUSTED", 0o666, "644")])
def test_a_key_file_that_others_may_use_is_named(world, wrong, tmp_path, setting, mode, said):
    name = {"SIGNING": "SBS_SIGNING_KEY", "TRUSTED": "SBS_TRUSTED_KEYS"}[setting]
    file = tmp_path / "key"
    file.write_text(world.backend.environ()[name])
    file.chmod(mode)

    found = wrong(**{f"{name}_FILE": str(file)})

    assert len(found) == 1
    assert f"chmod {said} {file}" in found[0]


@pytest.mark.only_on("sqlite-feed")
def test_a_database_that_is_not_there_is_not_made(wrong, tmp_path):
    found = wrong(SBS_DATABASE_URL=f"sqlite:///{tmp_path}/other-{{service}}.db")

    assert len(found) == 3
    assert all("./sbs migrate" in told for told in found)
    assert list(tmp_path.glob("other-*")) == []


@pytest.mark.only_on("sqlite-feed")
def test_a_file_that_is_no_database_is_said(wrong, tmp_path):
    for service in ("registry", "referrals", "mentoring"):
        (tmp_path / f"{service}.db").write_text("a letter to mother " * 100)

    found = wrong(SBS_DATABASE_URL=f"sqlite:///{tmp_path}/{{service}}.db")

    assert len(found) == 3
    assert all("not a database" in told for told in found)


def read_only(backend):
    """The URL of the same databases, which take no change."""
    url = backend.environ()["SBS_DATABASE_URL"]
    if backend.is_postgresql:
        return f"{url}?options={quote('-c default_transaction_read_only=on')}"
    return f"{url.replace('sqlite:///', 'sqlite:///file:')}?mode=ro&uri=true"


def test_a_database_that_takes_no_change_is_said(world, programme, wrong):
    world.deliver()

    found = wrong(SBS_DATABASE_URL=read_only(world.backend))

    assert len(found) == 3
    assert all("read" in told and "only" in told for told in found), found


def test_a_schema_of_another_release_is_said(world, wrong):
    engine, setting = (
        world.programme.mentoring.database.engine,
        text("update service_version set version_num = :to"),
    )
    with engine.begin() as connection:
        newest = connection.scalar(text("select version_num from service_version"))
        connection.execute(setting, {"to": "0001"})
    try:
        assert [told for told in wrong() if "mentoring" in told and "./sbs migrate" in told]
    finally:
        with engine.begin() as connection:
            connection.execute(setting, {"to": newest})


def test_what_waits_for_long_and_what_is_parked_is_said(world, programme, wrong):
    world.deliver()
    programme.a_shedder()
    document = world.told("registry")[0] | {"position": 1, "epoch": "x"}
    with world.work("mentoring") as work:
        parked.park(work.session, Event.parse(document), "A reason.", work.now)

    found = wrong()

    assert "mentoring: 1 events are parked. Look at them: ./sbs parked list" in found
    where = "wait to be passed on" if world.backend.is_postgresql else "events behind registry"
    assert any(where in told and "Does its worker run?" in told for told in found)


@pytest.mark.only_on(POSTGRESQL)
class TestServers:
    def test_a_server_that_does_not_answer(self, wrong):
        found = wrong(
            SBS_DATABASE_URL="postgresql://x@127.0.0.1:1/{service}", SBS_BROKER_URL="amqp://x:x@127.0.0.1:1//"
        )

        assert len(found) == 4
        assert all("refused" in told for told in found), found

    def test_a_password_that_the_broker_refuses(self, world, programme, wrong):
        world.deliver()

        (found,) = wrong(SBS_BROKER_URL=backends.RABBITMQ.replace("guest:guest", "guest:wrong"))

        assert found.startswith("RabbitMQ cannot be used")

    def test_queues_that_are_not_there_or_that_nobody_reads(self, world, programme, wrong):
        world.deliver()
        world.backend.close_broker()
        nobody = wrong()
        with amqp.connect(backends.RABBITMQ) as connection, connection.channel() as channel:
            channel.queue_delete(f"{world.backend.namespace}.mentoring")
        gone = wrong()

        assert len(nobody) == len(gone) == 3
        assert all("Does the worker of" in told for told in nobody)
        assert sum("there is no queue" in told for told in gone) == 1

    def test_a_role_that_may_too_little_or_too_much(self, world, programme, wrong):
        """The owner may change the audit; the application's role may not, and needs all the rest."""
        world.deliver()
        role = f"sbs_app_{uuid4().hex[:8]}"
        url = world.backend.environ()["SBS_DATABASE_URL"]
        own = re.sub("//[^@]*@", f"//{role}:only-for-this-test@", url)
        https = {"SBS_ORIGIN": "https://sbs.example.org", "SBS_BROKER_URL": ""}
        databases = [service.database for service in world.programme.services.values()]
        for number, database in enumerate(databases):
            with database.engine.begin() as connection:
                if number == 0:
                    connection.execute(text(f"create role {role} login password 'only-for-this-test'"))
                of_public = text("select tablename from pg_tables where schemaname = 'public'")
                for statement in grants(role, connection.execute(of_public).scalars().all()):
                    connection.execute(text(statement))
        try:
            assert wrong(SBS_DATABASE_URL=own, **https) == []
            with databases[0].engine.begin() as connection:
                connection.execute(text(f"revoke insert on audit_record from {role}"))
                connection.execute(text(f"grant delete on audit_seal to {role}"))
            found = wrong(SBS_DATABASE_URL=own, **https)
        finally:
            for number, database in enumerate(reversed(databases), start=1):
                with database.engine.begin() as connection:
                    connection.execute(text(f"drop owned by {role}"))
                    if number == len(databases):
                        connection.execute(text(f"drop role {role}"))

        assert len(found) == 2
        assert f"the role {role} may not insert on audit_record" in found[0]
        assert "may change the audit's tables" in found[1]


def test_the_command_ends_with_1_when_something_is_wrong(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("SBS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SBS_HOME", str(tmp_path))
    before = CliRunner().invoke(cli, ["doctor"])
    CliRunner().invoke(cli, ["migrate"])
    after = CliRunner().invoke(cli, ["doctor"])

    assert (before.exit_code, before.output.splitlines()[-1]) == (1, "3 things are wrong.")
    assert (after.exit_code, after.output.splitlines()[-1]) == (0, "Nothing is wrong.")
    assert Path(tmp_path / "registry.db").exists()
