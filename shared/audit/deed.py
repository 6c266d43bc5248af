"""What is put on record of one request, command or rule: a deed, filled in as it becomes known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.actor import Actor, system_actor

EMERGENCY = "emergency access"
"""The right by which a coordinator looks at one man who is not of his partner's sheds."""
UNREVEALED = frozenset({401, 403, 404})
"""Outcomes of those who had no right to it."""


class Action(StrEnum):
    """The kinds of deed of NEN 7513; an export is told apart from a read."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    EXECUTE = "execute"
    EXPORT = "export"


class Via(StrEnum):
    """Which way it came: a request, an operator's command, or a rule that a worker carried out."""

    HTTP = "http"
    COMMAND = "command"
    WORKER = "worker"


@dataclass
class Deed:
    """One deed: identifiers, codes and counts, never a word that somebody wrote.

    `men` are those it is about. `record_id` is set once it is written; it is committed with the change.
    """

    operation: str
    action: Action
    via: Via
    actor: Actor | None = None
    policy: str | None = None
    object_kind: str | None = None
    object_id: UUID | None = None
    status: int = 200
    reason: str | None = None
    items: int | None = None
    trace_id: str | None = None
    remote_address: str | None = None
    men: set[UUID] = field(default_factory=set)
    record_id: int | None = None

    @property
    def right(self) -> str | None:
        """By what right it was done; None when there was none."""
        if self.actor is None or self.status in UNREVEALED:
            return None
        if self.actor.emergency_shedder_id in self.men:
            return EMERGENCY
        return self.policy


def by_command(operation: str, action: Action, men: Iterable[UUID] = (), **known: Any) -> Deed:
    """What the operator does by a command."""
    right = "the operator's command"
    return Deed(operation, action, Via.COMMAND, system_actor(), right, men=set(men), **known)


def by_rule(event: str, subject: UUID, men: Iterable[UUID]) -> Deed:
    """What the system does by itself and tells of: a step that a consumer or a timer took."""
    kind = event.partition(".")[0]
    right = "a rule of the programme"
    return Deed(event, Action.UPDATE, Via.WORKER, system_actor(), right, kind, subject, men=set(men))


def men_of(thing: Any) -> set[UUID]:
    """The men that a thing is about: it says so by a `shedder_id` or by `shedder_ids`."""
    many = getattr(thing, "shedder_ids", None)
    if many is not None:
        return set(many)
    one = getattr(thing, "shedder_id", None)
    return set() if one is None else {one}
