"""A full disk or a database that takes no changes: 503, ask again; nothing is lost, and nothing is half done."""

import pytest
from sqlalchemy import func, select

from services.referrals.models import KnownMembership
from services.registry.models import Shedder
from shared.messaging.consumer import SICK_ENVIRONMENT
from shared.messaging.outbox import OutboxRow
from shared.messaging.parked import ParkedEvent
from shared.messaging.relay import Relay
from tests.no_changes import read_only, told_to_each_connection


def full(world, service):
    """The file may not grow by a page: what SQLite says is what it says of a full disk.

    What earlier tests left free in it is let go first, or there would be room for thousands.
    """
    connection = world.programme.services[service].database.engine.raw_connection()
    connection.cursor().execute("vacuum")
    connection.close()
    return told_to_each_connection(world, service, "pragma max_page_count=1")


def held(world, service, column):
    with world.programme.services[service].database.read() as session:
        return session.scalar(select(func.count()).select_from(column))


def fill(programme):
    """Ask for men until the last page in hand is used up; give the answer that was no success."""
    for number in range(2000):
        answer = programme.coordinator.send(
            "POST",
            "/registry/shedders",
            body={"known_as": "Ali " * 20, "shed_id": str(programme.shed_id)},
            headers={"Idempotency-Key": f"man-{number}"},
        )
        if answer.status != 201:
            return number, answer
    raise AssertionError("There was room for all.")


def test_a_change_to_a_read_only_database_is_503_and_asked_again_is_made_once(programme, world):
    is_503_and_made_later(programme, world, read_only)


@pytest.mark.only_on("sqlite-feed")  # A server's disk cannot be filled here.
def test_a_change_on_a_full_disk_is_503_and_asked_again_is_made_once(programme, world):
    is_503_and_made_later(programme, world, full)


def is_503_and_made_later(programme, world, without_room):
    before = held(world, "registry", Shedder)
    with without_room(world, "registry"):
        made, answer = fill(programme)
        men, events = held(world, "registry", Shedder), held(world, "registry", OutboxRow)

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert men == before + made
    again = programme.coordinator.send(
        "POST",
        "/registry/shedders",
        body={"known_as": "Ali " * 20, "shed_id": str(programme.shed_id)},
        headers={"Idempotency-Key": f"man-{made}"},
    )
    assert again.status == 201
    assert held(world, "registry", Shedder) == men + 1
    assert held(world, "registry", OutboxRow) > events


def test_a_read_that_cannot_be_put_on_record_is_503(programme, world):
    man = programme.a_shedder(known_as="Kanarie")["id"]
    with read_only(world, "registry"):
        answer = programme.coordinator.get(f"/registry/shedders/{man}", expect=503)

    assert answer.headers["Retry-After"]
    assert "Kanarie" not in answer.text


def test_a_consumer_without_room_parks_nothing_and_goes_on_later(programme, world):
    programme.a_shedder()
    consumer = world.consumer("referrals", "registry")
    if world.backend.is_postgresql:
        world.deliver()
        programme.a_shedder()
        Relay(world.programme.registry, publish=False).stamp()
    known = held(world, "referrals", KnownMembership)
    with read_only(world, "referrals"), pytest.raises(SICK_ENVIRONMENT):
        consumer.catch_up()

    assert held(world, "referrals", ParkedEvent) == 0
    world.deliver()
    assert held(world, "referrals", KnownMembership) == known + 1
