"""One trace for all that a request sets off, in whatever service: its id stands in every line of their logs.

The id travels as a W3C trace context, in the `traceparent` of a request and of every event. Where a collector
is named (`OTEL_EXPORTER_OTLP_ENDPOINT`, and the other variables of OpenTelemetry), each step is told to it as
a span; a span says what was done and how it ended, never of whom.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

COLLECTOR = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class Kind(Enum):
    """What a step is to whoever set it off, as OpenTelemetry names it."""

    REQUEST = "SERVER"
    EVENT = "CONSUMER"


def id_of(traceparent: str | None) -> str | None:
    """The id of the trace that something belongs to."""
    return traceparent.split("-")[1] if traceparent else None


@dataclass
class Step:
    """A step while it is taken. It failed, until whoever takes it says that it did not."""

    traceparent: str
    failed: bool = True

    @property
    def trace_id(self) -> str:
        return str(id_of(self.traceparent))


def current() -> str | None:
    """What an event that is told now carries on; None when nobody's request is behind it."""
    return _current.get()


def sound(told: Any) -> str | None:
    """A trace context that somebody sent, if it is one."""
    return told if isinstance(told, str) and _TRACEPARENT.fullmatch(told) else None


@contextmanager
def step(service: str, name: str, kind: Kind, parent: Any, **attributes: Any) -> Iterator[Step]:
    """Take a step of the trace that `parent` belongs to, or of a new one when it belongs to none."""
    with _span(service, name, kind, sound(parent), attributes) as taken:
        token = _current.set(taken.traceparent)
        try:
            with structlog.contextvars.bound_contextvars(trace_id=taken.trace_id):
                yield taken
        finally:
            _current.reset(token)


@contextmanager
def _span(
    service: str, name: str, kind: Kind, parent: str | None, attributes: Mapping[str, Any]
) -> Iterator[Step]:
    tracer = _tracer(service)
    if tracer is None:
        yield Step(parent or f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00")
        return
    from opentelemetry import trace  # noqa: PLC0415 (only who has a collector waits for it)
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    before = TraceContextTextMapPropagator().extract({"traceparent": parent} if parent else {})
    # What an exception says may hold what somebody typed: of a failure a span has no words.
    with tracer.start_as_current_span(
        name,
        before,
        trace.SpanKind[kind.value],
        attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        its = span.get_span_context()
        taken = Step(f"00-{its.trace_id:032x}-{its.span_id:016x}-{int(its.trace_flags):02x}")
        try:
            yield taken
        finally:
            if taken.failed:
                span.set_status(trace.StatusCode.ERROR)


@cache
def _tracer(service: str) -> "Tracer | None":
    """Made at a process's first step, so after any fork: its exporter has a thread."""
    if not any(os.environ.get(name) for name in COLLECTOR):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": f"sbs-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("sbs")
