"""Once a man is erased nothing brings him back: not what arrives late, twice, in another order or again."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import select, update

from deploy.erasures import HELD, export, read, replay
from services.mentoring.use_cases.erasures import erase as erase_in_mentoring
from services.referrals.models import KnownMembership, Referral
from services.referrals.use_cases.erasures import erase as erase_in_referrals
from services.registry.models import Shedder, TimelineEntry
from shared import erased
from shared.actor import Role
from shared.cleaning import clean
from shared.erased import ErasedSubject
from shared.errors import InvalidInput
from shared.history import HistoryEntry
from shared.identifiers import new_id
from shared.messaging import outbox
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.events import Event
from shared.messaging.outbox import FeedState
from shared.messaging.parked import ParkedEvent, park, retry_now
from tests.architecture.test_personal_data import where_marked
from tests.audit import past_the_triggers
from tests.builders.lives import erase

SERVICES = ("registry", "referrals", "mentoring")


@pytest.fixture
def second(world, programme):
    """Another coordinator of the same partner."""
    return world.caller(Role.COORDINATOR, partner_id=programme.partner_id)


@pytest.fixture
def gone(programme, second, life):
    """A man to whom everything happened, and who was erased."""
    erase(programme, second, life.shedder_id)
    programme.world.deliver()
    return life


def rows_about(world, shedder_id):
    """How many rows each table has about him."""
    counted = {}
    for name, service in world.programme.services.items():
        with service.database.read() as session:
            held = HELD[name].export(session, UUID(shedder_id))
        counted |= {f"{name}.{table}": len(part["rows"]) for table, part in held.items()}
    return counted


def documents(world, producer):
    """A producer's feed, from its beginning."""
    feed = next(consumer.feed for consumer in all_consumers(world) if consumer.producer == producer)
    found, after = [], 0
    while True:
        batch = feed.read(after, 100)
        if not batch.documents:
            return found
        found += batch.documents
        after = found[-1]["position"]


def all_consumers(world):
    return [consumer for worker in world.programme.workers() for consumer in worker.consumers]


def test_every_event_delivered_again_brings_nothing_back(gone, world):
    before = rows_about(world, gone.shedder_id)

    for consumer in all_consumers(world):
        with world.work(consumer.service.name) as work:
            work.session.execute(update(ConsumerCursor).values(position=0))
    for consumer in all_consumers(world):
        while consumer.catch_up():
            pass
    world.deliver()

    assert rows_about(world, gone.shedder_id) == before
    assert where_marked(world, gone) == set()


def test_a_feed_that_begins_a_new_life_and_is_read_from_its_beginning_brings_nothing_back(gone, world):
    before = rows_about(world, gone.shedder_id)
    for name in SERVICES:
        with world.work(name) as work:
            work.session.execute(update(FeedState).values(epoch=new_id(), relayed_position=0))

    for consumer in all_consumers(world):
        while consumer.catch_up():
            pass

    assert rows_about(world, gone.shedder_id) == before


def test_events_of_him_that_arrive_after_his_erasure_bring_nothing_back(programme, second, world):
    """The erasure overtakes what was told before it: each service is erased first, then hears the rest."""
    man = programme.a_shedder()["id"]
    programme.a_consent(man)
    programme.a_consent(man, "mentoring")
    with world.work("referrals") as work:
        work.erased.add(UUID(man))
        erase_in_referrals(work, UUID(man), world.clock.today())
    with world.work("mentoring") as work:
        erase_in_mentoring(work, UUID(man), world.clock.today())

    world.deliver()

    about = rows_about(world, man)
    assert {
        place: count for place, count in about.items() if count and not place.startswith("registry")
    } == {}


def test_what_referrals_and_mentoring_tell_late_is_counted_and_enters_no_timeline(programme, second, world):
    """Told before his erasure, heard after it: his referral counts, his timeline stays empty."""
    man = programme.a_shedder()["id"]
    programme.a_consent(man)
    programme.a_consent(man, "mentoring")
    world.deliver()
    programme.a_referral("accepted", shedder_id=man)
    programme.a_mentorship(shedder_id=man)
    asked = programme.coordinator.post(f"/registry/shedders/{man}/erasures", {"asked_how": "spoken"}).json
    second.act(f"/registry/erasures/{asked['id']}/confirm")

    world.deliver()

    about = rows_about(world, man)
    assert about["registry.referral_fact"] == 1
    assert about["registry.timeline_entry"] == 0
    assert about["registry.mentorship_fact"] == 0
    assert about["mentoring.obstacle"] == 0
    assert second.get(f"/registry/erasures/{asked['id']}").json["state"] == "complete"


