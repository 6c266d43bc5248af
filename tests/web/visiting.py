"""Somebody at a browser without JavaScript: he looks at a page, types into its forms, and presses a button."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from shared.actor import Role
from shared.http.sign_in_cookie import name_of
from shared.web.client import APPLICATIONS
from tests.builders.people import Programme101
from tests.builders.standing_in import account_of, an_account
from tests.edge.people import signed_in
from tests.world import Answer, Caller, World

ORIGIN = "http://127.0.0.1:8000"
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Form:
    """A form as a browser has it: where it goes, what is in it already, its buttons' text."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    identity: str = ""

    def typed(self, **typed: Any) -> list[tuple[str, str]]:
        """What is sent when this is typed; `__` stands for a dot, `--` is written as `_of_`."""
        named = {name.replace("__", ".").replace("_of_", "-"): value for name, value in typed.items()}
        return self.filled(named)

    def filled(self, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in self.fields if name not in typed]
        lists = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        return kept + [(name, one) for name, several in lists.items() for one in several]


class _Reader(HTMLParser):
    """Reads what a test asks of a page. What is typed by people stands in `words`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.named: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.errors: list[tuple[str, str]] = []
        self.elsewhere: list[tuple[str, Form]] = []
        self._form: Form | None = None
        self._select = self._textarea = ""
        self._link = ""
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "form":
            self._form = Form(given.get("action", ""), identity=given.get("id", ""))
            self.forms.append(self._form)
        elif tag == "button" and "formaction" in given:
            (form,) = [one for one in self.forms if one.identity == given["form"]]
            self.elsewhere.append((given["lang"], Form(given["formaction"], form.fields)))
        elif tag == "a":
            self._link = given.get("href", "")
            self.links.append(self._link)
            self.named.append((self._link, ""))
        elif tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._textarea = given.get("name", "")  # without one, nothing of it is sent
        elif tag == "select":
            self._select, self._chosen = given["name"], None
        elif tag == "option" and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value", "")

    def _input(self, given: Mapping[str, str]) -> None:
        loose = given.get("type") in ("radio", "checkbox") and "checked" not in given
        if self._form is not None and "name" in given and not loose:
            self._form.fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "a":
            self._link = ""
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "select" and self._form is not None:
            self._form.fields.append((self._select, self._chosen or ""))

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._form is not None:
            self._form.text += data
            if self._textarea:
                # A browser drops the line that begins a text area.
                self._form.fields.append((self._textarea, data.removeprefix("\n")))
        if self._link:
            place, name = self.named[-1]
            self.named[-1] = (place, f"{name}{data}")
        if self._link.startswith("#") and self._link != "#main":
            self.errors.append((self._link[1:], data))


class Seen:
    """A page that came back, from an address."""

    def __init__(self, response: TestResponse) -> None:
        self.address = response.request.full_path.rstrip("?")
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.get_data(as_text=True)
        self.type = response.mimetype
        self._read = _Reader()
        if self.type == "text/html":
            self._read.feed(self.text)

    @property
    def location(self) -> str:
        """Where it leads on, without what is said there."""
        return self.headers["Location"].partition("?")[0]

    @property
    def said(self) -> str:
        return self.headers["Location"].partition("said=")[2]

    @property
    def forms(self) -> list[Form]:
        """Its forms, but for those that stand on every page."""
        common = ("/registry/pages/language", "/registry/pages/sign-out")
        return [form for form in self._read.forms if form.action not in common]

    @property
    def links(self) -> list[str]:
        return self._read.links

    @property
    def named_links(self) -> list[tuple[str, str]]:
        """Where each link leads, and how it is read aloud by itself."""
        return [(place, " ".join(name.split())) for place, name in self._read.named]

    @property
    def tags(self) -> list[str]:
        return self._read.tags

    @property
    def words(self) -> str:
        """All that one reads on it."""
        return " ".join(" ".join(self._read.words).split())

    @property
    def errors(self) -> list[str]:
        """Where its error summary leads to."""
        return [place for place, _ in self._read.errors]

    def form(self, action: str = "") -> Form:
        """The one form that goes there."""
        (found,) = [form for form in self.forms if form.action.endswith(action)]
        return found

    def in_language(self, code: str) -> Form:
        """The form at its foot that chooses a language; or the one on it, sent by the button that does."""
        for language, form in self._read.elsewhere:
            if language == code:
                return form
        (found,) = [form for form in self._read.forms if ("language", code) in form.fields]
        return found

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers.get('Location', '')} {self.words[:600]}>"


class Visitor:
    """Somebody at his browser, which keeps the cookies that it is given."""

    def __init__(self, origin: Any, secret: str | None = None, at: str = ORIGIN) -> None:
        self.at = at
        self.browser = Client(origin)
        if secret:
            self.browser.set_cookie(name_of(at), secret, domain="127.0.0.1")

    def get(self, path: str, expect: int | None = 200, **headers: str) -> Seen:
        """What a page is. To the key that a form's address is given, a browser goes by itself."""
        seen = self._open("GET", path, None, headers)
        if there := _with_its_key(path, seen):
            seen = self._open("GET", there, None, headers)
        assert expect in (None, seen.status), f"GET {path}: {seen}"
        return seen

    def post(self, path: str, typed: Any = (), expect: int | None = 303, **headers: str) -> Seen:
        """What came of it. To its form again, where it was not done, a browser goes by itself."""
        data: dict[str, list[str]] = {}
        for name, value in typed.items() if isinstance(typed, Mapping) else typed:
            data.setdefault(name, []).append(value)
        came = self._open("POST", path, None, OURS | headers, data=data)
        if is_shown_again(came):
            came = self._open("GET", came.headers["Location"], None, {})
        assert expect in (None, came.status), f"POST {path}: {came}"
        return came

    def press(self, form: Form, expect: int | None = 303, **typed: Any) -> Seen:
        """Press a form's button. Where it is sent on as it is, a browser does so by itself."""
        came = self.post(form.action, form.typed(**typed), None)
        if came.status == 307:
            came = self.post(came.headers["Location"], form.typed(**typed), None)
        assert expect in (None, came.status), f"POST {form.action}: {came}"
        return came

    def follow(self, seen: Seen) -> Seen:
        return self.get(seen.headers["Location"])

    def _open(self, method: str, path: str, expect: int | None, headers: Any, **body: Any) -> Seen:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.browser.open(path, method=method, headers=sent, base_url=self.at, **body)
        seen = Seen(answer)
        answer.close()
        if expect is not None:
            assert seen.status == expect, f"{method} {path}: {seen}"
        return seen


