"""One's own account, by pages: the password, the second factor, and where one is signed in."""

from flask import Response, request

from services.registry.api.me import ChangePassword, SayWish
from shared.actor import PEOPLE
from shared.web.client import Refusal
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.navigation import ACCOUNT, home
from shared.web.pages import Page, Visit
from shared.web.reasons import reason

SECOND_FACTOR = f"{ACCOUNT}/second-factor"


def account(visit: Visit) -> Response:
    """Who one is here, and what one can do about it."""
    me = visit.ask("/registry/me").document
    sign_ins = visit.ask("/registry/me/sign-ins").document["items"]
    for one in sign_ins:
        one["browser"] = browser_in_words(one["user_agent"] or "")
    return visit.show("account.html", me=me, sign_ins=sign_ins)


def browser_in_words(agent: str) -> str:
    """What a browser calls itself, short: "Firefox, Windows"; of one that is not known, how it begins."""
    known = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, known)) if known[0] else agent[:LONG_ENOUGH]


# Most of them name others too, to be taken for them: who does so stands before whom he names.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
LONG_ENOUGH = 60


def second_factor(visit: Visit) -> Response:
    """The beginning of setting up an app that shows codes: the password once more."""
    return _ask_password(visit)


def send_second_factor(visit: Visit) -> Response:
    """The secret for the app, and the question for the first code that it shows."""
    try:
        told = visit.send("/registry/me/totp", {"password": request.form.get("password", "")})
    except Refusal as refusal:
        return _ask_password(visit, refusal)
    return _ask_code(visit, told.document["secret"], told.document["uri"])


def begin_again(visit: Visit) -> Response:
    """A secret is shown once: who comes back to it, in another language too, begins again."""
    return visit.go(SECOND_FACTOR)


def send_first_code(visit: Visit) -> Response:
    """The recovery codes, once the app has shown that it works."""
    secret, uri = request.form.get("secret", ""), request.form.get("uri", "")
    code = request.form.get("code", "").replace(" ", "")
    try:
        told = visit.send("/registry/me/totp/confirm", {"code": code})
    except Refusal as refusal:
        if refusal.status in (401, 403):
            raise
        return _ask_code(visit, secret, uri if uri.startswith("otpauth://") else "", refusal)
    assert visit.actor is not None
    return visit.show("recovery_codes.html", codes=told.document["codes"], on=home(visit.actor.role))


def send_end_others(visit: Visit) -> Response:
    """End every other sign-in of one's own."""
    visit.send("/registry/me/sign-ins/end_others", None)
    return visit.go(ACCOUNT, "ended_others")


def _ask_password(visit: Visit, refusal: Refusal | None = None) -> Response:
    return visit.show(
        "second_factor.html", refusal.status if refusal else 200, errors=_errors(refusal, "password")
    )


def _ask_code(visit: Visit, secret: str, uri: str, refusal: Refusal | None = None) -> Response:
    status = refusal.status if refusal else 200
    return visit.show("first_code.html", status, secret=secret, uri=uri, errors=_errors(refusal, "code"))


def _errors(refusal: Refusal | None, at: str) -> list[dict[str, str]]:
    if refusal is None:
        return []
    if refusal.status in (401, 403):
        raise refusal
    entries = refusal.problem.get("errors") or [{"detail": refusal.detail}]
    return [{"at": at, "text": reason(entry["detail"])} for entry in entries]


WISH = "/registry/me/wish"
FORMS = [
    FormPage(
        "wish",
        "/me/wish",
        WISH,
        SayWish,
        _("How you are told what waits for you"),
        _("Keep it"),
        PEOPLE,
        ACCOUNT,
        asks=(
            Ask("mail_when", _("When do you want an e-mail?"), thing="mail_when"),
            Ask("language", _("In which language?"), thing="spoken"),
        ),
        lead=_("An e-mail says that something waits, and never about whom."),
        about=WISH,
        starts_with=as_it_is,
    ),
    FormPage(
        "password",
        "/me/password",
        "/registry/me/password",
        ChangePassword,
        _("Change your password"),
        _("Change it"),
        PEOPLE,
        ACCOUNT,
        asks=(
            Ask("old", _("The password that you have now"), autocomplete="current-password"),
            Ask(
                "new",
                _("A new password"),
                _("At least 12 characters. Three words that do not belong together are good."),
                autocomplete="new-password",
            ),
        ),
        lead=_("Wherever else you are signed in, that ends."),
    ),
]

PAGES = [
    Page("/me", account, PEOPLE),
    Page("/me/second-factor", second_factor, PEOPLE),
    Page("/me/second-factor", send_second_factor, PEOPLE, "POST", frozenset({"password"})),
    Page("/me/second-factor/code", begin_again, PEOPLE),
    Page("/me/second-factor/code", send_first_code, PEOPLE, "POST", frozenset({"secret", "uri", "code"})),
    Page("/me/end-others", send_end_others, PEOPLE, "POST"),
    *pages_of(FORMS),
]
