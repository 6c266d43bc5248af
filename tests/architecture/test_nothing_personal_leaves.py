"""Marked strings in every field that is about a person, then a search for them wherever they must not be."""

import base64
import json
import re
from importlib import import_module
from uuid import UUID

import pytest

from shared.actor import Role
from shared.secrets import ANSWER_LINK_PLACE, LINK_PLACE
from shared.tokens import SERVICES
from tests.audit import records
from tests.contracts.every_route import ROUTES

MARK = "Kanarie"
PHONE = "+31687654321"


@pytest.fixture
def lived(programme, world):
    """A man to whom everything happens, every word about him marked."""
    man = programme.a_shedder(
        known_as=f"{MARK} Naam",
        phone=PHONE,
        email=f"{MARK}@example.org",
        address=f"{MARK}straat 1",
        neighbourhood=f"{MARK}buurt",
        interests=f"{MARK} vist graag",
    )
    programme.a_consent(man["id"])
    world.deliver()
    refer(programme, man)
    mentor(programme, world)
    world.deliver()
    return man


def refer(programme, man):
    draft = programme.a_draft(
        man["id"],
        reason_in_words=f"{MARK} slaapt slecht",
        neighbourhood=f"{MARK}buurt",
        disclosure={"name": MARK, "phone": PHONE, "address": f"{MARK}straat 1", "language": "nl"},
    )
    place = f"/referrals/referrals/{draft['id']}"
    programme.ambassador.act(f"{place}/send", {"remark": f"{MARK} stuurt"})
    question = programme.care_worker.post(f"{place}/questions", {"question": f"Is {MARK} thuis?"}).json
    programme.ambassador.act(f"/referrals/questions/{question['id']}/answer", {"answer": f"{MARK} is thuis"})
    programme.care_worker.act(f"{place}/accept", {"remark": f"{MARK} past"})
    body = {"starts_at": "2026-03-03T10:00:00+00:00", "place": f"{MARK}plein"}
    appointment = programme.care_worker.post(f"{place}/appointments", body).json
    moved = {"starts_at": "2026-03-02T08:00:00+00:00", "asked_by": "shedder", "why": f"{MARK} kon niet"}
    programme.care_worker.act(f"/referrals/appointments/{appointment['id']}/reschedule", moved)
    programme.care_worker.act(f"/referrals/appointments/{appointment['id']}/attend")
    outcome = {
        "outcomes": [{"need_category": "mental_health", "result": "achieved"}],
        "sentence": f"{MARK} slaapt weer",
    }
    programme.care_worker.act(f"{place}/complete", outcome)


def mentor(programme, world):
    man = programme.a_shedder(known_as=f"{MARK} Mentee")["id"]
    programme.a_consent(man, "mentoring")
    world.deliver()
    match = programme.a_mentorship(shedder_id=man)
    note = {"minutes": 45, "note": f"{MARK} wil werken", "next_action": f"{MARK} belt"}
    programme.mentor.post(f"/mentoring/mentorships/{match['id']}/sessions", note)
    way = f"/mentoring/pathways/{programme.mentor.post('/mentoring/pathways', {'mentorship_id': match['id']}).json['id']}"
    for step in programme.mentor.get(way).json["steps"]:
        if step["required"]:
            seen = {"evidence": {"what": f"{MARK} heeft een cv"}}
            programme.mentor.act(f"/mentoring/steps/{step['id']}/complete", seen)
    programme.mentor.act(f"{way}/propose_readiness")
    programme.coordinator.act(f"{way}/decline_readiness", {"why": f"{MARK} nog niet"})
    programme.mentor.act(f"{way}/propose_readiness")
    programme.coordinator.act(f"{way}/confirm")
    programme.a_job(way, employer=f"{MARK} BV")


def test_it_was_stored_where_it_belongs(lived, programme):
    assert MARK in programme.coordinator.get(f"/registry/shedders/{lived['id']}").text


def test_no_event_holds_a_word_about_anybody(lived, world):
    for service in world.programme.services:
        documents = json.dumps(world.told(service), ensure_ascii=False)
        assert len(documents) > 100
        assert MARK not in documents
        assert PHONE not in documents


def test_no_log_line_holds_a_word_about_anybody(lived, programme, capfd):
    refer(programme, lived)
    programme.coordinator.post("/registry/shedders", {"known_as": MARK, "no_such": MARK}, expect=422)
    programme.coordinator.post("/registry/shedders/search", {"name": MARK}, expect=200)
    programme.coordinator.get(f"/registry/shedders?cursor={MARK}", expect=422)

    said = "".join(capfd.readouterr())

    assert "request" in said
    assert MARK not in said
    assert PHONE not in said


def test_no_other_service_knows_his_name(lived, world):
    """Referrals holds what was disclosed, mentoring what the mentor wrote; neither was told by the registry."""
    shown = world.told("registry")

    assert all(MARK not in str(document) for document in shown)
    with world.programme.mentoring.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select * from known_membership").all()
        assert rows
        assert MARK not in str(rows)


