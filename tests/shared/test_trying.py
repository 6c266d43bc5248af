"""A connection of the pool that died is never used; one that was used just now is not asked whether it lives."""

import pytest
from sqlalchemy import text

from shared.database import trying
from shared.database.engine import Database
from tests.backends import POSTGRESQL_RABBITMQ

pytestmark = pytest.mark.only_on(POSTGRESQL_RABBITMQ)


@pytest.fixture
def database(world):
    """A database with one connection in its pool that has been used, and how often it was asked."""
    database = Database(
        world.programme.referrals.database.url.render_as_string(hide_password=False), pool_size=1
    )
    serving(database)
    yield database
    database.dispose()


@pytest.fixture
def asked(database, monkeypatch):
    asked = []
    ask = database.engine.dialect.do_ping
    monkeypatch.setattr(
        database.engine.dialect, "do_ping", lambda connection: asked.append(connection) or ask(connection)
    )
    return asked


def serving(database):
    """The process of the server that serves the next transaction."""
    with database.read() as session:
        return session.scalar(text("select pg_backend_pid()"))


def test_one_that_was_used_just_now_is_not_asked(database, asked):
    assert serving(database) == serving(database)
    assert asked == []


def test_one_that_lay_for_long_is_asked(database, asked, monkeypatch):
    first = serving(database)
    monkeypatch.setattr(trying, "LONG", 0.0)

    assert serving(database) == first
    assert len(asked) == 1


@pytest.mark.parametrize("long", [0.0, 3600.0])
def test_one_that_the_server_closed_is_not_used(database, asked, monkeypatch, long):
    first = serving(database)
    monkeypatch.setattr(trying, "LONG", long)
    with database.own_connection() as another:
        another.execute("select pg_terminate_backend(%s, 5000)", [first])

    assert serving(database) != first
    assert len(asked) == 1


def test_a_notice_is_no_end(database, asked):
    """What the server says by itself, of a setting for instance, is heard; the connection stays."""
    first = serving(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("listen something")
        connection.commit()
    with database.own_connection() as another:
        another.execute("notify something")

    assert serving(database) == first
    assert len(asked) == 1
