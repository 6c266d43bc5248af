"""Migrating on PostgreSQL: one at a time, all or nothing, and never in the way of those who work."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from deploy.programme import MIGRATIONS
from shared.database import migrate
from shared.database.engine import Database
from shared.messaging import outbox
from tests import backends
from tests.journeys.system import drop_databases

OWN = MIGRATIONS["registry"]
ANOTHER = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "9999", "{before}"


def upgrade():
    op.add_column("partner", sa.Column("first", sa.Integer))
    op.add_column("shed", sa.Column("second", sa.Integer))
"""

pytestmark = pytest.mark.skipif(
    backends.POSTGRESQL_RABBITMQ not in backends.available(), reason="PostgreSQL does not answer."
)


@pytest.fixture
def url():
    """Of a database that is not there yet."""
    name = f"sbs_test_{uuid4().hex[:8]}"
    yield f"{backends.POSTGRESQL.replace('postgresql:', 'postgresql+psycopg:')}/{name}_registry"
    drop_databases(name)


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def another(tmp_path):
    """The registry's migrations, and one more that changes two tables."""
    folder = tmp_path / "migrations"
    shutil.copytree(OWN, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (before,) = migrate.heads(OWN)
    (folder / "versions" / "9999_another.py").write_text(ANOTHER.format(before=before))
    return folder


def test_many_who_migrate_at_once_do_it_once(url):
    databases = [Database(url) for _ in range(4)]

    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda database: migrate.migrate(database, OWN), databases))

    assert migrate.is_current(databases[0], OWN)
    with databases[0].read() as session:
        assert outbox.feed_state(session).relayed_position == 0
    for database in databases:
        database.dispose()


def test_whoever_comes_second_waits_for_the_first(url, database):
    migrate.migrate(database, OWN)
    first = create_engine(url)
    with first.begin() as connection:
        connection.execute(text(f"select pg_advisory_xact_lock({migrate.MIGRATION_LOCK})"))
        second = threading.Thread(target=lambda: migrate.migrate(database, OWN))
        second.start()
        waiting = text(
            "select count(*) from pg_locks join pg_database on pg_database.oid = database"
            " where locktype = 'advisory' and not granted and datname = current_database()"
        )
        while connection.execute(waiting).scalar() == 0:
            assert second.is_alive()

    second.join(30)

    assert not second.is_alive()
    first.dispose()


def test_a_migration_that_cannot_have_a_table_changes_nothing_and_is_tried_again(
    url, database, another, monkeypatch
):
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    migrate.migrate(database, OWN)
    reader = create_engine(url)
    with reader.begin() as connection:
        connection.execute(text("select * from shed"))
        with pytest.raises(OperationalError) as refused:
            migrate.migrate(database, another)
    assert migrate.is_in_use(refused.value)
    assert not columns(database, "partner") & {"first"}

    migrate.migrate(database, another)

    assert columns(database, "partner") >= {"first"}
    assert columns(database, "shed") >= {"second"}
    reader.dispose()


def columns(database, table):
    return {column["name"] for column in inspect(database.engine).get_columns(table)}


def test_a_role_that_may_connect_to_its_own_database_alone_finds_it_migrated(url, database):
    """The application's role owns nothing, and needs no right on the server's other databases."""
    migrate.migrate(database, OWN)
    role = f"sbs_app_{uuid4().hex[:8]}"
    with database.engine.begin() as connection:
        connection.execute(text(f"create role {role} login password 'only-for-this-test'"))
        for table in inspect(database.engine).get_table_names():
            connection.execute(text(f'grant select on "{table}" to {role}'))
    own = Database(
        str(database.url.set(username=role, password="only-for-this-test").render_as_string(False))
    )
    try:
        migrate.migrate(own, OWN)
    finally:
        own.dispose()
        with database.engine.begin() as connection:
            connection.execute(text(f"drop owned by {role}"))
            connection.execute(text(f"drop role {role}"))