def is_shown_again(came: Answer | Seen) -> bool:
    """Whether what was sent is not done, and its form stands at an address of its own with it."""
    return came.status == 303 and "key=" in came.headers["Location"]


def on_from(caller: Caller, came: Answer) -> Answer:
    """What a caller of the API that sent a form comes to: as a browser, to the form itself where it is not done."""
    return caller.get(came.headers["Location"], expect=None) if is_shown_again(came) else came


def _with_its_key(path: str, came: Answer | Seen) -> str | None:
    """Where a form's page leads on, to the same address with a key."""
    there = str(came.headers.get("Location", ""))
    return there if came.status == 303 and there.startswith(f"{path.partition('?')[0]}?") else None


def show(caller: Caller, path: str, expect: int = 200, **headers: str) -> str:
    """A page as a caller of the API gets it; to the key of a form's address he goes by himself, as a browser."""
    came = caller.get(path, expect=None, **headers)
    if there := _with_its_key(path, came):
        came = caller.get(there, expect=None, **headers)
    assert came.status == expect, came
    return came.text


def visitor(world: World, account_id: UUID) -> Visitor:
    """Whoever an account is, signed in."""
    return Visitor(world.origin, signed_in(world, None, account_id).secret)  # type: ignore[arg-type]


def visiting(caller: Caller) -> Visitor:
    """A caller of the API, at his browser."""
    return visitor(caller.world, account_of(caller.world, caller))


def anybody(world: World) -> Visitor:
    return Visitor(world.origin)


def people(programme: Programme101) -> dict[Role, Visitor]:
    """One person in each role, signed in."""
    known = (programme.ambassador, programme.care_worker, programme.mentor, programme.coordinator)
    found = {caller.actor.role: visiting(caller) for caller in (*known, programme.administrator)}
    evaluator = an_account(programme.world, Role.EVALUATOR)
    return found | {Role.EVALUATOR: visitor(programme.world, evaluator)}


@contextmanager
def without(world: World, service: str, of: str, status: int = 503) -> Iterator[None]:
    """While a service does not answer the pages of another, or only with a status that is no answer of it."""
    silent, apps = Flask("silent"), world.origin.apps
    silent.register_error_handler(404, lambda _error: Response("no", status))
    with pytest.MonkeyPatch.context() as broken:
        broken.setitem(apps[of].extensions, APPLICATIONS, {**apps, service: silent})
        yield
