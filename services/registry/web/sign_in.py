"""Signing in and out, and choosing a language, by pages."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Response, g, request
from werkzeug.datastructures import MultiDict

from services.registry.use_cases.exchange import exchange
from services.registry.web.account import SECOND_FACTOR
from services.registry.web.men import forget_search
from services.registry.web.typed_before import go_on, is_of_another, kept_in, let_in
from shared.actor import Role
from shared.http.sign_in_cookie import secret_in, take_away
from shared.web.addresses import next_page, of_kept, with_again
from shared.web.client import Refusal, Told
from shared.web.kept_forms import AT, Keeping
from shared.web.language import LANGUAGES, gettext, keep_language
from shared.web.language import later as _
from shared.web.navigation import SIGN_IN, home
from shared.web.pages import ALWAYS_SECRET, Page, Visit
from shared.web.whose import TypedByAnother

SIGN_OUT = "/registry/sign-out"
KEPT_OF, LONGEST = (401, 403, 422), 254
"""Which refusals are kept, and of how long an e-mail address: anybody may send what is none, and often."""


def sign_in(visit: Visit) -> Response:
    """The page to sign in by; who has signed in goes on to where he begins."""
    if visit.actor is None:
        at = request.args.get("key", "")
        refused = _keeping(visit, at).find()
        if refused is None:
            return show_sign_in(visit)
        return show_sign_in(visit, refused.status, refused.typed, refused.said["error"], refused.typed, at=at)
    own = visit.ask("/registry/me").document if visit.actor.sign_in_id else {}
    if own.get("must_set_up_second_factor"):
        return visit.go(SECOND_FACTOR)
    answer = visit.go(next_page(home(visit.actor.role)))
    keep_language(answer, visit.service.settings.origin, own.get("language"))
    return answer


def send_sign_in(visit: Visit) -> Response:
    """Sign in with what was typed."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "code")}
    values = {name: value for name, value in typed.items() if value}
    try:
        told = visit.send("/registry/sign-ins", values | {"password": request.form.get("password", "")})
    except Refusal as refusal:
        return _ask_again(visit, refusal.status, typed["email"], _reason(refusal))
    if is_of_another(told.document["id"]):
        _end_at_once(visit, told)
        return show_kept_for_another(visit)
    return _signed_in(visit, told)


def _ask_again(visit: Visit, status: int, email: str, error: str) -> Response:
    """The page again, at an address of its own, as of any form (decision 0023).

    But where something was typed before he had to sign in, that is on no page but the answer to this.
    """
    typed, key = MultiDict({"email": email, "next": request.form.get("next", "")}), str(uuid4())
    _forget(visit)
    may_be = status in KEPT_OF and len(email) <= LONGEST and not kept_in(request.form)
    if not may_be or not _keeping(visit, key).keep(typed, status, {"error": error}):
        return show_sign_in(visit, status, typed, error)
    return visit.go(of_kept(SIGN_IN, key, typed, ()))


def _keeping(visit: Visit, key: str) -> Keeping:
    return Keeping(visit.service, None, SIGN_IN, key)


def _forget(visit: Visit) -> None:
    """That a sign-in was refused is no longer kept: he tried again, or is in."""
    _keeping(visit, request.form.get(AT, "")).forget()


def _signed_in(visit: Visit, told: Told) -> Response:
    """On to where he wanted to go, with the cookie."""
    _forget(visit)
    who = told.document
    if who["must_set_up_second_factor"]:
        answer = visit.go(SECOND_FACTOR)
        keep_language(answer, visit.service.settings.origin, who["language"])
    else:
        answer = let_in(visit, Role(who["role"]), who["language"])
    answer.headers.add("Set-Cookie", told.headers["Set-Cookie"])
    return answer


def _end_at_once(visit: Visit, told: Told) -> None:
    """End the sign-in that was just begun: its secret is given to nobody."""
    secret = secret_in(told.headers["Set-Cookie"].partition(";")[0], visit.service.settings.origin)
    assert secret is not None
    token = exchange(
        visit.service,
        secret,
        method="POST",
        path=SIGN_OUT,
        site="same-origin",
        origin=None,
        remote_address=request.remote_addr,
    )
    visit.send(SIGN_OUT, None, Authorization=f"Bearer {token}")


def show_kept_for_another(visit: Visit) -> Response:
    """Nobody is signed in over what somebody else typed: it stays on the page, for whoever typed it."""
    return show_sign_in(visit, 403, error=gettext(_OF_ANOTHER), kept_for_another=True)