def test_what_goes_wrong_is_logged_without_a_word_of_it(lived, programme, world, capfd, monkeypatch):
    """Refusals of every kind, and a failure that nobody foresaw whose own words hold what was typed."""
    man = f"/registry/shedders/{lived['id']}"
    sent = {"known_as": MARK, "phone": PHONE, "shed_id": str(programme.shed_id)}
    stranger = world.caller(Role.AMBASSADOR, ambassador_id=programme.partner_id)
    world.anonymous().post("/registry/shedders", sent, expect=401)
    programme.administrator.post("/registry/shedders", sent, expect=403)
    stranger.send("PATCH", man, body=sent, expect=404)
    programme.coordinator.send("PATCH", man, body={"known_as": MARK}, expect=428)
    programme.coordinator.send(
        "POST", "/registry/shedders", raw=f'{{"known_as": "{MARK}'.encode(), expect=400
    )
    programme.coordinator.post("/registry/shedders", sent | {"phone": MARK}, expect=422)
    programme.coordinator.post("/registry/shedders", sent | {"external_ref": "X"})
    programme.coordinator.post("/registry/shedders", sent | {"external_ref": "X"}, expect=409)
    keyed = {"Idempotency_Key": "k"}
    programme.coordinator.post("/registry/shedders", sent, **keyed)
    programme.coordinator.post("/registry/shedders", sent | {"known_as": f"{MARK} 2"}, expect=422, **keyed)

    def break_down(text):
        raise ValueError(f"cannot fold {text}")

    monkeypatch.setattr("services.registry.use_cases.shedders.fold", break_down)
    answer = programme.coordinator.post("/registry/shedders", sent, expect=500)

    said = "".join(capfd.readouterr())
    assert MARK not in answer.text
    assert "break_down" in said
    assert "ValueError" in said
    assert MARK not in said
    assert PHONE not in said


IN_A_URL = {
    *("action", "actor_id", "format", "object_id", "operation", "status"),
    *(
        "activity_id",
        "after",
        "asked_back",
        "country",
        "cursor",
        "language",
        "limit",
        "mentor_id",
        "municipality",
    ),
    *("role", "to_confirm", "own", "to_send_on"),
    *("need_category", "organisation_id", "overdue", "partner_id", "pathway_id", "sector", "service_id"),
    *(
        "shed_id",
        "shedder_id",
        "since",
        "stage",
        "state",
        "taking_referrals",
        "type",
        "until",
        "urgency",
        "wait",
    ),
    # What a provider sends a browser back with (RFC 6749): each is good once, and only in that browser.
    *("code", "error", "iss", "next"),
}


def test_no_url_can_hold_more_than_identifiers_codes_places_and_days():
    """An access log keeps paths and queries, so what may stand in one is a list; a new name is a decision."""
    for _, route in ROUTES:
        assert set(re.findall(r"<(\w+)", route.path)) <= {"uuid", "any"}, route.path
        assert set(route.query().fields if route.query else ()) <= IN_A_URL, route.path


def test_no_pages_address_holds_more_than_that_but_a_link_that_works_once():
    """Its secret is kept out of every log (decision 0021); nothing else that is secret stands in a path."""
    paths = {
        f"/{name}/pages{page.path}"
        for name in SERVICES
        for page in import_module(f"services.{name}.web").PAGES
    }
    held = {path: set(re.findall(r"<(\w+)", path)) - {"uuid", "any"} for path in paths}

    links = {path.partition("/<secret>")[0] for path, kinds in held.items() if kinds == {"secret"}}
    assert links == {LINK_PLACE, ANSWER_LINK_PLACE}
    assert not {path for path, kinds in held.items() if kinds - {"secret"}}


@pytest.mark.parametrize(
    "place", ["/registry/shedders", "/registry/ambassadors", "/mentoring/mentors", "/registry/sheds"]
)
def test_the_cursor_of_a_list_by_name_holds_no_name(lived, programme, world, place):
    programme.a_shedder(known_as=f"{MARK} Twee")
    shed_id = str(programme.shed_id)
    for name in (f"{MARK} Een", f"{MARK} Twee"):
        programme.coordinator.post("/registry/ambassadors", {"name": name, "shed_id": shed_id})
        place_of = {"name": name, "country": "NL", "municipality": "Den Haag"}
        programme.coordinator.post("/mentoring/mentors", place_of | {"capacity": 1})
        programme.coordinator.post("/registry/sheds", place_of | {"focus": "sport"})
    first = programme.coordinator.get(f"{place}?limit=1")
    cursor = first.headers["Link"].partition("cursor=")[2].partition(">")[0].partition("&")[0]

    held = base64.urlsafe_b64decode(cursor + "==")
    assert held == UUID(first.json["items"][0]["id"]).bytes
    rest = programme.coordinator.get(f"{place}?cursor={cursor}").json["items"]
    whole = programme.coordinator.get(place).json["items"]
    assert first.json["items"] + rest == whole


def test_the_cursor_of_a_list_by_name_finds_no_place_of_somebody_else(lived, programme, world):
    """Else the name of a man who is not his could be found by where it sorts among his own."""
    stranger = world.caller(Role.AMBASSADOR, ambassador_id=programme.partner_id)
    forged = base64.urlsafe_b64encode(UUID(lived["id"]).bytes).decode().rstrip("=")

    stranger.get(f"/registry/shedders?cursor={forged}", expect=422)


def test_no_record_of_the_audit_holds_a_word_about_anybody(lived, programme, world):
    """What was done and seen is on record by identifiers and codes; what was refused, without what was sent."""
    programme.coordinator.post("/registry/shedders", {"known_as": MARK, "no_such": MARK}, expect=422)
    programme.coordinator.post("/registry/shedders/search", {"name": MARK}, expect=200)
    programme.coordinator.get(f"/registry/shedders?cursor={MARK}", expect=422)
    programme.coordinator.get("/registry/partners", traceparent=f"00-{MARK}-{MARK}-00")

    for service in world.programme.services.values():
        with service.database.engine.connect() as connection:
            for table in ("audit_record", "audit_subject", "audit_seal"):
                kept = str(connection.exec_driver_sql(f"select * from {table}").all())
                assert MARK not in kept
                assert PHONE not in kept
        assert records(world, service.name)
    assert MARK not in programme.coordinator.get(f"/registry/shedders/{lived['id']}/log").text
