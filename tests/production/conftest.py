"""One production set-up for all tests here, with a part of the example loaded."""

import pytest

from tests.journeys.live import wait_until
from tests.journeys.system import install
from tests.production.system import Production, missing, settle

WHY_NOT = missing()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory):
    """Set up, started, and loaded by an operator's command."""
    if WHY_NOT:
        pytest.skip(WHY_NOT)
    system = Production(tmp_path_factory.mktemp("production"))
    try:
        system.set_up()
        system.start_all()
        installed = install(tmp_path_factory.mktemp("part-of-the-example"))
        system.command(system.of_the_operator, "import", str(installed / "deploy" / "example"))
        system.write_tokens()
        yield system
    finally:
        system.end()


@pytest.fixture(scope="session")
def programme(loaded):
    """A view into its databases."""
    programme = loaded.programme()
    yield programme
    programme.dispose()


@pytest.fixture
def system(loaded, programme):
    """The same, with everything running and nothing on its way."""
    for service in ("registry", "referrals", "mentoring"):
        for role in ("serve", "worker"):
            if f"{service}.{role}" not in loaded.processes:
                loaded.start(role, service)
    wait_until(loaded.ready, loaded.said)
    settle(loaded, programme)
    return loaded
