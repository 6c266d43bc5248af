"""What one request sets off, in whatever service, belongs to one trace: in the logs, and at a collector."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from shared import tracing
from tests.journeys.live import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "told",
    [None, "", "1", 5, {}, f"00-{'0' * 32}-00f067aa0ba902b7-01", f"{SENT}-more", f"{SENT}\n", SENT.upper()],
)
def test_what_is_no_trace_context_is_passed_over(told):
    with tracing.step("registry", "read", tracing.Kind.REQUEST, told) as step:
        assert step.traceparent != told
        assert tracing.sound(step.traceparent) == tracing.current() == step.traceparent
    assert tracing.current() is None


def test_the_logs_of_every_service_that_a_request_reaches_name_its_trace(programme, world, capsys):
    place = programme.a_referral("received")
    capsys.readouterr()

    programme.care_worker.post(f"{place}/accept", {}, expect=200, If_Match="*", traceparent=SENT)
    world.deliver()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    of_it = [(line["event"], line.get("route")) for line in lines if line.get("trace_id") == TRACE]
    assert of_it.count(("request", "accept_referral")) == 1
    assert of_it.count(("event.taken", None)) == 2  # registry and mentoring


def test_a_refusal_is_in_the_log_too_with_its_status(programme, capsys):
    programme.ambassador.get(f"/referrals/referrals/{programme.shed_id}", expect=404, traceparent=SENT)

    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "read_referral" in line]
    assert (line["status"], line["trace_id"]) == (404, TRACE)


class Collector(ThreadingHTTPServer):
    """A collector of OpenTelemetry's on loopback that keeps what it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Told)
        self.told = []

    def spans(self):
        """Each span with the service that told it."""
        return [
            (_words(resource.resource)["service.name"], span)
            for request in list(self.told)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


def _words(one):
    return {attribute.key: attribute.value.string_value for attribute in one.attributes}


class _Told(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector(monkeypatch):
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "")
    tracing._tracer.cache_clear()
    yield server
    tracing._tracer.cache_clear()
    server.shutdown()
    server.server_close()


def test_a_collector_is_told_one_trace_across_the_services(collector, programme, world):
    place = programme.a_referral("received")

    programme.care_worker.post(f"{place}/accept", {}, expect=200, If_Match="*", traceparent=SENT)
    world.deliver()

    def of_it():
        return [(service, span) for service, span in collector.spans() if span.trace_id.hex() == TRACE]

    wait_until(lambda: len(of_it()) == 3, lambda: f"It was told: {collector.spans()}")
    by_service = dict(of_it())
    request = by_service["sbs-referrals"]
    assert (request.name, request.parent_span_id.hex()) == ("accept_referral", "00f067aa0ba902b7")
    assert _words(request) == {
        "http.request.method": "POST",
        "http.route": "/referrals/referrals/<uuid:referral_id>/accept",
    }
    for other in ("sbs-registry", "sbs-mentoring"):
        assert by_service[other].name == "referral.accepted"
        assert by_service[other].parent_span_id == request.span_id
        assert by_service[other].status.code == Status.STATUS_CODE_UNSET


def test_of_a_failure_a_collector_is_told_no_words(collector):
    with (
        pytest.raises(ValueError, match="Yusuf"),
        tracing.step("registry", "event", tracing.Kind.EVENT, SENT),
    ):
        raise ValueError("Yusuf")

    wait_until(lambda: len(collector.spans()) == 1, lambda: "It was told nothing.")
    ((_, span),) = collector.spans()
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert b"Yusuf" not in span.SerializeToString()
