"""Looking at pages as people do, and at each with everything that must hold of any page."""

import gzip
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Response

from shared.web.templates import ASSETS

TALLEST = 15_000
"""Pixels of a page that its picture shows: a browser takes none that is much taller."""
PICTURES = Path(__file__).parents[2] / "build" / "pages"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
HEAVIEST = 100_000
LOOK = sum(len(gzip.compress(path.read_bytes())) for path in ASSETS.iterdir())
"""What the style and the mark weigh, which every page shares."""
MOST_TABS = 80


def _is_a_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


class Look:
    """A browser with one page open, of a width, in a language, with JavaScript or without."""

    def __init__(self, context: BrowserContext, width: int, language: str, javascript: bool) -> None:
        self.context, self.width, self.language, self.javascript = context, width, language, javascript
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda said: self._hear(said.type, said.text))
        self.page = context.new_page()
        self._metrics = context.new_cdp_session(self.page)

    def _hear(self, kind: str, text: str) -> None:
        """A status of 4xx is said on the console too; it is looked at where it is expected."""
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    # ---- going about

    def go(self, path: str, status: int = 200) -> Response:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return answer

    def press(self, form: str, status: int = 200) -> None:
        """Press the button of a form."""
        self._leave(self.page.locator(f"{form} button").first.click, status)

    def follow(self, link: str) -> None:
        """Follow a link, by how it ends."""
        self._leave(self.page.locator(f'main a[href$="{link}"]').first.click, 200)

    def _leave(self, by: Callable[[], None], status: int) -> None:
        """Do what leads to another page, and wait until that is there."""
        with self.page.expect_event("load"), self.page.expect_response(_is_a_page) as came:
            by()
        assert came.value.status == status, f"{came.value.url}: {came.value.status}"

    def fill(self, typed: Mapping[str, str]) -> None:
        """Type into fields, by their names."""
        for name, value in typed.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def choose(self, value: str) -> None:
        self.page.locator(f'input[type=radio][value="{value}"]').check()

    def tab_to(self, target: str) -> None:
        """Go to something with the Tab key alone, and press Enter there."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.locator(f"{target}:focus").count():
                self._leave(lambda: self.page.keyboard.press("Enter"), 200)
                return
        raise AssertionError(f"Tab does not lead to {target} on {self.page.url}.")

    def find(self, what: str) -> Locator:
        return self.page.locator(what)

    @property
    def path(self) -> str:
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    # ---- what must hold of any page, in any state

    def check(self, name: str) -> None:
        """Look at the page as it is now; a picture of it is kept under this name."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.language
        assert page.locator("h1").count() == 1
        assert page.locator("script").count() == 0
        assert self._is_wide() <= self.width, f"{self.path} is wider than {self.width} px."
        weight = len(gzip.compress(page.content().encode())) + LOOK
        assert weight < HEAVIEST, f"{self.path} weighs {weight} bytes."
        PICTURES.mkdir(parents=True, exist_ok=True)
        kind = f"{self.width}-{self.language}-{'js' if self.javascript else 'nojs'}"
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        whole = {"x": 0, "y": 0, "width": self.width, "height": tall}
        page.screenshot(path=PICTURES / f"{name}-{kind}.png", full_page=True, clip=whole)
        if self.javascript:
            assert self.barriers() == [], self.path

    def barriers(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA."""
        found: dict[str, Any] = Axe().run(self.page, options=WCAG).response
        return [
            f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def _is_wide(self) -> float:
        return float(self._metrics.send("Page.getLayoutMetrics")["cssContentSize"]["width"])

    def check_at(self, width: int) -> None:
        """It fits another width too."""
        assert self.page.viewport_size is not None
        self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})
        assert self._is_wide() <= width, f"{self.path} is wider than {width} px."
        self.page.set_viewport_size({"width": self.width, "height": self.page.viewport_size["height"]})