def test_a_parked_event_that_is_retried_after_it_brings_nothing_back(gone, world):
    told = next(
        document
        for document in documents(world, "registry")
        if document["type"] == "org.sbs.shedder.registered.v1" and document["subject"] == gone.shedder_id
    )
    with world.work("referrals") as work:
        park(work.session, Event.parse(told), "for a test", work.now, next_attempt_at=work.now)
        retry_now(work.session, work.now)

    world.consumer("referrals", "registry").retry_parked()

    with world.programme.referrals.database.read() as session:
        assert session.scalars(select(ParkedEvent)).all() == []
        membership = select(KnownMembership).where(KnownMembership.shedder_id == UUID(gone.shedder_id))
        assert session.scalars(membership).all() == []


def test_an_event_of_his_that_rests_parked_does_not_keep_his_erasure_waiting(programme, second, world):
    man = programme.a_shedder()["id"]
    world.deliver()
    told = next(
        document
        for document in documents(world, "registry")
        if document["type"] == "org.sbs.shedder.registered.v1" and document["subject"] == man
    )
    with world.work("referrals") as work:
        park(work.session, Event.parse(told), "it rests", work.now)

    place = erase(programme, second, man)
    world.deliver()

    assert second.get(place).json["state"] == "complete"


def test_a_receipt_that_is_given_twice_or_of_nobody_changes_nothing(gone, world, second):
    place = f"/registry/erasures?shedder_id={gone.shedder_id}"
    before = second.get(place).json["items"]
    with world.work("referrals") as work:
        for shedder_id in (UUID(gone.shedder_id), new_id()):
            work.record("receipt.given", new_id(), {"shedder_id": shedder_id, "on": work.today})

    world.deliver()

    assert second.get(place).json["items"][0] | {"receipts": 0} == before[0] | {"receipts": 0}
    assert len(second.get(place).json["items"][0]["receipts"]) == 3


def test_nothing_new_is_made_about_a_man_whose_erasure_has_not_arrived_everywhere(programme, second, world):
    """Referrals still knows him for a moment; what is made in it is erased when the event arrives."""
    man = programme.a_shedder()["id"]
    programme.a_consent(man)
    world.deliver()
    asked = programme.coordinator.post(f"/registry/shedders/{man}/erasures", {"asked_how": "spoken"}).json
    second.act(f"/registry/erasures/{asked['id']}/confirm")
    draft = programme.a_draft(man, reason_in_words="Kanarie")

    world.deliver()

    programme.coordinator.get(f"/referrals/referrals/{draft['id']}", expect=404)
    with world.programme.referrals.database.read() as session:
        kept = session.get(Referral, UUID(draft["id"]))
        assert (kept.reason_in_words, kept.disclosure, kept.state.value) == (None, None, "withdrawn")
        assert kept.coded_reason == "participant_erased"
    body = {"shedder_id": man, "service_id": str(programme.service_id)}
    assert programme.ambassador.post("/referrals/referrals", body, expect=422).problem_on() == ["/shedder_id"]


