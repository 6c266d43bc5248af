"""What an integrator reads: every event of a service once, in order, whatever is going on meanwhile."""

import threading

import pytest

from shared.actor import Role

pytestmark = pytest.mark.slow
SENT = "org.sbs.referral.requested.v1"


@pytest.fixture
def integrator(live):
    return live.world.caller(Role.INTEGRATOR, scopes=frozenset({"events:read"}))


def every_page(integrator, place):
    """All events from a place on, as its links lead through them."""
    events = []
    while place:
        page = integrator.get(place)
        events += page.json["items"]
        place = page.links.get("next", {}).get("url")
    return events


@pytest.mark.parametrize("service", ["registry", "referrals", "mentoring"])
def test_a_feed_gives_every_event_once_and_in_order(live, integrator, service):
    live.a_referral("accepted")
    live.a_mentorship()
    live.world.deliver()
    reach = live.world.reach(service)

    events = every_page(integrator, f"/{service}/events?after=0&limit=4")

    assert reach > 0
    assert [event["position"] for event in events][:reach] == list(range(1, reach + 1))
    assert len({event["id"] for event in events}) == len(events)
    assert {event["source"] for event in events} == {f"/{service}"}


def test_a_feed_of_one_type_has_those_and_no_other(live, integrator):
    for state in ("requested", "accepted"):
        live.a_referral(state)
    live.world.deliver()

    events = every_page(integrator, f"/referrals/events?after=0&limit=1&type={SENT}")

    everything = every_page(integrator, "/referrals/events?after=0&limit=500")
    assert len(events) >= 2
    assert events == [event for event in everything if event["type"] == SENT]


def test_who_follows_one_type_while_others_work_misses_none(live, integrator):
    drafts = [live.a_draft()["id"] for _ in range(8)]
    position = integrator.get(f"/referrals/events?after=0&limit=500&type={SENT}").json["position"]
    people = [threading.Thread(target=send, args=(live, half)) for half in (drafts[::2], drafts[1::2])]
    for person in people:
        person.start()

    heard = []
    while len(heard) < len(drafts):
        alive = any(person.is_alive() for person in people)
        page = integrator.get(f"/referrals/events?after={position}&wait=2&type={SENT}").json
        heard += [event["subject"] for event in page["items"]]
        position = page["position"]
        assert alive or page["items"] or live.world.behind() or len(heard) == len(drafts), heard

    assert sorted(heard) == sorted(drafts)


def send(live, drafts):
    for draft in drafts:
        live.ambassador.post(f"/referrals/referrals/{draft}/send", {}, 200, etag='"1"')
