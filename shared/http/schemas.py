"""The bases of every schema: what comes in is closed (unknown fields are refused), what goes out may grow."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from shared.actor import Actor
from shared.database.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.dumping import dumper
from shared.http.fields import Whole
from shared.lifecycle import Lifecycle


class Input(Schema):
    """What a caller sends: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class Nothing(Input):
    """The body of an action that needs no word more."""


class Answer(Schema):
    """What a caller gets."""

    class Meta:
        unknown = EXCLUDE

    @cached_property
    def document(self) -> Callable[[Any], dict[str, Any]]:
        """Makes the document of a thing: what `dump` gives."""
        return dumper(self)

    def shown_to(self, _actor: Actor, _thing: Any) -> frozenset[str] | None:
        """The fields that this caller may see of this thing; None for all of them."""
        return None

    def told_to(self, _actor: Actor, _thing: Any) -> Mapping[str, Any]:
        """What this caller is told besides what the thing holds: what he may do with it."""
        return {}

    def without(self, hidden: frozenset[str]) -> frozenset[str] | None:
        """All fields but the hidden ones, as `shown_to` says it."""
        return frozenset(self.fields) - hidden if hidden else None


class AvailableAction(Answer):
    """Something the caller's role may do next, where to post it, and the fields it needs."""

    action = fields.String(required=True)
    href = fields.String(required=True)
    needs = fields.List(fields.String(), required=True)


class LifecycleAnswer(Answer):
    """The answer for a thing with a lifecycle. A subclass sets the two and declares `state`."""

    lifecycle: ClassVar[Lifecycle]
    path: ClassVar[str]
    """Where the thing is found, with its own attributes in braces: "/referrals/referrals/{id}"."""

    available_actions = fields.List(fields.Nested(AvailableAction), required=True)

    def available(self, thing: Any, actor: Actor) -> list[dict[str, Any]]:
        """What this caller may do next with this thing."""
        place = self.href_of(thing)
        rows = self.lifecycle.available(thing.state, actor)
        return [self.offer(place, row.action.value, row.needs) for row in rows]

    def href_of(self, thing: Any) -> str:
        """Where a thing is found."""
        return self.path.format_map({name: getattr(thing, name) for name in self._in_path})

    @cached_property
    def _in_path(self) -> Sequence[str]:
        return re.findall(r"{(\w+)}", self.path)

    def offer(self, place: str, action: str, needs: Sequence[str] = ()) -> dict[str, Any]:
        """An action as it is offered on the thing at `place`: its name, where to post it, what it needs."""
        return {"action": action, "href": f"{place}/{action}", "needs": list(needs)}


def from_text(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """What came as text only (a query, a row of a file), with its whole numbers made numbers."""
    whole = {field.data_key or name for name, field in schema.load_fields.items() if isinstance(field, Whole)}
    return {
        name: int(value) if name in whole and re.fullmatch(r"-?[0-9]{1,18}", value) else value
        for name, value in values.items()
    }


class Paged(Input):
    """The query of every list."""

    limit = Whole(1, LARGEST_LIMIT, load_default=DEFAULT_LIMIT)
    cursor = fields.String(validate=validate.Length(1, 1000))
