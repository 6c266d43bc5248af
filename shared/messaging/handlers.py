"""What a consuming service says of each event that it does something about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema

from shared.messaging.events import Event
from shared.unit_of_work import UnitOfWork

Handle = Callable[[UnitOfWork[Any], Event, dict[str, Any]], None]


class Told(Schema):
    """The base of what a consumer reads of an event: fields it does not know are no business of it."""

    class Meta:
        unknown = EXCLUDE


@dataclass(frozen=True)
class Handler:
    """What this service does about an event: which it is, what it reads of it, what it then does.

    `name` may end in `.*`, for every event of a thing that has no handler of its own. What is told of a
    man who was erased is passed over, or it would bring him back; a handler that only counts says
    `of_the_erased`.
    """

    name: str
    reads: type[Told]
    handle: Handle
    version: int = 1
    of_the_erased: bool = False
