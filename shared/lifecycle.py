"""A lifecycle declared once, as rows; everything that needs to know it reads the rows.

The guard, `available_actions`, the OpenAPI text, the permission of each action, the CHECK constraint
(through the state's enum), the diagram in a service's README and the test matrix all come from here.
When not to use it: for a flag that is only ever set, a plain column says as much.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from shared.actor import Actor, Role
from shared.errors import TransitionNotAllowed
from shared.permissions import Policy


@dataclass(frozen=True)
class Transition:
    """One row: what is done, from which states, to which, by whom, what must be said, what it tells."""

    action: StrEnum
    sources: frozenset[StrEnum]
    target: StrEnum
    roles: frozenset[Role]
    event: str
    needs: tuple[str, ...] = ()
    reasons: type[StrEnum] | None = None


@dataclass(frozen=True)
class Lifecycle:
    """A named set of transitions over the states of one thing.

    `scopes`: by which scope a machine client takes the steps of a role.
    """

    name: str
    initial: StrEnum
    transitions: tuple[Transition, ...]
    scopes: tuple[tuple[Role, str], ...] = ()

    @cached_property
    def by_action(self) -> dict[str, Transition]:
        return {row.action.value: row for row in self.transitions}

    @property
    def states(self) -> tuple[StrEnum, ...]:
        return tuple(type(self.initial))

    def transition(self, state: StrEnum, action: StrEnum) -> Transition:
        """The row for `action`, or `TransitionNotAllowed` when it does not start at `state`."""
        row = self.by_action[action.value]
        if state not in row.sources:
            raise TransitionNotAllowed(
                f"Cannot {spoken(action)} {a(self.name)} that is {spoken(state)}.", state=state.value
            )
        return row

    def replay(self, actions: Iterable[StrEnum]) -> StrEnum:
        """The state that these actions, one after another, lead to from the initial one."""
        state = self.initial
        for action in actions:
            state = self.transition(state, action).target
        return state

    def available(self, state: StrEnum, actor: Actor) -> list[Transition]:
        """What this caller's role may do from `state`, in the order of the table."""
        return [row for row in self._leaving.get(state, ()) if self.policy(row.action).allows(actor)]

    @cached_property
    def _leaving(self) -> dict[StrEnum, list[Transition]]:
        return {state: [row for row in self.transitions if state in row.sources] for state in self.states}

    def policy(self, action: StrEnum) -> Policy:
        """Who may do `action`, as a policy (the same object every time)."""
        return self._policies[action.value]

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return {
            name: Policy(f"{spoken(row.action)} {a(self.name)}", row.roles, scope=self._scope(row))
            for name, row in self.by_action.items()
        }

    def _scope(self, row: Transition) -> str | None:
        return next((scope for role, scope in self.scopes if role in row.roles), None)

    def as_mermaid(self) -> str:
        """The rows as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        for row in self.transitions:
            if len(row.sources) > 2 and row.sources == frozenset(self.states) - {row.target}:
                note = f"{row.action.value}: from every other state"
                lines.append(f"    note right of {row.target.value}: {note}")
            else:
                arrows = (f"{source.value} --> {row.target.value}" for source in sorted(row.sources))
                lines += [f"    {arrow}: {row.action.value}" for arrow in arrows]
        final = [state for state in self.states if not any(state in row.sources for row in self.transitions)]
        return "\n".join([*lines, *(f"    {state.value} --> [*]" for state in final)])


def a(name: str) -> str:
    """A name with its article: "an ambassador", "a referral"."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def spoken(code: StrEnum) -> str:
    """A code as people say it: `in_progress` is "in progress"."""
    return code.value.replace("_", " ")


def states(*members: StrEnum) -> frozenset[StrEnum]:
    """A set of states, so that a row reads as a row."""
    return frozenset(members)
