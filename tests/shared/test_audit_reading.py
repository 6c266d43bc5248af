"""Reading the audit: an administrator searches it, a man is given his own log, an operator verifies it."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import text

from deploy.audit import find_man, log_of, verify_all
from shared.actor import Role
from tests.audit import last, men, newest, past_the_triggers, records, seal
from tests.builders.people import a_programme

SERVICES = ["registry", "referrals", "mentoring"]


def found(programme, **query):
    asked = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return programme.administrator.get(f"/registry/audit?{asked}").json["items"]


def test_an_administrator_searches_the_audit(programme, world):
    man = programme.a_shedder()["id"]
    programme.ambassador.get(f"/registry/shedders/{man}")
    world.clock.advance(days=1)
    programme.ambassador.get(f"/registry/shedders/{uuid4()}", expect=404)
    programme.coordinator.patch(f"/registry/shedders/{man}", {"birth_year": 1960})
    yesterday, today = world.clock.now().replace(hour=0), world.clock.now()

    own = found(programme, actor_id=programme.ambassador.actor.id)
    assert [entry["status"] for entry in own] == [404, 200]
    about_him = found(programme, shedder_id=man, action="update")
    assert [(entry["operation"], entry["shedder_ids"]) for entry in about_him] == [("change_shedder", [man])]
    assert [entry["reason"] for entry in found(programme, status=404)] == ["not-found"]
    made = found(programme, operation="register_shedder")
    assert [(entry["action"], entry["object_id"]) for entry in made] == [("create", man)]
    assert {entry["at"][:10] for entry in found(programme, since=yesterday.isoformat())} == {
        str(today.date())
    }
    assert today.date().isoformat() not in {
        e["at"][:10] for e in found(programme, until=yesterday.isoformat())
    }
    assert len(found(programme, object_id=man)) == 4


def test_the_audit_is_read_page_by_page_newest_first(programme):
    for _ in range(5):
        programme.a_shedder()
    seen, link = [], "/registry/audit?operation=register_shedder&limit=2"
    while link:
        answer = programme.administrator.get(link)
        seen += [entry["id"] for entry in answer.json["items"]]
        link = answer.headers.get("Link", "").partition(">")[0].lstrip("<")

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.ADMINISTRATOR}))
@pytest.mark.parametrize("service", SERVICES)
def test_nobody_else_searches_the_audit(world, role, service):
    world.caller(role, scopes=frozenset({"import", "events:read"})).get(f"/{service}/audit", expect=403)


def test_reading_the_audit_is_on_record_with_the_man_who_was_asked_after(programme, world):
    man, other = programme.a_shedder()["id"], programme.a_shedder()["id"]

    programme.administrator.get("/registry/audit")
    assert (last(world).operation, men(last(world))) == ("search_audit", set())
    found(programme, shedder_id=man)
    assert men(last(world)) == {man}
    assert other not in men(last(world))


@pytest.mark.parametrize(
    "query", ["action=nothing", "status=1", "actor_id=x", "since=yesterday", "colour=blue", "cursor=x"]
)
def test_a_search_of_the_audit_that_is_not_right_is_refused(programme, query):
    programme.administrator.get(f"/registry/audit?{query}", expect=422)


# ---- a man's own log


def test_a_coordinator_gives_a_man_his_log_in_plain_words(programme, world):
    man = programme.a_shedder()["id"]
    programme.ambassador.get(f"/registry/shedders/{man}")
    world.caller(Role.AMBASSADOR).get(f"/registry/shedders/{man}", expect=404)

    refused, read, made = programme.coordinator.get(f"/registry/shedders/{man}/log").json["items"]

    account = programme.ambassador.actor.id
    assert read["who"] == f"ambassador (account {account})"
    assert read["what"] == "Read what is known of one man."
    assert read["right"].startswith("By right of: see shedders, of his own sheds")
    assert made["what"] == "Register a man in a shed, by the name he goes by. Search for him first."
    assert (refused["refused"], refused["right"]) == (True, "It was refused.")
    assert last(world).operation == "read_log"


def test_each_service_gives_him_its_own(programme, world):
    place = programme.a_referral("accepted")
    man = programme.coordinator.get(place).json["shedder_id"]
    pathway = programme.mentor.get(programme.a_pathway()).json

    seen = programme.coordinator.get(f"/referrals/shedders/{man}/log").json["items"]
    mentored = programme.coordinator.get(f"/mentoring/shedders/{pathway['shedder_id']}/log").json["items"]

    assert "Accept a referral." in {entry["what"] for entry in seen}
    assert any(entry["who"].startswith("care worker (") for entry in seen)
    assert any(entry["who"].startswith("mentor (") for entry in mentored)


@pytest.mark.parametrize("service", SERVICES)
def test_a_log_is_for_the_coordinator_of_his_partner_alone(programme, world, service):
    man = programme.a_shedder()["id"]
    world.deliver()
    place = f"/{service}/shedders/{man}/log"
    stranger = a_programme(world, name="Elders").coordinator

    assert programme.coordinator.get(place, expect=200)
    stranger.get(place, expect=404)
    for caller in (programme.care_worker, programme.administrator, world.caller(Role.COORDINATOR)):
        caller.get(place, expect=404)
    assert programme.ambassador.send("GET", place).status == (403 if service == "registry" else 404)


def test_the_operator_gives_a_man_his_log_from_all_services(programme, world):
    man = programme.a_shedder(external_ref="M7")["id"]
    programme.a_consent(man)
    world.deliver()
    draft = programme.a_draft(man)["id"]
    world.clock.advance(hours=1)
    programme.ambassador.act(f"/referrals/referrals/{draft}/send")

    lines = list(log_of(world.programme, find_man(world.programme, "M7")))
    again = list(log_of(world.programme, find_man(world.programme, man)))

    assert lines == sorted(lines, key=lambda line: line[:16])
    first, sent = lines[0], lines[-1]
    account = programme.coordinator.actor.id
    assert first.startswith(
        f"2026-03-02 10:00  registry   coordinator (account {account}): Register a man in a shed"
    )
    assert "referrals  ambassador (account " in sent
    given = [line for line in again if "Give a man his own log." in line]
    assert [line.split()[2] for line in given] == SERVICES
    assert "the operator: " in given[0]


def test_nobody_is_given_the_log_of_whoever_happens_to_fit(programme, world):
    programme.a_shedder(external_ref="M7")
    with world.work("registry") as work:
        work.session.execute(text("update shedder set ref_owner = 'a' where external_ref = 'M7'"))
    programme.a_shedder(external_ref="M7")

    assert find_man(world.programme, "M7") is None
    assert find_man(world.programme, "M8") is None
    assert list(log_of(world.programme, uuid4())) == ["Nothing is on record about him."]


# ---- verifying by command


def test_the_operator_verifies_every_chain(programme, world):
    programme.a_referral("accepted")
    world.deliver()
    for service in SERVICES:
        seal(world, service)
    said = []

    assert verify_all(world.programme, said.append)
    assert [line.split(":")[0] for line in said] == SERVICES
    assert all("whole, up to " in line and line.endswith("0 wait for their seal.") for line in said)


def test_the_first_broken_record_is_named_by_the_command(programme, world):
    programme.a_referral("accepted")
    seal(world, "referrals")
    broken = newest(world, "referrals")
    with past_the_triggers(world, "referrals") as connection:
        connection.execute(text("update audit_record set status = 500 where id = :id"), {"id": broken})
    said = []

    assert not verify_all(world.programme, said.append)
    assert f"referrals: BROKEN. Record {broken} " in said[1]
    assert len(records(world, "referrals")) > 1
