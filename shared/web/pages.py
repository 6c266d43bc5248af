"""A page is a row: its path, the view that makes it, and whose page it is.

A view is given a `Visit` and the variables of its path. Whatever the API refuses becomes a page in words:
one that asks to sign in, with what was typed kept; or one that says what is the matter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, send_from_directory
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from shared.actor import Actor, Role
from shared.errors import CrossSite, Unauthenticated
from shared.http import problems
from shared.http.headers import PAGES_POLICY
from shared.http.sign_in_cookie import name_of
from shared.permissions import Policy
from shared.same_origin import is_ours
from shared.unit_of_work import Service
from shared.web import language
from shared.web.client import APPLICATIONS, Refusal, Told, ask
from shared.web.language import gettext
from shared.web.navigation import SIGN_IN
from shared.web.templates import ASSETS, Templates, as_asked
from shared.web.whose import TypedByAnother, TypedForAnother, refuse_what_another_typed

ALWAYS_SECRET = frozenset({"password", "code", "secret"})
"""What no page keeps of what is typed, whatever it says itself."""


@dataclass(frozen=True)
class Page:
    """One page. `roles` are those it is for; None: anybody, signed in or not.

    `forgets` names what is secret of what is typed: it is not kept while somebody signs in again, or chooses
    another language.
    """

    path: str
    view: Callable[..., Any]
    roles: frozenset[Role] | None
    method: str = "GET"
    forgets: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"page.{self.view.__name__}.{self.method.lower()}"


@dataclass(frozen=True)
class Visit:
    """Somebody looks at a page: who, of which service, and what a view may do about it.

    `kept` is what he typed before into a form that he is shown again.
    """

    service: Service[Any]
    templates: Templates
    actor: Actor | None
    forgets: frozenset[str] = frozenset()
    kept: MultiDict[str, str] | None = None

    @property
    def typed(self) -> MultiDict[str, str]:
        """What he typed into the form of this page: what is sent now, or was kept."""
        return request.form if self.kept is None else self.kept

    def ask(self, path: str, **query: Any) -> Told:
        """What the API says to this visitor. Raises `Refusal`."""
        return ask("GET", path, query={name: value for name, value in query.items() if value is not None})

    def send(self, path: str, values: Any, *, method: str = "POST", **headers: str) -> Told:
        """Let the API do something for this visitor. Raises `Refusal`."""
        return ask(method, path, values=values, headers=headers)

    def may(self, policy: Policy) -> bool:
        """Whether his role allows it: no page offers a way that ends in a refusal. The API decides."""
        return self.actor is not None and policy.allows(self.actor)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page from its template. Who chooses another language on it takes along what he had typed."""
        if "carried" not in context:
            context["carried"] = typed_here(self.forgets)
        context.setdefault("takes_along", False)
        html = self.templates.render(template, self.actor, **context)
        headers = {"Content-Security-Policy": PAGES_POLICY, "Cache-Control": "no-store"}
        return Response(html, status, headers, content_type="text/html; charset=utf-8")

    def go(self, path: str, said: str | None = None) -> Response:
        """Send the browser on, after something was done; `said` names the words that it then reads."""
        answer = redirect(f"{path}{'&' if '?' in path else '?'}said={said}" if said else path, 303)
        assert isinstance(answer, Response)
        return answer


def install(
    app: Flask, service: Service[Any], pages: Sequence[Page], authenticate: Callable[[], Actor]
) -> None:
    """Add the pages of a service, its style, and the choice of a language, to its application."""
    templates = Templates(service)
    app.extensions["service"], app.extensions["templates"] = service, templates
    app.extensions[APPLICATIONS] = {service.name: app}
    app.extensions["pages"] = list(pages)
    for page in pages:
        app.add_url_rule(
            f"/{service.name}/pages{page.path}",
            page.name,
            _responder(page, service, templates, authenticate),
            methods=[page.method],
            provide_automatic_options=False,
        )

    for kind in (NotFound, MethodNotAllowed, RequestEntityTooLarge):
        app.register_error_handler(kind, _refuser(service, templates, authenticate))

    @app.get(f"/{service.name}/assets/<name>")
    def assets(name: str) -> Response:
        return send_from_directory(ASSETS, name, max_age=language.A_YEAR)


