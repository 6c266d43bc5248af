"""nginx, three servers and three workers as processes of their own, each with the settings of its own alone."""

import re
import signal
import threading

import amqp as pyamqp
import psutil
import psycopg
import pytest
from sqlalchemy import delete, func, select

from services.mentoring.models import KnownMembership as KnownInMentoring
from services.referrals.models import KnownMembership as KnownInReferrals
from services.registry.models import ReferralFact
from shared.messaging import amqp, outbox
from shared.messaging.parked import ParkedEvent
from tests.journeys.live import wait_until
from tests.journeys.test_story import STEPS
from tests.production.system import settle

# One set-up for all: a dozen processes are enough at a time.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("production")]


def tell_the_story(system):
    told = system.command(system.of_the_operator, "story")
    assert "That was his story." in told
    assert re.findall(r"^ *(\d+)  ", told, re.MULTILINE) == [str(n + 1) for n in range(STEPS)]


def parked(programme):
    total = 0
    for service in programme.services.values():
        with service.database.read() as session:
            total += session.scalar(select(func.count()).select_from(ParkedEvent))
    return total


def unpublished(programme):
    """How many events have not gone through the broker."""
    total = 0
    for service in programme.services.values():
        with service.database.read() as session:
            total += outbox.last_position(session) - outbox.feed_state(session).relayed_position
    return total


def test_the_story_is_walked_through_it(system, programme):
    tell_the_story(system)

    settle(system, programme)
    assert parked(programme) == 0
    wait_until(lambda: unpublished(programme) == 0, system.said)
    wait_until(lambda: system.queued() == 0, lambda: f"{system.queued()} messages lie in the queues.")
    assert "sealed" in system.command(system.of_the_operator, "audit", "verify")
    assert "Traceback" not in system.said()


def register(system, answers):
    """Somebody registers a man; what he is answered, he notes."""
    shed = system.ask("GET", "/registry/sheds?limit=1", "ambassador").json()["items"][0]
    man = {"known_as": f"Man {len(answers)}", "shed_id": shed["id"]}
    answers.append(system.ask("POST", "/registry/shedders", "ambassador", json=man))


def test_a_request_in_flight_is_answered_before_a_server_ends(system):
    answers = []
    asking = threading.Thread(target=register, args=(system, answers))
    server = system.processes["registry.serve"]
    with system.locked("registry", "membership"):
        asking.start()
        wait_until(lambda: system.waits_for("registry", "membership"), lambda: f"It waits not: {answers}")
        server.send_signal(signal.SIGTERM)
        # Of its two processes the one that has nothing to do has ended; the other still has the request.
        wait_until(lambda: len(psutil.Process(server.pid).children()) == 1, system.said)
        assert answers == []

    asking.join()
    assert [answer.status_code for answer in answers] == [201]
    assert system.stop("registry.serve") == [0]


def test_a_message_in_hand_is_finished_before_a_worker_ends(system, programme):
    worker = system.processes["mentoring.worker"]
    with system.locked("mentoring", "known_membership"):
        register(system, answers := [])
        assert answers[0].status_code == 201
        wait_until(lambda: system.waits_for("mentoring", "known_membership"), system.said)
        worker.send_signal(signal.SIGTERM)
        # Its relay has let go of the turn, so it has heard; what it has in hand it cannot finish yet.
        wait_until(lambda: system.relay_at_work("mentoring") is None, system.said)
        assert worker.poll() is None

    assert system.stop("mentoring.worker") == [0]
    assert "mentoring of registry" not in system.behind(programme)


def test_a_producer_that_is_away_holds_up_no_other(system, programme):
    """The registry's worker begins while referrals does not answer, and hears of mentoring all the same."""
    assert system.stop("registry.worker", "referrals.serve") == [0, 0]
    system.start("worker", "registry")
    wait_until(lambda: system.relay_at_work("registry"), system.said)
    match = system.ask("GET", "/mentoring/mentorships?state=active&limit=1", "mentor").json()["items"][0]

    place = f"/mentoring/mentorships/{match['id']}/sessions"
    assert system.ask("POST", place, "mentor", json={"minutes": 30}).status_code == 201

    wait_until(lambda: "registry of mentoring" not in system.behind(programme), system.said)
    assert system.ask("GET", "/referrals/readyz").status_code == 503


