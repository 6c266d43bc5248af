"""What a service keeps of others' events can be made anew of them, whatever became of it."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from deploy.alone import rebuilding
from services.mentoring.models import Obstacle
from services.referrals.models import KnownMembership, Referral
from services.registry.models import MentorFact, ReferralFact, TimelineEntry
from shared.actor import Role
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.handlers import Handler
from shared.messaging.rebuilding import NotRebuilt
from shared.tokens import SERVICES
from tests.builders.lives import a_marked_life, erase
from tests.builders.tour import tour


def rebuilding_of(world, name):
    return rebuilding(name, world.programme.services[name], world.programme.feeds())


def rebuild(world, name, *, check=False):
    """What differed, by table: missing, different, too many."""
    found = rebuilding_of(world, name).run(check=check)
    return {one.table: (len(one.missing), len(one.different), len(one.too_many)) for one in found if one}


def everything_kept(world, name):
    """Every row of the tables that are made of others' events, but for what is new each time."""
    with world.programme.services[name].database.read() as session:
        return {
            projection.name: sorted(
                str({key: value for key, value in row.items() if key not in projection.passing})
                for row in session.execute(
                    select(projection.model.__table__).where(projection.part)
                ).mappings()
            )
            for projection in rebuilding_of(world, name).projections
        }


def figures(programme):
    place = f"/registry/figures?partner_id={programme.partner_id}"
    return programme.coordinator.get(place).json


@pytest.fixture
def eventful(programme):
    programme.a_referral("accepted")
    programme.a_referral("declined")
    programme.a_pathway("employed")
    programme.world.deliver()
    return programme


def test_whatever_was_done_what_is_kept_is_what_the_events_say(programme, world):
    tour(programme)
    world.deliver()

    assert {name: found for name in SERVICES if (found := rebuild(world, name, check=True))} == {}


def test_figures_and_timelines_are_put_right(eventful, world):
    before, right = figures(eventful), everything_kept(world, "registry")
    with world.work("registry") as work:
        one, other = work.session.scalars(select(ReferralFact.referral_id)).all()
        work.session.execute(delete(ReferralFact).where(ReferralFact.referral_id == one))
        work.session.execute(
            update(ReferralFact).where(ReferralFact.referral_id == other).values(state="failed")
        )
        work.session.execute(delete(TimelineEntry).where(TimelineEntry.what == "referral.accepted"))
        work.session.add(MentorFact(mentor_id=uuid4(), country="NL", trained_on=world.clock.today()))
    damaged = figures(eventful)

    found = rebuild(world, "registry")

    assert damaged != before
    assert found == {"referral_fact": (1, 1, 0), "mentor_fact": (0, 0, 1), "timeline_entry": (1, 0, 0)}
    assert figures(eventful) == before
    assert everything_kept(world, "registry") == right


def test_checking_changes_nothing(eventful, world):
    with world.work("mentoring") as work:
        work.session.execute(delete(Obstacle))

    assert rebuild(world, "mentoring", check=True) == {"obstacle": (1, 0, 0)}
    assert rebuild(world, "mentoring", check=True) == {"obstacle": (1, 0, 0)}
    assert rebuild(world, "mentoring") == {"obstacle": (1, 0, 0)}
    assert rebuild(world, "mentoring", check=True) == {}


def test_what_has_not_arrived_yet_is_not_anticipated(eventful, world):
    """The service's own consumer does that, with all that follows from it."""
    eventful.a_referral("accepted")

    assert rebuild(world, "registry") == {}
    world.deliver()
    assert rebuild(world, "registry", check=True) == {}


def test_what_followed_from_an_event_does_not_follow_again(programme, world):
    """His consent was withdrawn, then given anew: the referral under the new one stays."""
    man = programme.a_shedder()["id"]
    consent = programme.a_consent(man)
    programme.coordinator.act(f"/registry/consents/{consent['id']}/withdraw")
    programme.a_consent(man)
    world.deliver()
    programme.a_referral("accepted", shedder_id=man)
    world.deliver()
    told = len(world.told("referrals"))
    with world.work("referrals") as work:
        work.session.execute(delete(KnownMembership))

    rebuild(world, "referrals")

    with world.work("referrals", reading=True) as work:
        assert work.session.scalars(select(Referral.state)).all() == ["accepted"]
    assert len(world.told("referrals")) == told


def test_a_consumer_that_lost_what_it_kept_follows_the_feeds_from_the_beginning(eventful, world):
    for name in SERVICES:
        kept = everything_kept(world, name)
        with world.work(name) as work:
            for projection in rebuilding_of(world, name).projections:
                work.session.execute(delete(projection.model).where(projection.part))
            work.session.execute(delete(ConsumerCursor))

        for producer in rebuilding_of(world, name).handlers:
            while world.consumer(name, producer).catch_up():
                pass

        assert everything_kept(world, name) == kept
        assert rebuild(world, name, check=True) == {}


def test_nobody_who_was_erased_comes_back(eventful, world):
    life = a_marked_life(eventful)
    second = world.caller(Role.COORDINATOR, partner_id=eventful.partner_id)
    erase(eventful, second, life.shedder_id)
    world.deliver()
    kept = {name: everything_kept(world, name) for name in SERVICES}

    for name in SERVICES:
        rebuild(world, name)

    assert {name: everything_kept(world, name) for name in SERVICES} == kept


def test_while_an_event_cannot_be_applied_nothing_is_changed(eventful, world):
    def fails(_work, _event, _told):
        raise ValueError("no")

    right = rebuilding_of(world, "mentoring")
    referral = right.handlers["referrals"][0]
    broken = [Handler(referral.name, referral.reads, fails)]
    wrong = replace(right, handlers={**right.handlers, "referrals": broken})

    with pytest.raises(NotRebuilt, match="cannot be applied"):
        wrong.run()

    with world.work("mentoring", reading=True) as work:
        assert work.session.scalar(select(func.count()).select_from(Obstacle)) == 1
