"""Fixtures: a back end per test process, a world per test; and, at the end, how many tests ran on which."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import structlog

from shared.mail import MailServer
from shared.observability import without_words
from tests import backends
from tests.beginnings import begin
from tests.builders.lives import Life
from tests.builders.people import Programme101
from tests.postbox import Postbox, serving
from tests.world import World

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        without_words,
        structlog.processors.JSONRenderer(),
    ]
)

# The same examples every time, so that a red run is of what was changed; `make hunt` tries others.
hypothesis.settings.register_profile("steady", derandomize=True, database=None)
if "SBS_TEST_SEED" not in os.environ:
    hypothesis.settings.load_profile("steady")

_opened: dict[str, backends.Backend] = {}
_ran: Counter[str] = Counter()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a world runs once on every back end that is there."""
    if "backend" in metafunc.fixturenames:
        slow = metafunc.definition.get_closest_marker("slow_on")
        only = metafunc.definition.get_closest_marker("only_on")
        kinds = [
            pytest.param(kind, marks=pytest.mark.slow if slow and kind in slow.args else ())
            for kind in backends.available()
            if only is None or kind in only.args
        ]
        metafunc.parametrize("backend", kinds, indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> backends.Backend:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    if request.param not in _opened:
        _opened[request.param] = backends.Backend(request.param, worker)
    return _opened[request.param]


@pytest.fixture
def begun(backend: backends.Backend, request: pytest.FixtureRequest) -> tuple[World, Any]:
    return begin(backend, request.fixturenames)


@pytest.fixture
def world(begun: tuple[World, Any]) -> World:
    """Three services on a standing clock, with empty databases but for what a test says that it begins with."""
    return begun[0]


@pytest.fixture
def life(begun: tuple[World, Any]) -> Life:
    """A man of the programme to whom everything happened that can be recorded; every event has arrived."""
    made: Life = begun[1]
    return made


@pytest.fixture
def programme(begun: tuple[World, Any]) -> Programme101:
    """A partner with a shed, its people, a care organisation and a mentor; every event has arrived."""
    made = begun[1]
    return made.programme if isinstance(made, Life) else made


def pytest_sessionfinish(session: pytest.Session) -> None:
    for opened in _opened.values():
        opened.close()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.outcome == "passed":
        kinds = [
            kind for kind in (backends.SQLITE_FEED, backends.POSTGRESQL_RABBITMQ) if kind in report.nodeid
        ]
        _ran[kinds[0] if kinds else "neither"] += 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The last lines say what the tests ran on, so that a green run cannot hide a missing server."""
    write = terminalreporter.write_line
    write("")
    write(f"Passed on SQLite with the feed:      {_ran[backends.SQLITE_FEED]}")
    write(f"Passed on PostgreSQL with RabbitMQ:  {_ran[backends.POSTGRESQL_RABBITMQ]}")
    write(f"Passed with no need of either:       {_ran['neither']}")
    if backends.POSTGRESQL_RABBITMQ not in backends.available():
        write("PostgreSQL or RabbitMQ does not answer here, so nothing ran on them.")


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[MailServer]:
    """A mail server that hands everything to the postbox."""
    with serving(postbox) as there:
        yield there