@pytest.mark.only_on("postgresql-rabbitmq")
def test_a_draft_and_an_erasure_at_the_same_moment_leave_nothing(programme, world):
    """Whoever came first: the draft waits and is refused, or the erasure waits and erases it too."""
    man = programme.a_shedder()["id"]
    programme.a_consent(man)
    world.deliver()
    drafted, done = threading.Event(), threading.Event()

    def draft_slowly():
        with world.work("referrals", programme.ambassador.actor) as work:
            erased.refuse_erased(work.session, UUID(man))
            drafted.set()
            done.wait(1)  # An erasure that did not wait for this one would be through by then.
            work.session.add(a_referral_row(programme, man, world))

    def erase_meanwhile():
        drafted.wait(5)
        with world.work("referrals") as work:
            erase_in_referrals(work, UUID(man), world.clock.today())
        done.set()

    threads = [threading.Thread(target=run) for run in (draft_slowly, erase_meanwhile)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert done.is_set()
    with world.programme.referrals.database.read() as session:
        kept = session.scalars(select(Referral).where(Referral.shedder_id == UUID(man))).all()
        assert [one.reason_in_words for one in kept] == [None]
    with world.work("referrals") as work, pytest.raises(InvalidInput):
        erased.refuse_erased(work.session, UUID(man))


def a_referral_row(programme, man, world):
    return Referral(
        shedder_id=UUID(man),
        shed_id=programme.shed_id,
        partner_id=programme.partner_id,
        organisation_id=programme.organisation_id,
        service_id=programme.service_id,
        need_category="other",
        urgency="routine",
        reason_in_words="Kanarie",
        created_at=world.clock.now(),
        outcomes=[],
    )


def test_of_many_men_at_once_the_erased_are_told_apart(gone, world):
    many = [new_id() for _ in range(erased.MANY + 1)]

    with world.work("referrals") as work:
        assert erased.erased_among(work.session, [*many, UUID(gone.shedder_id)]) == {UUID(gone.shedder_id)}
        assert erased.erased_among(work.session, many[:5]) == set()


def test_what_a_request_at_the_same_moment_still_wrote_is_erased_once_more(gone, world):
    """As one does that waited for the erasure's locks and insisted with `If-Match: *`."""
    with world.work("referrals") as work:
        step = work.session.scalars(select(HistoryEntry)).first()
        step.remark = gone.word("nog net")
    assert where_marked(world, gone) == {"referrals.history"}

    for name, service in world.programme.services.items():
        assert clean(service, HELD[name])

    assert where_marked(world, gone) == set()
    for service in world.programme.services.values():
        with service.database.read() as session:
            assert session.get(ErasedSubject, UUID(gone.shedder_id)).cleaned


# ---- backups


def copy_of(world, name):
    """Every row of one service's tables, to be put back as a backup would."""
    from tests.architecture.test_personal_data import BASES, SharedBase  # noqa: PLC0415

    tables = [*BASES[name].metadata.sorted_tables, *SharedBase.metadata.sorted_tables]
    with world.programme.services[name].database.engine.connect() as connection:
        return [
            (table, [dict(row._mapping) for row in connection.execute(select(table))]) for table in tables
        ]


def restore(world, name, copy):
    with past_the_triggers(world, name) as connection:
        for table, _ in copy:
            connection.execute(table.delete())
        for table, rows in copy:
            if rows:
                connection.execute(table.insert(), rows)
        # What runs after a restore says so: a new life of the feed (see `outbox.begin_epoch`).
        connection.execute(update(FeedState).values(epoch=new_id(), relayed_position=0))


@pytest.mark.only_on("sqlite-feed")
@pytest.mark.parametrize("restored", [SERVICES, ("registry",), ("referrals",), ("mentoring",)])
def test_whoever_came_back_with_a_backup_is_erased_again_by_the_ledger(
    programme, second, world, tmp_path, restored, life
):
    backups = {name: copy_of(world, name) for name in restored}
    erase(programme, second, life.shedder_id)
    world.deliver()
    assert export(world.programme, tmp_path / "ledger") == 1
    for name, copy in backups.items():
        restore(world, name, copy)
    assert {place.partition(".")[0] for place in where_marked(world, life)} == set(restored)

    said = list(replay(world.programme, read(tmp_path / "ledger")))

    assert where_marked(world, life) == set()
    assert len(said) == 3
    second.get(f"/registry/shedders/{life.shedder_id}", expect=404)
    assert list(replay(world.programme, read(tmp_path / "ledger"))) == [
        f"{name}: 0 of 1 were not erased here, and are now." for name in SERVICES
    ]


def test_a_ledger_holds_ids_and_days_and_nothing_else(gone, world, tmp_path):
    export(world.programme, tmp_path / "ledger")

    text = (tmp_path / "ledger").read_text()

    assert text == f'{{"shedder_id": "{gone.shedder_id}", "erased_on": "{world.clock.today()}"}}\n'


def test_exporting_again_never_loses_what_a_ledger_held(gone, world, tmp_path):
    """As after a restore to a day before the erasure, when the databases know less than the file."""
    other = new_id()
    (tmp_path / "ledger").write_text(f'{{"shedder_id": "{other}", "erased_on": "2026-01-01"}}\n')

    assert export(world.programme, tmp_path / "ledger") == 2
    assert set(read(tmp_path / "ledger")) == {other, UUID(gone.shedder_id)}


def test_a_man_of_the_ledger_who_is_nowhere_is_remembered_all_the_same(world, programme):
    """His backup may be older than he is; a feed that is replayed from elsewhere must not bring him in."""
    nobody = new_id()

    list(replay(world.programme, {nobody: world.clock.today()}))

    for service in world.programme.services.values():
        with service.database.read() as session:
            assert nobody in erased.ledger(session)
            assert session.get(Shedder, nobody) is None if service.name == "registry" else True


def test_no_timeline_is_left_of_an_erased_man(gone, world):
    with world.programme.registry.database.read() as session:
        entries = select(TimelineEntry).where(TimelineEntry.shedder_id == UUID(gone.shedder_id))
        assert session.scalars(entries).all() == []
        assert outbox.last_position(session) > 0
