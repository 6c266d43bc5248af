"""A referral's lifecycle against the programme's table, written out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.lifecycles import REFERRAL, ReferralAction, ReferralState
from services.referrals.worker import expire
from tests.builders.people import ROADS
from tests.lifecycles import FEW

# action: (from, to, who). Copied from the table of the domain, not from the code.
TABLE = {
    "send": ({"draft"}, "requested", {"ambassador", "coordinator"}),
    "open": ({"requested"}, "received", {"care_worker"}),
    "accept": ({"requested", "received", "waitlisted"}, "accepted", {"care_worker"}),
    "waitlist": ({"requested", "received", "accepted"}, "waitlisted", {"care_worker"}),
    "decline": ({"requested", "received", "waitlisted"}, "declined", {"care_worker"}),
    "start": ({"accepted"}, "in_progress", {"care_worker"}),
    "complete": ({"in_progress"}, "completed", {"care_worker"}),
    "fail": ({"accepted", "in_progress", "waitlisted"}, "failed", {"care_worker"}),
    "withdraw": (
        {"draft", "requested", "received", "waitlisted", "accepted", "in_progress"},
        "withdrawn",
        {"ambassador", "coordinator"},
    ),
    "expire": ({"requested", "received"}, "expired", set()),
    "reopen": ({"declined", "failed", "expired"}, "received", {"care_worker", "coordinator"}),
    "correct": (
        {state.value for state in ReferralState} - {"entered_in_error"},
        "entered_in_error",
        {"coordinator"},
    ),
}
BODIES = {
    "waitlist": {"expected_on": "2027-01-01"},
    "decline": {"reason": "no_capacity"},
    "fail": {"reason": "could_not_reach"},
    "withdraw": {"reason": "moved_away"},
    "reopen": {"reason": "answered_by_mistake"},
    "correct": {"reason": "wrong_person"},
    "complete": {
        "outcomes": [{"need_category": "mental_health", "result": "partly"}],
        "sentence": "It helped.",
    },
}
ROLES = ("ambassador", "coordinator", "care_worker")


def test_the_declared_rows_are_those_of_the_domain():
    declared = {
        row.action.value: (
            {state.value for state in row.sources},
            row.target.value,
            {role.value for role in row.roles} - {"system"},
        )
        for row in REFERRAL.transitions
    }

    assert declared == TABLE


@pytest.mark.parametrize("state", [*ROADS, "expired"])
def test_every_action_from_every_state_is_as_the_table_says(programme, world, state):
    """The whole matrix: what is not allowed answers 409 and changes nothing."""
    for action, (sources, target, who) in TABLE.items():
        if action == "expire":
            continue
        place = _in_state(programme, world, state)
        role = sorted(who)[0]
        caller = getattr(programme, role)
        seen = programme.coordinator.get(place).json
        hidden = state == "draft" and role == "care_worker"

        answer = caller.act(f"{place}/{action}", BODIES.get(action), expect=None)

        after = programme.coordinator.get(place).json
        if state in sources:
            assert answer.status == 200, (action, answer)
            assert after["state"] == target
        else:
            assert answer.status == (404 if hidden else 409), (action, answer)
            assert after == seen
        programme.coordinator.act(f"{place}/correct", BODIES["correct"], expect=None)


def _in_state(programme, world, state):
    if state != "expired":
        return programme.a_referral(state)
    place = programme.a_referral("requested")
    world.clock.advance(days=60)
    expire(world.programme.referrals)
    return place


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_may_not_is_refused_whatever_the_state(programme, role):
    place = programme.a_referral("requested")

    for action, (_, _, who) in TABLE.items():
        if action != "expire" and role not in who:
            assert getattr(programme, role).act(f"{place}/{action}", BODIES.get(action), expect=403)


@FEW
@given(moves=st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(sorted(TABLE))), max_size=12))
def test_whatever_people_do_the_state_is_what_the_table_says(programme, world, moves):
    """Random people do random things; after each the state, the history and the events agree with the table."""
    draft = programme.a_draft()
    place = f"/referrals/referrals/{draft['id']}"
    state, steps = "draft", []
    for role, action in moves:
        sources, target, who = TABLE[action]
        if action == "expire":
            if state in sources:
                world.clock.advance(days=60)
                expire(world.programme.referrals)
                state, steps = target, [*steps, action]
            continue
        seen = not (role == "care_worker" and "send" not in steps)
        expected = 404 if not seen else 403 if role not in who else 409 if state not in sources else 200
        answer = getattr(programme, role).act(f"{place}/{action}", BODIES.get(action), expect=None)
        assert answer.status == expected, (role, action, state, answer)
        if expected == 200:
            state, steps = target, [*steps, action]
        assert programme.coordinator.get(place).json["state"] == state

    history = [
        step["action"] for step in programme.coordinator.get(f"{place}/history?limit=200").json["items"]
    ]
    told = [
        document["data"]["state"]
        for document in world.told("referrals")
        if document["subject"] == draft["id"]
    ]
    assert history == steps
    assert told == [TABLE[action][1] for action in steps]
    if state not in ("draft", "entered_in_error"):
        programme.coordinator.act(f"{place}/correct", BODIES["correct"])


def test_every_action_has_a_body_that_carries_it_out():
    """So that the tests above leave none out."""
    assert set(TABLE) == {action.value for action in ReferralAction}
