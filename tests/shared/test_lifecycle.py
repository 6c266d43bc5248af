"""A lifecycle's rows say everything: guard, available actions, diagram, replay."""

from enum import StrEnum

import pytest

from services.mentoring.domain import lifecycles as mentoring
from services.referrals.domain import lifecycles as referrals
from services.registry.domain import lifecycles as registry
from shared.actor import Actor, Role, system_actor
from shared.errors import Forbidden, TransitionNotAllowed
from shared.identifiers import new_id
from shared.lifecycle import Lifecycle, Transition, states

ALL = [
    registry.CONSENT,
    registry.SHED,
    registry.AMBASSADOR,
    referrals.REFERRAL,
    referrals.APPOINTMENT,
    mentoring.MENTORSHIP,
    mentoring.PATHWAY,
    mentoring.STEP,
    mentoring.JOB,
]


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Move(StrEnum):
    CLOSE = "close"
    LOCK_UP = "lock_up"


DOOR = Lifecycle(
    "door",
    Door.OPEN,
    (
        Transition(Move.CLOSE, states(Door.OPEN), Door.SHUT, frozenset({Role.MENTOR}), "door.closed"),
        Transition(Move.LOCK_UP, states(Door.SHUT), Door.SHUT, frozenset({Role.SYSTEM}), "door.locked"),
    ),
)


def test_a_step_leads_to_its_target():
    assert DOOR.transition(Door.OPEN, Move.CLOSE).target is Door.SHUT


def test_a_step_from_another_state_is_refused_in_words():
    with pytest.raises(TransitionNotAllowed, match="Cannot lock up a door that is open"):
        DOOR.transition(Door.OPEN, Move.LOCK_UP)


def test_available_actions_are_those_of_the_role_and_the_state():
    mentor = Actor(new_id(), Role.MENTOR)

    assert [row.action for row in DOOR.available(Door.OPEN, mentor)] == [Move.CLOSE]
    assert DOOR.available(Door.SHUT, mentor) == []
    assert [row.action for row in DOOR.available(Door.SHUT, system_actor())] == [Move.LOCK_UP]


def test_a_role_that_may_not_is_told_who_may():
    with pytest.raises(Forbidden, match="mentor"):
        DOOR.policy(Move.CLOSE).check(Actor(new_id(), Role.EVALUATOR))


def test_a_history_that_cannot_have_been_is_refused():
    assert DOOR.replay([Move.CLOSE, Move.LOCK_UP]) is Door.SHUT
    with pytest.raises(TransitionNotAllowed):
        DOOR.replay([Move.LOCK_UP])


def test_the_diagram_has_a_line_per_step():
    assert "open --> shut: close" in DOOR.as_mermaid()


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda lifecycle: lifecycle.name)
def test_every_state_of_ours_can_be_reached_and_every_action_has_one_row(lifecycle: Lifecycle):
    reached = {lifecycle.initial}
    for _ in lifecycle.states:
        reached |= {row.target for row in lifecycle.transitions if row.sources & reached}

    assert reached == set(lifecycle.states)
    assert len(lifecycle.by_action) == len(lifecycle.transitions)


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda lifecycle: lifecycle.name)
def test_every_action_with_reasons_needs_one(lifecycle: Lifecycle):
    for row in lifecycle.transitions:
        if row.reasons is not None:
            assert "reason" in row.needs
            assert "other" in {reason.value for reason in row.reasons}
