"""The running system with its demonstration, and browsers for its people. What was seen is kept in `build/pages`."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from shared.actor import Role
from tests import backends
from tests.browser.demonstration import Demonstration
from tests.browser.looking import Look
from tests.journeys.system import System, install

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "chromium is not installed here (apt-get install chromium), so no page is looked at."
HEIGHT = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these are slow, run beside one system, and need a browser."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if PROGRAM is None and not backends.ALL:
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A small example programme, as `make start` starts it, and its people."""
    installed = install(tmp_path_factory.mktemp("installed"))
    system = System(backends.SQLITE_FEED, tmp_path_factory.mktemp("demonstration"), installed)
    try:
        system.begin()
        demonstration = Demonstration(system)
        demonstration.wait()
        yield demonstration
    finally:
        system.end()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def examined() -> set[tuple[str, bool, bool]]:
    """What axe has looked at so far."""
    return set()


@pytest.fixture
def look(
    demonstration: Demonstration, chromium: Browser, examined: set[tuple[str, bool, bool]]
) -> Iterator[Callable[..., Look]]:
    """Opens a browser; at the end no request of any has left the origin, and nothing in it went wrong."""
    opened: list[Look] = []

    def open_browser(width: int, language: str, javascript: bool = True, night: bool = False) -> Look:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale=language,
            java_script_enabled=javascript,
            color_scheme="dark" if night else "light",
            base_url=demonstration.origin,
        )
        opened.append(Look(context, width, language, javascript, night, examined))
        return opened[-1]

    yield open_browser
    for one in opened:
        strange = [url for url in one.asked if not url.startswith(f"{demonstration.origin}/")]
        one.context.close()
        assert one.asked
        assert strange == []
        assert one.complaints == []


@pytest.fixture
def person(look: Callable[..., Look]) -> Callable[..., Look]:
    """Somebody in a role, who has come in by the demonstration's one press."""

    def enter(role: Role, width: int = 390, language: str = "en", javascript: bool = True) -> Look:
        looking = look(width, language, javascript)
        looking.go("/")
        looking.enter(role.value)
        return looking

    return enter
