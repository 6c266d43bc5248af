"""Figures for Prometheus: right, of nobody, and on an address of their own."""

from datetime import date
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, update
from werkzeug.test import Client

from services.referrals.models import Referral
from shared.http.metrics import Figures
from shared.messaging import parked
from shared.messaging.events import Event
from tests.world import days_ago

PORT = 9100


@pytest.fixture
def figures(world):
    """What is scraped, by name and labels."""

    def scrape(port=PORT, path="/metrics"):
        app = Figures(world.origin, world.programme.services, PORT)
        return Client(app).get(path, base_url=f"http://127.0.0.1:{port}")

    def read():
        text = scrape().get_data(as_text=True)
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    read.scrape = scrape
    return read


def of(service, name, **labels):
    return (name, *sorted({"service": service, **labels}.items()))


def counted(figures, method, route, status, service="registry"):
    key = of(service, "sbs_request_seconds_count", method=method, route=route, status=status)
    return figures().get(key, 0)


def test_requests_are_counted_by_the_pattern_of_their_route(programme, figures):
    man, nobody = programme.a_shedder()["id"], uuid4()
    route = "/registry/shedders/<uuid:shedder_id>"
    seen, missed = counted(figures, "GET", route, "200"), counted(figures, "GET", route, "404")

    programme.coordinator.get(f"/registry/shedders/{man}")
    programme.coordinator.get(f"/registry/shedders/{nobody}", expect=404)

    assert counted(figures, "GET", route, "200") == seen + 1
    assert counted(figures, "GET", route, "404") == missed + 1
    text = figures.scrape().get_data(as_text=True)
    assert man not in text
    assert str(nobody) not in text


def test_a_caller_cannot_make_up_labels(world, figures):
    before = counted(figures, "unknown", "unknown", "404")

    world.anonymous().get("/registry/geheim-pad", expect=404)
    world.anonymous().send("GEHEIM", "/registry/sheds")

    assert counted(figures, "unknown", "unknown", "404") == before + 1
    assert "geheim" not in figures.scrape().get_data(as_text=True).lower()


def test_on_the_public_port_there_are_none_and_on_theirs_nothing_else(world, figures):
    assert figures.scrape(port=8000).status_code == 404
    assert figures.scrape(path="/registry/livez").status_code == 404
    assert figures.scrape().status_code == 200


def test_what_waits_and_what_is_behind_is_counted(world, programme, figures):
    world.deliver()
    assert figures()[of("referrals", "sbs_consumer_lag_events", producer="registry")] == 0

    programme.a_shedder()
    world.clock.advance(minutes=2)

    lag = of("referrals", "sbs_consumer_lag_events", producer="registry")
    waiting = of("registry", "sbs_outbox_waiting_events")
    oldest = of("registry", "sbs_outbox_oldest_seconds")
    found = figures()
    if world.backend.is_postgresql:
        assert found[waiting] > 0
        assert found[oldest] == 120
    else:  # Without a broker it is in the feed as soon as it is told.
        assert (found[waiting], found[oldest]) == (0, 0)
        assert found[lag] > 0
    world.deliver()
    found = figures()
    assert (found[waiting], found[oldest], found[lag]) == (0, 0, 0)
    assert (
        found[of("registry", "sbs_feed_position")]
        == found[of("referrals", "sbs_consumer_position", producer="registry")]
    )


def test_parked_events_are_counted(world, programme, figures):
    document = world.told("registry")[0] | {"position": 1, "epoch": "x"}
    with world.work("mentoring") as work:
        parked.park(work.session, Event.parse(document), "A reason.", work.now)

    assert figures()[of("mentoring", "sbs_parked_events", producer="registry")] == 1


def test_overdue_answers_are_counted(world, programme, figures):
    programme.a_referral("requested")
    assert figures()[of("referrals", "sbs_overdue_answers")] == 0

    with world.work("referrals") as work:
        work.session.execute(update(Referral).values(answer_due_on=date.fromisoformat(days_ago(world, 1))))

    assert figures()[of("referrals", "sbs_overdue_answers")] == 1


def test_a_database_that_is_down_is_said_and_hides_nothing_of_the_others(world, figures, monkeypatch):
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    database = world.programme.mentoring.database
    monkeypatch.setattr(database, "_readers", lambda: database._writers(bind=nowhere))

    found = figures()

    assert found[of("mentoring", "sbs_database_up")] == 0
    assert found[of("registry", "sbs_database_up")] == 1
    assert of("registry", "sbs_feed_position") in found
    assert of("mentoring", "sbs_feed_position") not in found
