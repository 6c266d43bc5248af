"""Looking at pages as people do, and at each with everything that must hold of any page."""

import base64
import gzip
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Response, Route

from shared.web.templates import ASSETS

TALLEST = 15_000
"""Pixels of a page that its picture shows: a browser takes none that is much taller."""
PICTURES = Path(__file__).parents[2] / "build" / "pages"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # What is only told of what is right costs three times as much as finding what is wrong.
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
}
WIDE = 641
"""From so many pixels on the style lays a page out for a desk: tables are no longer stacked."""
HEAVIEST = 100_000
LOOK = sum(len(gzip.compress(path.read_bytes())) for path in ASSETS.iterdir())
"""What the style and the mark weigh, which every page shares."""
MOST_TABS = 120
MENU = ".sbs-nav summary"
"""What opens the places at the top of a page, where the window is narrow and they are many."""


def _is_a_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


class Look:
    """A browser with one page open, of a width, in a language, with JavaScript or without.

    `examined` is what was looked at before. Every page is measured in every way; axe looks at each state stacked
    and wide, by day and at night, and a picture is kept of it at each width: in another language it is the same.
    """

    def __init__(
        self,
        context: BrowserContext,
        width: int,
        language: str,
        javascript: bool,
        night: bool,
        examined: set[tuple[object, ...]],
    ) -> None:
        self.context, self.width, self.language, self.javascript = context, width, language, javascript
        self._night, self._examined = night, examined
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda said: self._hear(said.type, said.text))
        self.page = context.new_page()
        self._browser = context.new_cdp_session(self.page)

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

    def enter(self, role: str) -> None:
        """Come in as the demonstration's person of a role, by its one press, and read in one's language."""
        self.press(f'.sbs-people:not(.sbs-people--short) form:has(input[name=role][value="{role}"])')
        if self.page.locator("html").get_attribute("lang") != self.language:
            # That person chose another in an earlier test, which is remembered.
            self.press(f'footer form:has(input[value="{self.language}"])')

    def follow(self, link: str) -> None:
        """Follow a link, by how it ends."""
        self._leave(self.page.locator(f'main a[href$="{link}"]').first.click, 200)

    def go_to(self, place: str) -> None:
        """Go to one of the places that stand at the top of every page, by the menu where they are folded."""
        link = self.page.locator(f'.sbs-nav a[href$="{place}"]')
        if not link.is_visible():
            self.page.locator(MENU).click()
        self._leave(link.click, 200)

    def go_on(self) -> None:
        """Follow the list to what comes next."""
        self._leave(self.page.locator('main a[href*="cursor="]').click, 200)

    def _leave(self, by: Callable[[], None], status: int) -> None:
        """Do what leads to another page, and wait until that is there."""
        with self.page.expect_event("load"), self.page.expect_response(_is_a_page) as came:
            by()
        assert came.value.status == status, f"{came.value.url}: {came.value.status}"

    def fill(self, typed: Mapping[str, str]) -> None:
        """Type into fields, by their names."""
        for name, value in typed.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def fill_day(self, name: str, day: date) -> None:
        """Type a day into its three fields."""
        self.fill({f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")})

    def choose(self, value: str) -> None:
        self.page.locator(f'input[type=radio][value="{value}"]').check()

    def press_twice(self, form: str, comes_to: str) -> None:
        """Press the button of a form again before the first press is answered, as with a slow line."""
        self.page.locator(f"{form} button").first.dblclick()
        self.page.wait_for_url(comes_to)

    def press_in_vain(self, form: str, how: str, *, after_it_came: bool = False) -> None:
        """Press the button of a form while the line is broken: on the way there, or on the way back."""

        def lose(route: Route) -> None:
            if after_it_came:
                # What says whose page it is, a browser adds on the way out, where this does not see it.
                route.fetch(
                    headers=route.request.headers | {"sec-fetch-site": "same-origin"}, max_redirects=0
                )
            route.abort(how)

        self.context.route("**", lose)
        self.page.locator(f"{form} button").first.click()
        self.page.wait_for_url("chrome-error://**")
        self.context.unroute("**", lose)
        self.complaints.clear()  # A browser complains of a broken line, as it should.

    # ---- by the keyboard alone

    def reach(self, target: str) -> None:
        """Go to something with the Tab key alone."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.locator(f"{target}:focus").count():
                return
        raise AssertionError(f"Tab does not lead to {target} on {self.page.url}.")

    def tab_to(self, target: str) -> None:
        """Go to something with the Tab key alone, and press Enter there."""
        self.reach(target)
        self._leave(lambda: self.page.keyboard.press("Enter"), 200)

    def tab_to_place(self, place: str) -> None:
        """Go to one of the places at the top with the Tab key alone, by the menu where they are folded."""
        link = f'.sbs-nav a[href$="{place}"]'
        if not self.page.locator(link).is_visible():
            self.reach(MENU)
            self.page.keyboard.press("Enter")
        self.tab_to(link)

    def type_into(self, name: str, text: str) -> None:
        """Go to a field with the Tab key alone, and type."""
        self.reach(f'main [name="{name}"]')
        self.page.keyboard.type(text)

    # ---- what is there

    def find(self, what: str) -> Locator:
        return self.page.locator(what)

    @property
    def words(self) -> str:
        """What one reads on the page itself."""
        return self.page.locator("main").inner_text()

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
        assert self._size()["width"] <= self.width, f"{self.path} is wider than {self.width} px."
        weight = len(gzip.compress(page.content().encode())) + LOOK
        assert weight < HEAVIEST, f"{self.path} weighs {weight} bytes."
        if self._is_first("picture", name, self.width):
            self._keep_picture(name)
        if self.javascript and self._is_first("axe", name, self.width >= WIDE):
            assert self.barriers() == [], self.path

    def _is_first(self, *what: object) -> bool:
        """Whether this is looked at for the first time, by day or at night."""
        known = (*what, self._night) in self._examined
        self._examined.add((*what, self._night))
        return not known

    def _keep_picture(self, name: str) -> None:
        """The whole page, by the browser's own means, which take a third of the time of Playwright's."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        kind = f"{self.width}-{self.language}-{'js' if self.javascript else 'nojs'}{'-night' * self._night}"
        tall = min(self._size()["height"], TALLEST)
        whole = {"x": 0, "y": 0, "width": self.width, "height": tall, "scale": 1}
        how = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": whole}
        taken = self._browser.send("Page.captureScreenshot", how)
        (PICTURES / f"{name}-{kind}.png").write_bytes(base64.b64decode(taken["data"]))

    def barriers(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA."""
        found: dict[str, Any] = Axe().run(self.page, options=WCAG).response
        return [
            f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def _size(self) -> Mapping[str, float]:
        found: Mapping[str, float] = self._browser.send("Page.getLayoutMetrics")["cssContentSize"]
        return found

    def check_at(self, width: int) -> None:
        """It fits another width too."""
        assert self.page.viewport_size is not None
        self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})
        assert self._size()["width"] <= width, f"{self.path} is wider than {width} px."
        self.page.set_viewport_size({"width": self.width, "height": self.page.viewport_size["height"]})
