"""Driving a thing with random actions by random people, and comparing with a table written out by hand."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FEW = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Table = dict[str, tuple[set[str], str, set[str]]]
"""action: (from, to, who)"""


def moves_of(table: Table, people: list[str], most: int = 6) -> st.SearchStrategy[list[tuple[str, str]]]:
    """What people may try, one after another: whoever, whatever, whether it is allowed or not."""
    return st.lists(st.tuples(st.sampled_from(people), st.sampled_from(sorted(table))), max_size=most)


def drive(
    programme: Any, place: str, table: Table, state: str, moves: list[tuple[str, str]], bodies: dict[str, Any]
) -> str:
    """Try every move; each must be answered, and leave the thing, as the table says. Gives the last state."""
    for role, action in moves:
        sources, target, who = table[action]
        expected = 403 if role not in who else 200 if state in sources else 409
        answer = getattr(programme, role).act(f"{place}/{action}", bodies.get(action), expect=None)
        assert answer.status == expected, (role, action, state, answer)
        state = target if expected == 200 else state
        assert programme.coordinator.get(place).json["state"] == state
    return state


def declared(lifecycle: Any) -> Table:
    """The rows that the code declares, in the shape of the table."""
    return {
        row.action.value: (
            {state.value for state in row.sources},
            row.target.value,
            {role.value for role in row.roles} - {"system"},
        )
        for row in lifecycle.transitions
    }
