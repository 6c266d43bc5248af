"""A stranger with a valid token tries every route with every identifier, and gets and changes nothing.

The strangers work for the second partner of the town; what they try are the first one's identifiers, in
the path, in the body and in the filters of lists. What is everybody's (the directory, partners) is not a
secret; what the table lets them do with another's thing is left out.
"""

import json
import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.actor import Actor, Role
from tests.contracts.every_route import BY_SERVICE
from tests.permissions.requests import BODIES, body_of
from tests.permissions.test_table import CALLERS, TABLE
from tests.permissions.town import dump

EVERYBODYS = {"partner", "organisation", "service", "location", "definition", "shed", "shed2", "shed3"}
WORDS = ("Omar A", "Mentee A", "Man A")
SHARES = 40

FILTERS = {
    "shed_id": "shed", "shedder_id": "shedder", "mentor_id": "mentor", "pathway_id": "enrolled",
    "partner_id": "partner", "service_id": "service",
}  # fmt: skip


def is_id(value):
    try:
        return bool(UUID(value))
    except ValueError:
        return False


@pytest.mark.slow_on("postgresql-rabbitmq")
def test_a_stranger_reads_and_changes_nothing(town):
    """Each route gets the identifiers of the right kind, and some of other kinds."""
    ids = [value for value in town.own.values() if is_id(value)]

    def some(row, turn):
        right = [thing_of(town.own, row["service"], name) for name in re.findall(r"{(\w+)}", row["request"])]
        return [*right, ids[turn % len(ids)]]

    attack(town, some)


@pytest.mark.slow
def test_a_stranger_reads_and_changes_nothing_with_any_identifier_that_there_is(town):
    """The long form: every identifier in every table, though hardly one is of the right kind.

    Each route takes its share of them, the next route the next share: all on all takes hours.
    """
    assert len(town.identifiers) > SHARES

    attack(town, lambda _row, turn: town.identifiers[turn % SHARES :: SHARES])


OF_HIM = {"shedder", "consent", "proposed", "registry.session", "activity", "mentor"}
"""What stands in the answers about one man: himself, and what he agreed to, came to and was proposed for."""


@pytest.mark.slow_on("postgresql-rabbitmq")
def test_a_stranger_with_emergency_access_to_one_man_reads_nothing_of_another_and_changes_nothing(town):
    ids = [value for value in town.own.values() if is_id(value)]
    looks = replace(town.strangers["coordinator"].actor, emergency_shedder_id=UUID(town.own["shedder"]))
    in_emergency = replace(town, strangers={"coordinator": town.world.as_actor(looks)})
    in_emergency.strangers["coordinator"].get(f"/registry/shedders/{town.own['shedder']}")
    shown = {town.own[name] for name in OF_HIM} | {"Omar A"}

    attack(in_emergency, lambda _row, _turn: ids, callers=("coordinator",), shown=shown)


def attack(town, some, callers=CALLERS, shown=frozenset()):
    before = dump(town.world)
    found = []
    for turn, row in enumerate(TABLE):
        ids = some(row, turn)
        for who in callers:
            if not may_with_anothers(row, who):
                for answer, tried in tries(town, row, who, ids):
                    found += wrong(town, who, answer, tried, shown)

    assert not found, "\n".join(found[:50])
    after = dump(town.world)
    assert [table for table in before if before[table] != after[table]] == []


def wrong(town, who, answer, tried, shown):
    """What an answer gives away. That a list or a figure repeats the filter is no news to who sent it."""
    if answer.status >= 500:
        return [f"{who} broke {tried}: {answer}"]
    if answer.status >= 300:
        return []
    return [
        f"{who} got {tried}: {word}"
        for word in secrets(town)
        if word in answer.text and f"={word}" not in tried and word not in shown
    ]


BY_IDENTIFIER = {
    "list_accounts", "read_account", "read_account_history",
    "search_audit", "list_erasures", "read_erasure", "read_erasure_history", "list_holds", "read_hold",
    "read_legal_hold_history", "list_emergency_accesses", "read_emergency_access",
    "read_emergency_access_history",
    "list_clients", "read_client", "read_client_history", "list_parked",
    "list_ambassador_names", "list_mentor_names",
}  # fmt: skip


