"""Figures for Prometheus: requests by route, and what waits; on an address of its own, never the public one.

A route is told by its pattern, so no figure holds an id. Across gunicorn's processes the requests are added
up (PROMETHEUS_MULTIPROC_DIR); what waits is counted in the databases when it is asked for.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.backlog import Backlog, backlog
from shared.http import problems
from shared.http.edge import WsgiApp
from shared.unit_of_work import Service

PATH = "/metrics"
UNKNOWN = "unknown"
"""The route and method of what asks for a path that there is not: else anybody could make up labels."""
REQUESTS = Histogram(
    "sbs_request_seconds",
    "How long requests took.",
    ["service", "method", "route", "status"],
    registry=None,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)


def install(app: Flask) -> None:
    """Count every request that this application answers, refusals and errors too."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule
        method, route = (request.method, rule.rule) if rule else (UNKNOWN, UNKNOWN)
        took = time.perf_counter() - g.began
        REQUESTS.labels(app.name, method, route, str(response.status_code)).observe(took)
        return response


class Figures:
    """The application, with the figures of its services beside it on a port of their own."""

    def __init__(self, app: WsgiApp, services: Mapping[str, Service[Any]], port: int) -> None:
        self._app, self._services, self._port = app, services, str(port)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Where the connection came in, as the server says: nothing that a caller sends.
        if environ.get("SERVER_PORT") != self._port:
            return self._app(environ, start_response)
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ: Mapping[str, Any]) -> Response:
        if (environ.get("REQUEST_METHOD"), environ.get("PATH_INFO")) != ("GET", PATH):
            return problems.problem(404, "not-found", "There is GET /metrics here, and nothing else.")
        return Response(generate_latest(_registry(self._services)), content_type=CONTENT_TYPE_LATEST)


def with_figures(app: WsgiApp, services: Mapping[str, Service[Any]]) -> WsgiApp:
    """The application with its figures, when the settings say where they are to be had. Outermost of all."""
    bind = next(iter(services.values())).settings.metrics_bind
    return Figures(app, services, int(bind.rpartition(":")[2])) if bind else app


def _registry(services: Mapping[str, Service[Any]]) -> CollectorRegistry:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    registry.register(Waiting(services))
    return registry


class Waiting(Collector):
    """What waits in the services here, counted when it is asked for."""

    def __init__(self, services: Mapping[str, Service[Any]]) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = _gauge("sbs_database_up", "Whether the database answers.")
        counted: dict[str, Backlog] = {}
        own = []
        for name, service in self._services.items():
            try:
                with service.database.read() as session:
                    with_broker = service.settings.broker_url is not None
                    counted[name] = backlog(session, service.clock.now(), with_broker=with_broker)
                    for what, count in service.counts.items():
                        own.append(_gauge(f"sbs_{what}", f"{what.replace('_', ' ').capitalize()}."))
                        own[-1].add_metric([name], count(session, service.clock.today()))
            except SQLAlchemyError:
                pass  # It is down, and that is what is told.
            up.add_metric([name], float(name in counted))
        yield from (up, *own, *_families(counted))


def _families(counted: Mapping[str, Backlog]) -> Iterator[GaugeMetricFamily]:
    reach = _gauge("sbs_feed_position", "How far the feed reaches.")
    waiting = _gauge(
        "sbs_outbox_waiting_events", "Events not yet given to the broker, or not yet in the feed."
    )
    oldest = _gauge("sbs_outbox_oldest_seconds", "How long the oldest of them waits.")
    parked = _gauge("sbs_parked_events", "Events that could not be applied.", "producer")
    read = _gauge("sbs_consumer_position", "How far a producer's feed was applied.", "producer")
    lag = _gauge(
        "sbs_consumer_lag_events", "How many events of a producer are still to be applied.", "producer"
    )
    for name, one in counted.items():
        reach.add_metric([name], one.reach)
        waiting.add_metric([name], one.waiting)
        oldest.add_metric([name], one.oldest.total_seconds())
        for producer in sorted(one.read.keys() | one.parked.keys()):
            position = one.read.get(producer, 0)
            parked.add_metric([name, producer], one.parked.get(producer, 0))
            read.add_metric([name, producer], position)
            if producer in counted:
                lag.add_metric([name, producer], max(counted[producer].reach - position, 0))
    return iter((reach, waiting, oldest, parked, read, lag))


def _gauge(name: str, told: str, *more: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, labels=["service", *more])