def show_sign_in(
    visit: Visit,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    error: str | None = None,
    came: MultiDict[str, str] | None = None,
    *,
    kept_for_another: bool = False,
    at: str = "",
) -> Response:
    """The page, with what was typed before he was signed out, if anything was.

    That is taken from a form of ours alone: in an address it could be what somebody else wants him to send.
    """
    came = MultiDict(request.form) if came is None else came
    came.setdefault("next", request.args.get("next", ""))
    kept, settings = kept_in(came), visit.service.settings
    return visit.show(
        "sign_in_here.html",
        status,
        here=SIGN_IN,
        carried=[one for one in came.items(multi=True) if one[0] not in ALWAYS_SECRET],
        next=came["next"],
        kept=kept,
        again=bool(kept),
        typed=typed or {},
        errors=[{"at": "email", "text": error}] if error else [],
        kept_for_another=kept_for_another,
        at=at,
        openid=settings.openid,
    )


def send_sign_out(visit: Visit) -> Response:
    """Sign out, here and in every other place that this sign-in is used."""
    try:
        visit.send(SIGN_OUT, None)
    except Refusal as refusal:
        if refusal.status != 401:
            raise
    answer = visit.go(SIGN_IN, "signed_out")
    take_away(answer, visit.service.settings.origin)
    forget_search(answer, visit.service.settings.origin)
    return answer


def send_language(visit: Visit) -> Response:
    """Read the pages in another language from now on. What was typed on the page comes along."""
    origin = visit.service.settings.origin
    of_a_form = request.args.get("language", "")
    wanted = of_a_form or request.form.get("language", "")
    if wanted in LANGUAGES:
        g.language = wanted
    answer = _back_to_the_form(visit) if of_a_form else _back_with_what_was_typed(visit)
    if wanted in LANGUAGES:
        if visit.actor is not None:
            _keep(visit, wanted)
        keep_language(answer, origin, wanted)
    return answer


def _back_to_the_form(visit: Visit) -> Response:
    """To the form that was sent here by another button than its own, all of it, to be shown again."""
    answer = visit.go(with_again(next_page(SIGN_IN)))
    # The browser sends the same once more: it stands in no address, and nobody keeps it meanwhile.
    answer.status_code = 307
    return answer


def _back_with_what_was_typed(visit: Visit) -> Response:
    """To the page that it was chosen on, or to what he had typed there, which is not sent by this."""
    place, kept = next_page(SIGN_IN), kept_in(MultiDict(request.form))
    if not kept:
        return visit.go(place)
    if visit.actor is not None and is_of_another(visit.actor.id):
        raise TypedByAnother
    if place == SIGN_IN:
        came = MultiDict(kept)
        return show_sign_in(visit, typed=came, came=came)
    return go_on(visit, place, kept, gettext(_IN_ANOTHER_LANGUAGE))


def _keep(visit: Visit, language: str) -> None:
    """Let his e-mails be in it too. Who came by a token has no account to keep it in."""
    try:
        visit.send("/registry/me/wish", {"language": language})
    except Refusal as refusal:
        if refusal.status not in (401, 404):
            raise


def _reason(refusal: Refusal) -> str:
    """What to try, in words. Nothing of it tells whether somebody has an account."""
    if refusal.kind == "second-factor-needed":
        return gettext(_SECOND_FACTOR)
    if refusal.status == 429:
        return gettext(_WAIT, seconds=refusal.problem.get("retry_after", 60))
    return gettext(_NOT_RIGHT if refusal.status in (401, 422) else _NOT_NOW)


_IN_ANOTHER_LANGUAGE = _("You chose another language. What you typed was kept, and is not sent by that.")
_SECOND_FACTOR = _("The password is right. Type it again, and with it the code that your app shows now.")
_WAIT = _("It was tried too often. Wait %(seconds)s seconds, then try again.")
_OF_ANOTHER = _("Somebody else typed something here, and it is not for you to send.")
_NOT_RIGHT = _("Nobody can sign in with this. Look at what you typed, and try again.")
_NOT_NOW = _("Just now nobody can sign in. Wait a moment, then try again.")

PAGES: list[Any] = [
    Page("/sign-in", sign_in, None),
    Page("/sign-in", send_sign_in, None, "POST"),
    Page("/sign-out", send_sign_out, None, "POST"),
    Page("/language", send_language, None, "POST"),
]
