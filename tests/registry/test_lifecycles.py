"""The lifecycles of shed, ambassador and consent, whatever people do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.clients import CLIENT
from services.registry.domain.lifecycles import AMBASSADOR, CONSENT, SHED
from tests.lifecycles import FEW, declared, drive, moves_of
from tests.world import days_ago

SHEDS = {"close": ({"open"}, "closed", {"coordinator"})}
AMBASSADORS = {"leave": ({"active"}, "gone", {"coordinator"})}
CLIENTS = {"revoke": ({"active"}, "revoked", {"administrator"})}
CONSENTS = {
    "replace": ({"active"}, "replaced", set()),
    "withdraw": ({"active"}, "withdrawn", {"ambassador", "coordinator"}),
}
STAFF = ["ambassador", "coordinator"]


@pytest.mark.parametrize(
    ("lifecycle", "table"), [(SHED, SHEDS), (AMBASSADOR, AMBASSADORS), (CONSENT, CONSENTS), (CLIENT, CLIENTS)]
)
def test_the_declared_rows_are_those_of_the_domain(lifecycle, table):
    assert declared(lifecycle) == table


@FEW
@given(moves=moves_of(SHEDS, ["coordinator"], most=4))
def test_whatever_people_do_a_shed_is_where_the_table_says(programme, world, moves):
    shed = {
        "name": "Another shed",
        "country": "NL",
        "municipality": "Den Haag",
        "focus": "sport",
        "opened_on": days_ago(world, 100),
    }
    place = f"/registry/sheds/{programme.coordinator.post('/registry/sheds', shed).json['id']}"

    drive(programme, place, SHEDS, "open", moves, {})


@FEW
@given(moves=moves_of(AMBASSADORS, ["coordinator"], most=4))
def test_whatever_people_do_an_ambassador_is_where_the_table_says(programme, moves):
    body = {"name": "Bas", "shed_id": str(programme.shed_id)}
    place = f"/registry/ambassadors/{programme.coordinator.post('/registry/ambassadors', body).json['id']}"

    drive(programme, place, AMBASSADORS, "active", moves, {})


@FEW
@given(moves=st.lists(st.tuples(st.sampled_from(STAFF), st.sampled_from(["give", "withdraw"])), max_size=6))
def test_whatever_people_do_one_consent_at_most_is_active(programme, moves):
    man = programme.a_shedder()["id"]
    states, latest = [], None
    for role, action in moves:
        if action == "give":
            states = ["replaced" if state == "active" else state for state in states] + ["active"]
            latest = programme.a_consent(man, "mentoring")["id"]
        elif latest is not None:
            expected = 200 if states[-1] == "active" else 409
            getattr(programme, role).post(f"/registry/consents/{latest}/withdraw", expect=expected)
            states[-1] = "withdrawn"

        kept = programme.coordinator.get(f"/registry/shedders/{man}/consents?limit=200").json["items"]
        assert sorted(one["state"] for one in kept) == sorted(states)
