"""How many SQL statements each hot request costs: audit, history, outbox and idempotency included.

Each is a round trip. To raise a number here is a decision; to lower one is a gain that docs/performance.md tells.
"""

from collections import Counter

import pytest

from tests.statements import heard

# On PostgreSQL.
COSTS = {"get": 2, "inbox": 3, "draft": 11, "send": 12, "accept": 9}
# SQLite does without advisory locks (two in a draft, one in the other changes), and writes an audit record and the
# men in it apart.
FEWER_ON_SQLITE = {"get": -1, "inbox": -1, "draft": 1, "send": 0, "accept": 0}


@pytest.fixture
def ask(programme):
    """Each hot request, as a client sends it who may have to try again."""
    place = programme.a_referral("received")
    draft = programme.a_draft()
    body = {"shedder_id": draft["shedder_id"], "service_id": draft["service_id"]}
    key = {"Idempotency_Key": "k"}
    changing = key | {"If_Match": "*"}
    sending = f"/referrals/referrals/{draft['id']}/send"
    return {
        "get": lambda: programme.care_worker.get(place),
        "inbox": lambda: programme.care_worker.get("/referrals/referrals"),
        "draft": lambda: programme.ambassador.post("/referrals/referrals", body, **key),
        "send": lambda: programme.ambassador.post(sending, {}, expect=200, **changing),
        "accept": lambda: programme.care_worker.post(f"{place}/accept", {}, expect=200, **changing),
    }


@pytest.mark.parametrize("name", COSTS)
def test_what_a_hot_request_costs(ask, world, name):
    with heard(world.programme.referrals.database.engine) as said:
        ask[name]()

    assert len(said) == COSTS[name] - (0 if world.backend.is_postgresql else FEWER_ON_SQLITE[name])


def test_a_list_of_fifty_costs_no_more_statements_than_one_of_one(programme, world):
    man = programme.a_draft()["shedder_id"]
    engine = world.programme.referrals.database.engine

    def costs():
        with heard(engine) as said:
            answer = programme.ambassador.get("/referrals/referrals")
        return len(answer.json["items"]), Counter(one.sql.split(None, 1)[0] for one in said)

    one, costs_of_one = costs()
    for _ in range(49):
        programme.a_draft(man)
    fifty, costs_of_fifty = costs()

    assert (one, fifty) == (1, 50)
    assert costs_of_one == costs_of_fifty
