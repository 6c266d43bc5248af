"""The page that a link leads to, by which somebody comes in: whose account it is, and his password.

Looking does not use the link up: programs that look after e-mail open every link before its reader does.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import Response, request

from services.registry.api.account_fields import Password
from services.registry.api.sign_ins import UseLink
from shared.http.sign_in_cookie import take_away
from shared.secrets import LINK_PLACE
from shared.web.client import Refusal
from shared.web.forms import Ask, errors_of, shown
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.navigation import SIGN_IN
from shared.web.pages import Page, Visit


class UseLinkOnPage(UseLink):
    """On a page it is typed twice: nobody sees what he types, and the link works once."""

    again = Password()


NOTHING: Mapping[str, str] = MappingProxyType({})
ASKS = (
    Ask(
        "password",
        _("A password"),
        _("At least 12 characters. Three words that do not belong together are good."),
        autocomplete="new-password",
    ),
    Ask("again", _("The same password again"), autocomplete="new-password"),
)


def link(visit: Visit, secret: str) -> Response:
    """Whose account the link opens, and the question for a password."""
    try:
        return _show(visit, _look(visit, secret))
    except Refusal as refusal:
        return _gone(visit, refusal)


def send_link(visit: Visit, secret: str) -> Response:
    """Let him in with the password that he chose; whoever was signed in at this browser is so no more."""
    typed = {name: request.form.get(name, "") for name in ("password", "again")}
    try:
        seen = _look(visit, secret)
    except Refusal as refusal:
        return _gone(visit, refusal)
    if typed["password"] != typed["again"]:
        return _show(visit, seen, {"again": gettext(_DIFFERENT)})
    try:
        visit.send("/registry/links/use", {"secret": secret, "password": typed["password"]})
    except Refusal as refusal:
        if refusal.status != 422:
            return _gone(visit, refusal)
        return _show(visit, seen, *errors_of(refusal.problem, ASKS))
    answer = visit.go(SIGN_IN, "link_used")
    if visit.actor is not None:
        _sign_out(visit, answer)
    return answer


def _look(visit: Visit, secret: str) -> dict[str, Any]:
    seen: dict[str, Any] = visit.send("/registry/links/look", {"secret": secret}).document
    return seen


def _show(
    visit: Visit, seen: Mapping[str, Any], by_field: Mapping[str, str] = NOTHING, others: Sequence[str] = ()
) -> Response:
    wrong = bool(by_field or others)
    fields = shown(UseLinkOnPage(), ASKS, {}, by_field)
    return visit.show(
        "link.html", 422 if wrong else 200, seen=seen, fields=fields, others=others, errors=wrong
    )


def _gone(visit: Visit, refusal: Refusal) -> Response:
    """Of a link that was used, is too old or never was, one page says whom to ask."""
    if refusal.status not in (404, 422):
        raise refusal
    return visit.show("link_gone.html", 404)


def _sign_out(visit: Visit, answer: Response) -> None:
    try:
        visit.send("/registry/sign-out", None)
    except Refusal as refusal:
        if refusal.status != 401:  # the link itself may have ended his sign-ins
            raise
    take_away(answer, visit.service.settings.origin)


_DIFFERENT = _("The two are not the same. Type both again.")
_PATH = f"{LINK_PLACE.removeprefix('/registry/pages')}/<secret>"

PAGES = [
    Page(_PATH, link, None),
    Page(_PATH, send_link, None, "POST", frozenset({"password", "again"})),
]
