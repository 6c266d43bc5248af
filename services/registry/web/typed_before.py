"""What somebody had typed before he had to sign in: it is shown to him again once he has, and to nobody else.

It stands in the page on which he signs in, and nowhere else. Who else signs in there is not given it: it may
say of a man what he may not know, and would be sent in his name.
"""

from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import MultiDict

from shared.actor import Role
from shared.web.addresses import next_page
from shared.web.language import gettext, keep_language
from shared.web.language import later as _
from shared.web.navigation import home, is_a_page_of_ours
from shared.web.pages import Visit
from shared.web.whose import WHOSE, is_mark_of

KEPT = "kept."


def kept_in(came: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What was kept in a form that was sent here."""
    return [
        (name.removeprefix(KEPT), value)
        for name in came
        if name.startswith(KEPT)
        for value in came.getlist(name)
    ]


def is_of_another(account_id: UUID | str) -> bool:
    """Whether something was kept that was typed by somebody else, or by nobody knows whom."""
    kept = dict(_kept())
    return bool(kept) and not is_mark_of(kept.get(WHOSE, ""), account_id)


def let_in(visit: Visit, role: Role, language: str | None) -> Response:
    """On to where he wanted to go, who has signed in; what he had typed before is shown to him first."""
    origin, kept = visit.service.settings.origin, _kept()
    if kept:
        answer = go_on(visit, request.form["next"], kept, gettext(_SIGNED_IN_AGAIN))
    else:
        answer = visit.go(next_page(home(role)))
    keep_language(answer, origin, language)
    return answer


def go_on(visit: Visit, place: str, kept: list[tuple[str, str]], why: str) -> Response:
    """What was typed, to be sent with one press, in yet another language too."""
    return visit.show("go_on.html", next=place, here=place, kept=kept, carried=kept, why=why)


def _kept() -> list[tuple[str, str]]:
    """What was kept in the form of this sign-in, where it can be sent on to a page of ours."""
    return kept_in(MultiDict(request.form)) if is_a_page_of_ours(request.form.get("next", "")) else []


_SIGNED_IN_AGAIN = _("You are signed in again. What you typed was kept, and is not sent yet.")
