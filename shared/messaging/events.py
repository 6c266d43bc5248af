"""What an event is: a CloudEvents 1.0 document whose data is allowed field by field.

An event carries identifiers, codes, dates and counts; never a name, a contact detail, free text or a
measurement. `EventData` is the allow-list: what it does not declare cannot leave.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema

from shared import tracing
from shared.dumping import dumper

CONTENT_TYPE = "application/cloudevents+json"
NAMESPACE = "org.sbs"


class EventData(Schema):
    """The base of every published event's data."""

    class Meta:
        unknown = RAISE


@dataclass(frozen=True)
class EventType:
    """One kind of event that a service publishes: `referral.accepted`, version 1."""

    name: str
    schema: type[EventData]
    version: int = 1

    @property
    def type(self) -> str:
        return f"{NAMESPACE}.{self.name}.v{self.version}"

    @cached_property
    def _fields(self) -> EventData:
        return self.schema()

    @cached_property
    def _dump(self) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        return dumper(self._fields)

    def serialise(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as JSON, refusing with `ValueError` what is not declared and what is missing."""
        declared = self._fields.dump_fields
        undeclared = data.keys() - declared.keys()
        missing = {name for name, field in declared.items() if field.required} - data.keys()
        if undeclared or missing:
            raise ValueError(f"{self.name}: undeclared {sorted(undeclared)}, missing {sorted(missing)}")
        return self._dump(data)


class Catalogue:
    """The events that one service publishes, by name."""

    def __init__(self, source: str, types: Iterable[EventType]) -> None:
        self.source = source
        self.types = tuple(types)
        self._by_name = {kind.name: kind for kind in self.types}

    def __getitem__(self, name: str) -> EventType:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def document(
        self,
        name: str,
        *,
        event_id: UUID,
        subject: UUID,
        time: datetime,
        data: Mapping[str, Any],
        traceparent: str | None,
    ) -> str:
        """The event as CloudEvents JSON, but for the position, which is stamped after the commit."""
        kind = self[name]
        document: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(event_id),
            "source": f"/{self.source}",
            "type": kind.type,
            "subject": str(subject),
            "time": time.isoformat(),
            "datacontenttype": "application/json",
            "dataschema": f"urn:sbs:event:{kind.name}.v{kind.version}",
            "data": kind.serialise(data),
        }
        if traceparent:
            document["traceparent"] = traceparent
        return json.dumps(document, separators=(",", ":"))


def stamped(document: str, position: int, epoch: UUID) -> str:
    """The stored document with where it stands in its producer's feed."""
    return f'{document[:-1]},"position":{position},"epoch":"{epoch}"}}'


class FeedUnavailable(Exception):
    """The producer could not be asked just now. Nothing is lost: ask again."""


class Malformed(Exception):
    """A document that is not an event of ours; the message says why."""


@dataclass(frozen=True)
class NoEvent:
    """A message that is not read as an event at all: what it says, as far as it is kept, and why not."""

    text: str
    fault: str


@dataclass(frozen=True)
class Event:
    """An event as a consumer sees it."""

    id: UUID
    name: str
    version: int
    producer: str
    subject: UUID
    time: datetime
    position: int
    epoch: str
    data: Mapping[str, Any]
    traceparent: str | None = None

    @classmethod
    def parse(cls, document: Any) -> "Event":
        """Read a CloudEvents document. Raises `Malformed` when a part is missing or not what it should be."""
        if not isinstance(document, Mapping):
            raise Malformed(document.fault if isinstance(document, NoEvent) else "It is not a JSON object.")
        try:
            name, version = _split_type(document["type"])
            return cls(
                id=UUID(document["id"]),
                name=name,
                version=version,
                producer=str(document["source"]).removeprefix("/"),
                subject=UUID(document["subject"]),
                time=_moment(document["time"]),
                position=_position(document["position"]),
                epoch=str(document["epoch"]),
                data=_mapping(document["data"]),
                traceparent=tracing.sound(document.get("traceparent")),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed(f"{type(error).__name__}: {error}") from error

    def as_document(self) -> dict[str, Any]:
        """The parts that `parse` reads, so that a kept event can be read again."""
        return {
            "id": str(self.id),
            "source": f"/{self.producer}",
            "type": f"{NAMESPACE}.{self.name}.v{self.version}",
            "subject": str(self.subject),
            "time": self.time.isoformat(),
            "position": self.position,
            "epoch": self.epoch,
            "data": dict(self.data),
            "traceparent": self.traceparent,
        }


def men(events: Iterable[Event]) -> set[UUID]:
    """The men whom these events are about."""
    found = set()
    for event in events:
        with suppress(KeyError, ValueError, AttributeError, TypeError):
            found.add(UUID(event.data["shedder_id"]))
    return found


@dataclass(frozen=True)
class Delivered:
    """What came at one position: an event, or something that stands in its place and cannot be read."""

    position: int
    event: Event | None
    document: Any
    fault: str = ""

    @property
    def trace_id(self) -> str | None:
        """The trace of the request that set it off."""
        return tracing.id_of(self.event.traceparent) if self.event else None

    @classmethod
    def of(cls, document: Any, producer: str) -> "Delivered":
        """Raises `Malformed` only when not even the position can be read, or the sender is another."""
        try:
            event = Event.parse(document)
        except Malformed as error:
            try:
                return cls(_position(document["position"]), None, document, str(error))
            except (KeyError, TypeError, ValueError):
                raise error from None
        if event.producer != producer:
            raise Malformed(f"It says that it comes from {event.producer}, not from {producer}.")
        return cls(event.position, event, document)


def _split_type(kind: str) -> tuple[str, int]:
    name, _, version = kind.removeprefix(f"{NAMESPACE}.").rpartition(".v")
    return name, int(version)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("time has no zone")
    return moment


def _position(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise ValueError("position is not a positive whole number")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("data is not an object")
    return value