def _responder(
    page: Page, service: Service[Any], templates: Templates, authenticate: Callable[[], Actor]
) -> Callable[..., Any]:
    def respond(**variables: Any) -> Any:
        _choose_language(service)
        visit = Visit(service, templates, None, page.forgets)
        try:
            _refuse_other_sites(page, service.settings.origin)
            visit = Visit(service, templates, _visitor(authenticate), page.forgets)
            refuse_what_another_typed(visit.actor)
            if page.roles is not None:
                _refuse_other_roles(page.roles, visit.actor)
            return page.view(visit, **variables)
        except Unauthenticated:
            return _sign_in_first(visit, page)
        except Refusal as refusal:
            return _sign_in_first(visit, page) if refusal.status == 401 else _in_words(visit, refusal.status)
        except Exception as error:  # noqa: BLE001 (whatever it is, he reads a page and not a trace)
            return _of_error(visit, error)

    respond.__name__ = page.name
    return respond


def _refuser(
    service: Service[Any], templates: Templates, authenticate: Callable[[], Actor]
) -> Callable[[HTTPException], Response]:
    """What is refused before any view is found: in words where it is a page, else as a problem."""

    def refuse(error: HTTPException) -> Response:
        if not request.path.startswith(f"/{service.name}/pages/"):
            return problems.of(error)
        _choose_language(service)
        return _in_words(Visit(service, templates, _visitor(authenticate)), _status_of(error))

    return refuse


def _choose_language(service: Service[Any]) -> None:
    g.language = language.chosen(request, name_of(service.settings.origin) + language.COOKIE_SUFFIX)


def _visitor(authenticate: Callable[[], Actor]) -> Actor | None:
    """Who looks, as far as that is known."""
    try:
        return authenticate()
    except Unauthenticated:
        return None


def _refuse_other_roles(roles: frozenset[Role], actor: Actor | None) -> None:
    """Raises `Unauthenticated`, or `NotFound` for somebody whose page it is not."""
    if actor is None:
        raise Unauthenticated
    if actor.role not in roles:
        raise NotFound


def _refuse_other_sites(page: Page, own: str) -> None:
    """What a browser sends for a page of another site is not done, signed in or not."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    # Who says neither is no browser of today, and no other site's page could make one keep silent.
    if page.method == "POST" and (site or origin) and not is_ours(own, site, origin):
        raise CrossSite


def _sign_in_first(visit: Visit, page: Page) -> Response:
    """To the sign-in; what was typed goes along, but for secrets, and comes back when he has signed in."""
    if request.method == "GET":
        return visit.go(f"{SIGN_IN}?{urlencode({'next': as_asked()}, safe='/')}")
    kept = typed_here(page.forgets)
    return visit.show(
        "sign_in.html", 401, next=request.path, kept=kept, again=True, typed={}, errors=[], at=""
    )


def _of_error(visit: Visit, error: Exception) -> Response:
    if not isinstance(error, TypedByAnother | TypedForAnother):
        return _in_words(visit, _status_of(error))
    # It cannot be sent from here. A code is soon chosen again; what he wrote himself, he is given back.
    own = typed_here(visit.forgets) if isinstance(error, TypedForAnother) else []
    wrote = [text for _name, text in own if " " in text.strip()]
    return _refused(visit, _status_of(error), error.words, wrote)


def _status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.code or 500
    return problems.of(error).status_code


def _in_words(visit: Visit, status: int) -> Response:
    if status in (400, 422) and request.method == "GET":
        status = 404  # the address names what there is not
    return _refused(visit, status, _WORDS[status if status in _WORDS else 500])


def _refused(visit: Visit, status: int, words: tuple[str, str], wrote: Sequence[str] = ()) -> Response:
    title, text = map(gettext, words)
    return visit.show("refused.html", status, title=title, text=text, wrote=wrote, carried=[])


_ = language.later
_WORDS: Mapping[int, tuple[str, str]] = {
    403: (_("You may not do this"), _("Your account is not meant for this. Nothing was changed.")),
    404: (_("There is nothing here"), _("It does not exist, or it is not for you to see.")),
    405: (_("This page is not sent to"), _("Go back, and press the button of the page that you came from.")),
    409: (_("It is not as it was"), _("Somebody changed it meanwhile. Go back, and see what it is now.")),
    412: (_("It is not as it was"), _("Somebody changed it meanwhile. Go back, and see what it is now.")),
    413: (_("That was too much at once"), _("Nothing was changed. Go back; what you typed is still there.")),
    429: (_("That was very often"), _("Wait a minute, then go on. Nothing was lost.")),
    500: (_("Something went wrong on our side"), _("Nothing was changed. Go back and try again.")),
    503: (_("Just now it does not answer"), _("Nothing was changed. Wait a moment, go back and try again.")),
}  # fmt: skip


def typed_here(forgets: frozenset[str]) -> list[tuple[str, str]]:
    """What was typed into the form that was sent here, but for secrets; nothing where one only looks."""
    if request.method != "POST":
        return []
    names = [name for name in request.form if name not in forgets | ALWAYS_SECRET]
    return [(name, value) for name in names for value in request.form.getlist(name)]