def test_a_worker_says_that_it_is_alive(system):
    wait_until((system.folder / "mentoring.worker.alive").exists, system.said)


def test_everything_stops_at_sigterm_and_goes_on_where_it_stopped(system, programme):
    assert set(system.stop()) == {0}
    assert system.ask("GET", "/registry/sheds", "ambassador").status_code == 503

    system.start_all()
    tell_the_story(system)

    settle(system, programme)
    assert parked(programme) == 0


def test_when_the_relay_at_work_dies_the_one_in_waiting_takes_over(system, programme):
    system.start("worker", "registry", "registry.second")
    settle(system, programme)
    first = system.relay_at_work("registry")
    (name,) = [name for name, process in system.processes.items() if process.pid == first]

    assert system.stop(name, number=signal.SIGKILL) == [-signal.SIGKILL]

    wait_until(
        lambda: system.relay_at_work("registry") not in (None, first),
        lambda: "Nobody takes the turn.",
    )
    tell_the_story(system)
    settle(system, programme)
    assert parked(programme) == 0


@pytest.mark.parametrize(
    "statement", ["update audit_record set status = 1", "delete from audit_seal", "truncate audit_subject"]
)
def test_the_application_can_only_add_to_the_audit(system, statement):
    with system.database("registry") as connection:
        assert connection.execute("select count(*) from audit_record").fetchone() > (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_application_can_make_nothing_and_reaches_no_other_database(system):
    with system.database("registry") as connection:
        for statement in (
            "create table mine (id int)",
            "drop table shed",
            "alter table audit_record disable trigger all",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    own = system.url("registry/database_url")
    other = own.removesuffix("registry") + "referrals"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(other)


def of_another(name):
    """What the mentoring user must not do; `name` gives names as this set-up has them."""
    registry, own = name("registry"), name("mentoring")
    return {
        "publish as the registry": lambda c: published(c, name("events.registry")),
        "publish into nowhere": lambda c: published(c, ""),
        "read the registry's queue": lambda c: c.basic_get(registry),
        "empty the registry's queue": lambda c: c.queue_purge(registry),
        "delete the registry's queue": lambda c: c.queue_delete(registry),
        "delete its own queue": lambda c: c.queue_delete(own),
        "delete the registry's exchange": lambda c: c.exchange_delete(name("events.registry")),
        "listen with the registry's queue": lambda c: c.queue_bind(registry, name("events.referrals"), "#"),
        "read what is dead": lambda c: c.basic_get(name("dead")),
        "make a queue": lambda c: c.queue_declare(name("mine")),
        "make an exchange": lambda c: c.exchange_declare(name("mine"), "fanout"),
    }


def published(channel, exchange):
    channel.confirm_select()
    channel.basic_publish_confirm(pyamqp.Message("x"), exchange=exchange, routing_key="x")


@pytest.mark.parametrize("what", of_another(str))
def test_a_services_user_touches_nothing_of_another(system, what):
    with amqp.connect(system.url("mentoring/broker_url")) as connection:
        act = of_another(lambda name: f"{system.name}.{name}")[what]
        with pytest.raises(pyamqp.exceptions.AccessRefused), connection.connection.channel() as channel:
            act(channel)


def test_a_services_user_reaches_no_other_virtual_host(system):
    elsewhere = system.url("mentoring/broker_url").rpartition("/")[0] + "//"
    with pytest.raises(pyamqp.exceptions.NotAllowed):
        amqp.connect(elsewhere)


@pytest.mark.parametrize(
    ("service", "table"),
    [("registry", ReferralFact), ("referrals", KnownInReferrals), ("mentoring", KnownInMentoring)],
)
def test_what_a_service_lost_of_the_others_events_comes_back_by_their_feeds(
    system, programme, service, table
):
    """With the settings of one service alone: its own database, and the others over HTTP."""
    database = programme.services[service].database
    rows = select(func.count()).select_from(table)
    with database.write() as session:
        before = session.scalar(rows)
        session.execute(delete(table))

    with pytest.raises(AssertionError, match=table.__tablename__):
        system.command(system.of(service), "rebuild", service, "--check")
    system.command(system.of(service), "rebuild", service)

    with database.read() as session:
        assert 0 < before == session.scalar(rows)
    system.command(system.of(service), "rebuild", service, "--check")
