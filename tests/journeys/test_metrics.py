"""Figures of a real system: the same from each of gunicorn's processes, and not where people come in."""

import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.edge.nginx import free_port
from tests.journeys.live import wait_until

pytestmark = pytest.mark.slow
ROUTE = {"service": "registry", "route": "/registry/livez", "status": "200", "method": "GET"}


def counted(place):
    """What the process says that happens to answer."""
    text = requests.get(place, timeout=10, headers={"Connection": "close"}).text
    return next(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "sbs_request_seconds_count" and sample.labels == ROUTE
    )


def test_requests_of_all_processes_are_added_up_and_none_is_forgotten_when_one_dies(embedded):
    port = free_port()
    place = f"http://127.0.0.1:{port}/metrics"
    embedded.extra = {"SBS_METRICS_BIND": f"127.0.0.1:{port}", "GUNICORN_CMD_ARGS": "--workers 2"}
    embedded.begin("--empty")
    wait_until(embedded.ready, embedded.said)
    for _ in range(40):
        assert requests.get(f"{embedded.origin}/registry/livez", timeout=10).ok

    assert {counted(place) for _ in range(10)} == {40}

    serving = psutil.Process(embedded.process.pid).children()
    serving[0].kill()
    wait_until(lambda: len(psutil.Process(embedded.process.pid).children()) == len(serving), embedded.said)
    assert {counted(place) for _ in range(10)} == {40}
    assert requests.get(f"{embedded.origin}/metrics", timeout=10).status_code == 404
    assert requests.get(f"http://127.0.0.1:{port}/registry/livez", timeout=10).status_code == 404
