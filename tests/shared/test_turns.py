"""One at work and the others in waiting; whoever loses the turn hears of it."""

import threading

import psycopg
import pytest

from shared.database.turns import turn
from tests.backends import POSTGRESQL_RABBITMQ, SQLITE_FEED

LOCK = 7_999


def take(database, stopping, taken):
    with turn(database, LOCK, stopping):
        taken.set()


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
def test_the_next_has_the_turn_when_the_first_ends(world):
    database, taken = world.programme.registry.database, threading.Event()
    waiting = threading.Thread(target=take, args=(database, threading.Event(), taken))
    with turn(database, LOCK, threading.Event()) as mine:
        waiting.start()
        mine.must_hold()
        assert not taken.is_set()

    waiting.join()
    assert taken.is_set()


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
def test_who_waits_can_be_told_to_stop(world):
    database, stopping = world.programme.registry.database, threading.Event()
    with turn(database, LOCK, threading.Event()):
        waiting = threading.Thread(target=take, args=(database, stopping, threading.Event()))
        waiting.start()
        stopping.set()
        waiting.join()


@pytest.mark.only_on(POSTGRESQL_RABBITMQ)
def test_who_has_lost_the_turn_hears_of_it(world):
    database = world.programme.registry.database
    with turn(database, LOCK, threading.Event()) as mine, database.own_connection() as another:
        another.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s"
            " and database = (select oid from pg_database where datname = current_database())",
            [LOCK],
        )

        with pytest.raises(psycopg.OperationalError):
            mine.must_hold()


@pytest.mark.only_on(SQLITE_FEED)
def test_in_one_process_everybody_has_it(world):
    database = world.programme.registry.database
    with turn(database, LOCK, threading.Event()) as one, turn(database, LOCK, threading.Event()) as two:
        one.must_hold()
        two.must_hold()