def may_with_anothers(row, who):
    """What the table allows with another's thing, or what is about nothing that could be anybody's."""
    if row["route"] == "read_events" and who == "events:read":
        return True  # a client of the whole programme; one that speaks for somebody is refused below
    if row["route"] in BY_IDENTIFIER and who == "administrator":
        return True  # who did what with whom, is to be erased or held, has an account or may have one; none by case
    own, _, others = row[who].partition(" ")
    return (others or own) in ("2xx", "-") and not row["request"].startswith("GET")


def tries(town, row, who, ids):
    """Every request that a stranger can make of one route with what is not his."""
    caller, (method, path) = town.strangers[who], row["request"].split()
    place = f"/{row['service']}{path}"
    if "{" in path:
        for identity in ids:
            tried = re.sub(r"{\w+}", identity, place)
            yield request(caller, method, tried, body_of(row["service"], row["route"], town.own)), tried
    elif method == "GET":
        yield caller.get(place, expect=None), place
        for name in FILTERS:
            tried = f"{place}?{name}={town.own[FILTERS[name]]}"
            yield caller.get(tried, expect=None), tried
    if names_a_thing(row["route"], town) and row["route"] != "import_records":
        own = re.sub(r"{(\w+)}", lambda name: thing_of(town.other, row["service"], name[1]), place)
        yield request(caller, method, own, body_of(row["service"], row["route"], town.own)), own


def request(caller, method, path, body):
    """With a version that is always right, and owner and role fields besides that are not his to set."""
    if method == "GET":
        return caller.send("GET", path)
    headers = {"If-Match": "*", "Idempotency-Key": str(uuid4())}
    return caller.send(method, path, body=body, headers=headers)


def names_a_thing(route, town):
    """Whether the body names something of somebody's (a man may be sent on to any service there is)."""
    return (
        route != "send_on"
        and route in BODIES
        and any(is_id(str(value)) for value in (BODIES[route](town.own) or {}).values())
    )


def thing_of(things, service, name):
    return things.get(f"{service}.{name}") or things[name]


def secrets(town):
    own = {value for name, value in town.own.items() if is_id(value) and name not in EVERYBODYS}
    return [*sorted(own - set(town.other.values())), *WORDS]


@pytest.mark.parametrize("service", BY_SERVICE)
def test_owner_and_role_fields_that_somebody_adds_are_refused(town, service):
    """Mass assignment: whatever a body may say, it does not say whose a thing is, or who did it."""
    added = {
        "id": str(uuid4()), "partner_id": town.own["partner"], "owner_id": town.own["ambassador"],
        "sent_by": town.own["ambassador"], "ref_owner": "programme", "actor_id": str(uuid4()), "role": "system",
        "state": "accepted", "version": 1, "recorded_by": str(uuid4()), "consent_withdrawn_on": None,
    }  # fmt: skip
    for row in TABLE:
        if row["service"] != service or row["route"] not in BODIES or row["coordinator"].split()[0] != "2xx":
            continue
        method, path = row["request"].split()
        place = re.sub(r"{(\w+)}", lambda name: thing_of(town.own, service, name[1]), f"/{service}{path}")
        for name, value in added.items():
            body = body_of(service, row["route"], town.own)
            if name not in body:
                answer = request(town.callers["coordinator"], method, place, body | {name: value})
                assert answer.status == 422, f"{row['route']} takes {name}: {answer}"
                assert f"/{name}" in json.dumps(answer.json["errors"])


@pytest.mark.parametrize("service", BY_SERVICE)
@pytest.mark.parametrize("relation", ["organisation_id", "partner_id"])
def test_a_client_that_speaks_for_somebody_does_not_read_the_feed_of_all(town, service, relation):
    scopes = frozenset({"events:read"})
    client = town.world.caller(Role.INTEGRATOR, scopes=scopes, **{relation: uuid4()})

    client.get(f"/{service}/events", expect=403)


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.CARE_WORKER, Role.MENTOR, Role.COORDINATOR])
def test_a_token_that_does_not_say_whom_its_role_speaks_for_is_none(town, role):
    """What nobody owns (an inherited referral has no owner) is not the thing of a caller who is nobody."""
    town.world.as_actor(Actor(uuid4(), role)).get("/referrals/referrals", expect=401)
