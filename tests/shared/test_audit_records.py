"""Everything is on record: what was done, what was seen, what was refused; with the change, or not at all."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from services.registry.models import Shedder
from shared.actor import Role
from shared.audit.deed import Deed
from shared.database.shared_tables import metadata
from shared.messaging.outbox import OutboxRow
from shared.permissions import PUBLIC
from tests.architecture.test_migrations import BASES
from tests.audit import last, men, newest, records
from tests.builders.tour import tour, upload
from tests.contracts.every_route import NOBODY, ROUTES, url_of
from tests.statements import heard

UNRECORDED = {
    "registry": {"list_partners", "read_partner", "list_sheds", "read_shed", "read_shed_history"},
    "referrals": {
        "list_organisations", "read_organisation", "list_locations", "read_location", "list_services", "read_service",
    },
    "mentoring": {"list_step_definitions", "read_step_definition"},
}  # fmt: skip
FEED = {"read_events", "read_event_types"}


def test_what_is_read_without_a_record_is_about_nobody():
    """Written out by hand: whoever adds to it says that a route shows nothing about anybody."""
    for service, unrecorded in UNRECORDED.items():
        assert {r.name for s, r in ROUTES if s == service and not r.is_recorded} == unrecorded | FEED


def test_every_route_leaves_a_record_of_its_success(programme, world):
    tour(programme)

    for service in world.programme.services:
        done = {r.operation for r in records(world, service) if not r.refused and r.via == "http"}
        routes = {r.name for s, r in ROUTES if s == service and r.is_recorded}
        assert done == routes, service


def test_a_request_that_was_carried_out_is_on_record_once(programme, world):
    tour(programme)

    for service in world.programme.services:
        changes = Counter(r.trace_id for r in records(world, service) if r.via == "http")
        assert set(changes.values()) == {1}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.EVALUATOR, Role.MENTOR, Role.INTEGRATOR])
def test_every_route_leaves_a_record_of_its_refusal(programme, world, role):
    """Whoever asks after what is not there, or may not ask at all, is on record with what he got."""
    caller = world.caller(role)
    seen = {service: newest(world, service) for service in world.programme.services}
    for service, route in ROUTES:
        if route.policy is PUBLIC:
            continue  # nobody is asked who he is; what is refused there has tests of its own
        body = {"no_such": "field"} if route.body else None
        answer = caller.send(route.method, url_of(service, route), body=body)
        new = records(world, service, seen[service])
        seen[service] = newest(world, service)
        if answer.status < 400 and not route.is_recorded:
            assert new == []
            continue
        (record,) = new
        assert (record.operation, record.status) == (route.name, answer.status)
        known = (None, None) if route.policy is PUBLIC else (caller.actor.id, role)
        assert (record.actor_id, record.actor_role) == known
        if answer.status >= 400:
            refusal = answer.json.get("type") or answer.json["error"]
            assert record.reason == refusal.removeprefix("urn:sbs:problem:")
            assert record.object_id == (NOBODY if "<uuid" in route.path else None)
        if answer.status in (401, 403, 404):
            assert record.right is None


def test_a_refused_request_leaves_a_record_and_no_other_trace(programme, world):
    place = programme.a_referral("requested")
    world.deliver()
    before = everything_but_the_audit(world)
    ambassador, carer = programme.ambassador, programme.care_worker

    refused = {
        403: lambda: ambassador.act(f"{place}/accept", expect=403),
        404: lambda: world.caller(Role.AMBASSADOR).post(f"{place}/send", expect=404),
        409: lambda: carer.act(f"{place}/complete", {}, expect=409),
        412: lambda: carer.post(f"{place}/accept", expect=412, If_Match='"1"', Idempotency_Key="k1"),
        415: lambda: carer.send("POST", f"{place}/accept", raw=b"x", content_type="text/plain", expect=415),
        422: lambda: carer.act(f"{place}/accept", {"colour": "blue"}, expect=422),
        428: lambda: carer.post(f"{place}/accept", expect=428),
    }
    for status, attempt in refused.items():
        attempt()
        assert last(world, "referrals").status == status

    assert everything_but_the_audit(world) == before


def everything_but_the_audit(world):
    found = {}
    for name, service in world.programme.services.items():
        with service.database.read() as session:
            for table in [*tables(service), OutboxRow.__table__]:
                found[name, table.name] = sorted(str(row) for row in session.execute(select(table)))
    return found


def tables(service):
    shared = [t for t in metadata.sorted_tables if not t.name.startswith("audit_")]
    return [*BASES[service.name].metadata.sorted_tables, *shared]


def test_a_token_that_is_not_right_is_on_record_and_no_token_is_not(programme, world):
    man = programme.a_shedder()["id"]
    stale = world.caller(Role.COORDINATOR)
    stale._token = world.token(stale.actor, timedelta(seconds=-1))
    before = newest(world)

    world.anonymous().get(f"/registry/shedders/{man}", expect=401)
    assert newest(world) == before
    stale.get(f"/registry/shedders/{man}", expect=401)

    (record,) = records(world, after=before)
    assert (record.status, record.actor_id, record.reason) == (401, None, "unauthenticated")
    assert men(record) == set()


# ---- whom a record is about


def test_a_read_says_who_saw_whom_from_where_and_by_what_right(programme, world):
    man = programme.a_shedder()["id"]
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    programme.ambassador.get(f"/registry/shedders/{man}", traceparent=trace)

    record = last(world)
    assert record.operation == "read_shedder"
    assert (record.action, record.via, record.status) == ("read", "http", 200)
    assert (record.object_kind, str(record.object_id)) == ("shedder", man)
    assert men(record) == {man}
    assert (record.actor_id, record.actor_role) == (programme.ambassador.actor.id, "ambassador")
    assert (
        record.right
        == "see shedders, of his own sheds; a coordinator of his partner's; a mentor his own mentees"
    )
    assert (record.trace_id, record.remote_address) == ("a" * 32, "127.0.0.1")
    assert record.at == world.clock.now()


def test_a_list_and_a_search_are_about_every_man_they_showed(programme, world):
    shown = {programme.a_shedder(known_as=name)["id"] for name in ("Ali", "Alim")}
    programme.a_shedder(known_as="Omar")

    programme.coordinator.post("/registry/shedders/search", {"name": "ali"}, expect=200)

    record = last(world)
    assert (men(record), record.items) == (shown, 2)


def test_things_that_belong_to_a_man_are_about_him(programme, world):
    place = programme.a_referral("accepted")
    man = programme.coordinator.get(place).json["shedder_id"]
    carer = programme.care_worker
    appointment = carer.post(f"{place}/appointments", {"starts_at": "2026-03-03T10:00:00+00:00"}).json["id"]
    question = carer.post(f"{place}/questions", {"question": "When?"}).json["id"]
    asked = [f"appointments/{appointment}", f"questions/{question}", place.removeprefix("/referrals/")]
    asked += [f"{asked[2]}/{part}" for part in ("history", "appointments", "questions")]
    before = newest(world, "referrals")

    for path in asked:
        carer.get(f"/referrals/{path}")

    found = records(world, "referrals", before)
    assert len(found) == len(asked)
    assert all(men(record) == {man} for record in found)


def test_a_pathway_and_all_that_is_on_it_are_about_the_man(programme, world):
    place = programme.a_pathway("employed")
    shown = programme.mentor.get(place).json
    match = programme.mentor.get("/mentoring/mentorships").json["items"][0]["id"]
    session = programme.mentor.post(f"/mentoring/mentorships/{match}/sessions", {"minutes": 5}).json["id"]
    before = newest(world, "mentoring")

    for path in (f"steps/{shown['steps'][0]['id']}", f"sessions/{session}", "jobs"):
        programme.mentor.get(f"/mentoring/{path}")
    for part in ("history", "steps", "obstacles"):
        programme.mentor.get(f"{place}/{part}")

    assert [men(r) for r in records(world, "mentoring", before)] == [{shown["shedder_id"]}] * 6


def test_attendance_is_about_all_who_were_there(programme, world):
    present = [programme.a_shedder(known_as=name)["id"] for name in ("Ali", "Omar")]
    weekly = {"name": "Sport", "shed_id": str(programme.shed_id)}
    activity = programme.ambassador.post("/registry/activities", weekly).json["id"]

    session = programme.ambassador.post("/registry/sessions", {"activity_id": activity, "present": present})
    taken = last(world)
    programme.ambassador.get(session.headers["Location"])
    read = last(world)
    programme.ambassador.get(f"/registry/shedders/{present[0]}/attendance")

    assert men(taken) == men(read) == set(present)
    assert men(last(world)) == {present[0]}


def test_a_refusal_is_about_the_man_whose_thing_was_asked_for(programme, world):
    place = programme.a_referral("requested")
    man = programme.coordinator.get(place).json["shedder_id"]

    programme.ambassador.act(f"{place}/accept", expect=403)
    assert men(last(world, "referrals")) == {man}
    world.caller(Role.AMBASSADOR).get(place, expect=404)
    assert men(last(world, "referrals")) == set()
    world.caller(Role.AMBASSADOR).get(f"/registry/shedders/{man}", expect=404)
    assert men(last(world)) == {man}


def test_a_man_named_in_the_body_of_a_refused_request_is_not_trusted(programme, world):
    programme.ambassador.post(
        "/referrals/referrals",
        {"shedder_id": str(uuid4()), "service_id": str(programme.service_id)},
        expect=422,
    )

    assert men(last(world, "referrals")) == set()


def test_looking_up_men_by_reference_is_about_those_found(programme, world):
    man = programme.a_shedder(external_ref="M1")["id"]

    programme.coordinator.post("/registry/references", {"kind": "shedders", "refs": ["M1", "M2"]}, expect=200)

    assert men(last(world)) == {man}


# ---- who, for whom


def test_what_a_stand_in_does_names_both(programme, world):
    away = uuid4()
    stand_in = world.caller(Role.AMBASSADOR, ambassador_id=programme.ambassador_id, on_behalf_of=away)
    draft = programme.a_draft()["id"]

    sent = stand_in.act(f"/referrals/referrals/{draft}/send")

    record = last(world, "referrals")
    assert (record.actor_id, record.on_behalf_of) == (stand_in.actor.id, away)
    history = stand_in.get(f"/referrals/referrals/{sent.json['id']}/history").json["items"]
    assert history[-1]["on_behalf_of"] == str(away)


def test_the_history_of_a_pathway_and_a_match_names_both(programme, world):
    away = uuid4()
    place = programme.a_pathway()
    stand_in = world.caller(Role.MENTOR, mentor_id=programme.mentor_id, on_behalf_of=away)

    stand_in.act(f"{place}/prepare")

    assert stand_in.get(f"{place}/history").json["items"][-1]["on_behalf_of"] == str(away)


def test_emergency_access_is_named_as_the_right(programme, world):
    man, other = programme.a_shedder()["id"], programme.a_shedder()["id"]
    relations = {"partner_id": programme.partner_id, "emergency_shedder_id": UUID(man)}
    coordinator = world.caller(Role.COORDINATOR, **relations)

    coordinator.get(f"/registry/shedders/{man}")
    assert last(world).right == "emergency access"
    coordinator.get(f"/registry/shedders/{other}")
    assert last(world).right.startswith("see shedders")


# ---- with the change, or not at all


class FullError(Exception):
    pass


@pytest.fixture
def audit_breaks(world):
    """The table of the audit is away: nothing can be put on record."""
    engine = world.programme.registry.database.engine

    def rename(before, after):
        engine.dispose()
        with engine.begin() as connection:
            connection.exec_driver_sql(f"alter table {before} rename to {after}")

    rename("audit_record", "away")
    yield
    rename("away", "audit_record")


def test_a_change_that_cannot_be_recorded_is_not_made(programme, world, request):
    before = everything_but_the_audit(world)
    request.getfixturevalue("audit_breaks")

    answer = programme.coordinator.post(
        "/registry/shedders",
        {"known_as": "Ali", "shed_id": str(programme.shed_id)},
        expect=503,
        Idempotency_Key="k",
    )

    assert answer.json["type"] == "urn:sbs:problem:not-recorded"
    assert answer.headers["Retry-After"]
    assert everything_but_the_audit(world) == before


def test_what_cannot_be_recorded_is_not_shown(programme, request):
    man = programme.a_shedder(known_as="Kanarie")["id"]
    request.getfixturevalue("audit_breaks")

    answer = programme.coordinator.get(f"/registry/shedders/{man}", expect=503)

    assert "Kanarie" not in answer.text
    programme.coordinator.get(f"/registry/sheds/{programme.shed_id}")


def test_a_refusal_that_cannot_be_recorded_says_nothing_either(programme, request):
    request.getfixturevalue("audit_breaks")

    programme.coordinator.get(f"/registry/shedders/{NOBODY}", expect=503)


def test_a_change_that_fails_at_the_end_leaves_no_record_of_success(programme, world):
    """Record and change are one transaction: what undoes the one undoes the other."""
    database = world.programme.registry.database

    def fail(_session):
        raise FullError

    event.listen(database._writers, "before_commit", fail, once=True)
    before = newest(world)

    programme.coordinator.post(
        "/registry/shedders", {"known_as": "Ali", "shed_id": str(programme.shed_id)}, expect=500
    )

    assert [(r.operation, r.status) for r in records(world, after=before)] == [("register_shedder", 500)]
    with database.read() as session:
        assert session.scalars(select(Shedder)).all() == []


def test_an_answer_given_again_is_a_read_of_the_same_man(programme, world):
    body = {"known_as": "Ali", "shed_id": str(programme.shed_id)}

    first = programme.coordinator.post("/registry/shedders", body, Idempotency_Key="k").json["id"]
    programme.coordinator.post("/registry/shedders", body, Idempotency_Key="k")

    made, again = records(world)[-2:]
    assert (made.action, again.action) == ("create", "read")
    assert men(made) == men(again) == {first}
    assert (again.object_kind, str(again.object_id)) == ("shedder", first)


def test_an_import_is_one_record_with_its_count_and_its_men(programme, world):
    shed = "S1,Shed 1,De Mussen,NL,Den Haag,Loosduinen,sport,2025-01-06"
    upload(
        programme.coordinator, "registry", "sheds.csv",
        "shed_ref,name,partner,country,municipality,neighbourhood,focus,opened_on", shed,
    )  # fmt: skip
    header = "shedder_ref,known_as,shed_ref,joined_on"
    rows = [f"M{nth},Man,S1,2026-01-05" for nth in range(30)]
    before = newest(world)

    upload(programme.coordinator, "registry", "shedders.csv", header, *rows, dry_run="true")
    upload(programme.coordinator, "registry", "shedders.csv", header, *rows)
    upload(programme.coordinator, "registry", "shedders.csv", header, "M1,,S1,2026-01-05", expect=422)

    rehearsed, made, refused = records(world, after=before)
    assert [r.action for r in (rehearsed, made, refused)] == ["execute", "create", "create"]
    assert (made.items, len(made.men), made.object_kind) == (30, 30, "shedders")
    assert (rehearsed.men, refused.status, refused.reason) == ([], 422, "file-refused")


def test_what_the_system_does_to_a_man_by_itself_is_on_record(programme, world):
    place = programme.a_referral("requested")
    man = programme.coordinator.get(place).json["shedder_id"]
    consent = programme.coordinator.get(f"/registry/shedders/{man}/consents").json["items"][0]["id"]
    programme.coordinator.post(f"/registry/consents/{consent}/withdraw", expect=200)
    before = newest(world, "referrals")

    world.deliver()

    (record,) = records(world, "referrals", before)
    assert (record.operation, record.action, record.via) == ("referral.withdrawn", "update", "worker")
    assert record.actor_role == "system"
    assert (record.object_kind, str(record.object_id)) == ("referral", place.rsplit("/", 1)[1])
    assert men(record) == {man}


def test_a_record_and_its_men_cost_one_statement_where_the_database_takes_it(programme, world):
    programme.a_shedder()
    with heard(world.programme.registry.database.engine) as said:
        programme.coordinator.get("/registry/shedders")
        read = [one.sql for one in said if "audit_" in one.sql]
        said.clear()
        programme.a_shedder()
        change = [one.sql for one in said if "audit_" in one.sql]

    assert len(read) == len(change) == (1 if world.backend.is_postgresql else 2)


def test_every_right_fits_its_column():
    for _, route in ROUTES:
        deed = Deed(route.name, route.deed, "http", policy=route.policy.right)
        assert len(deed.operation) <= 80
        assert len(route.policy.right) <= 300
