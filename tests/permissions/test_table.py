"""The table of who may what, called in full: every route of every service, for every role, on his own and another's.

`table.csv` is written to be read by those who know the programme (DOMAIN: Who uses it). A cell says what a
caller gets on his own thing and on somebody else's: "2xx 404". One word is for both. In a list another's
thing is listed or absent; "-" is nothing that could be anybody's.
"""

import csv
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.contracts.every_route import BY_SERVICE
from tests.permissions.requests import FORMS, QUERIES, body_of, upload_of
from tests.permissions.town import CLIENTS, COLUMNS, SPEAKS_AS, undone

HERE = Path(__file__).parent
CALLERS = (*COLUMNS, *CLIENTS)


def read(name):
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


TABLE = read("table.csv")
FIELDS = {(row["set"], row["role"]): frozenset(row["fields"].split()) for row in read("fields.csv")}
DISCLOSED = {"accepted", "in_progress", "completed", "failed"}


@pytest.mark.parametrize("service", BY_SERVICE)
def test_the_table_has_every_rule_that_the_service_answers_and_no_other(backend, service):
    """Flask's own list of rules is asked, so that none can be added past the rows of routes."""
    app = backend.origin.apps[service]
    # A page answers with what the API answers its visitor, and its style is no secret: neither has a row.
    pages = {"assets", "start"} | {page.name for page in app.extensions["pages"]}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in pages]
    there = {(rule.endpoint, method) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    named = [(row["route"], row["request"].split()[0]) for row in TABLE if row["service"] == service]

    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("service", BY_SERVICE)
def test_every_route_answers_every_role_as_the_table_says(town, service):
    wrong = []
    with undone(town.world):
        for row in TABLE:
            if row["service"] == service:
                wrong += [fault for who in CALLERS for fault in faults(town, row, who)]

    assert not wrong, "\n".join(wrong)


def faults(town, row, who):
    """Where the answers to one caller differ from the table's cell, in words."""
    own, _, others = row[who].partition(" ")
    for whose, things, expected in (("own", town.own, own), ("another's", town.other, others or own)):
        if expected == "-":
            continue
        answer = ask(town.callers[who], row, who, things)
        said = verdict(answer, row, things, expected)
        if said != expected:
            yield f"{who}, {row['request']} on {whose}: {expected} in the table, got {said}: {answer}"
        elif whose == "own" and said == "2xx":
            yield from wrong_fields(answer, row, who)


def ask(caller, row, who, things):
    method, path = row["request"].split()
    service, route = row["service"], row["route"]
    path = re.sub(r"{(\w+)}", lambda found: thing(things, service, found[1], who), path)
    path = f"/{service}{path}{QUERIES.get(route, lambda _: '')(things)}"
    if method == "GET":
        limit = "?limit=200" if row["route"].startswith("list_") else ""
        return caller.send("GET", path + limit)
    if route == "import_records":
        return caller.send("POST", path, data=upload_of(service, things))
    if route in FORMS:
        form = urlencode(FORMS[route](things)).encode()
        return caller.send("POST", path, raw=form, content_type="application/x-www-form-urlencoded")
    return caller.send(method, path, body=body_of(service, route, things), headers={"If-Match": "*"})


def thing(things, service, name, who):
    for key in (f"{name}@{SPEAKS_AS.get(who, who)}", f"{service}.{name}", name):
        if key in things:
            return things[key]
    raise KeyError(name)


def verdict(answer, row, things, expected):
    if not 200 <= answer.status < 300:
        return str(answer.status)
    if expected in ("listed", "absent"):
        return "listed" if holds(answer, row, things) else "absent"
    return "2xx"


LISTED = {
    "list_partners": "partner", "list_sheds": "shed", "list_ambassadors": "ambassador", "list_ambassador_names": "ambassador",
    "search_shedders": "shedder",
    "list_shedders": "shedder", "list_activities": "activity", "list_sessions": "registry.session",
    "list_organisations": "organisation", "list_locations": "location", "list_services": "service",
    "list_referrals": "accepted", "search_appointments": "appointment", "list_mentors": "mentor",
    "list_mentor_names": "mentor", "list_mentorships": "active",
    "list_pathways": "enrolled", "list_jobs": "job", "list_step_definitions": "definition",
    "list_accounts": "account",
    "list_emergency_accesses": "emergency_access", "list_covers": "cover",
    "list_covered": "covered_account", "list_waiting": "free_man", "list_parked": "parked",
    "list_erasures": "erasure", "list_holds": "hold", "list_clients": "client",
}  # fmt: skip


def holds(answer, row, things):
    if row["route"] == "find_references":
        return bool(answer.json["found"])
    listed = [item.get("id") or item["shedder_id"] for item in answer.json["items"]]
    return thing(things, row["service"], LISTED[row["route"]], "") in listed


def wrong_fields(answer, row, who):
    if not row["fields"]:
        return
    document = answer.json
    shown = document["items"] if "items" in document and row["fields"] != "Events" else [document]
    if not shown:
        yield f"{who}, {row['request']}: nothing of his own is in it"
    for one in shown:
        expected = fields_for(row["fields"], who, one)
        if one.keys() - {"more"} != expected:
            yield f"{who}, {row['request']}: fields {sorted(one.keys() ^ expected)} are not as said"


def fields_for(name, who, document):
    who = SPEAKS_AS.get(who, who)
    if name == "Referral" and who == "care_worker" and document["state"] not in DISCLOSED:
        name = "Referral not accepted"
    if name == "Transition" and (document["actor_role"] == "care_worker") == (who == "care_worker"):
        name = "Transition of one's own side"
    return FIELDS.get((name, who)) or FIELDS[(name, "")]
