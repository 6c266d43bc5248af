"""Signing in with the operator's OpenID provider over HTTP: two places where a browser comes by itself.

They send it on, or tell what is wrong: in a page where it asks for one, else as a problem.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from html import escape
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import EXCLUDE, fields, validate

from services.registry.api.sign_ins import browser
from services.registry.settings import Settings
from services.registry.use_cases import openid
from services.registry.use_cases.openid_accounts import Comer
from shared.audit.deed import Action
from shared.errors import Forbidden, SbsError, Unauthenticated
from shared.http import problems, recording, sign_in_cookie
from shared.http.headers import page
from shared.http.routes import Route
from shared.http.schemas import Input
from shared.permissions import PUBLIC
from shared.tokens import Verifier
from shared.unit_of_work import Service

SIGN_IN, CALLBACK = "/openid/sign-in", "/openid/callback"
OWN_PATH = r"^/(?![/\\])[!-\[\]-~]*\Z"
"""A path of this origin: printable, and nothing that a browser could take for another host."""
RIGHT = "sign in with the OpenID provider"
COULD_NOT = "You could not be signed in"
MAY_NOT = "You may not come in"


class SignInQuery(Input):
    next = fields.String(
        load_default="/",
        validate=[validate.Length(1, 500), validate.Regexp(OWN_PATH, error="Give a path of this origin.")],
        metadata={"description": "Where to go then: a path of this origin."},
    )


class CallbackQuery(Input):
    """What a provider sends back. It may send more, which is passed over (RFC 6749, 4.1.2)."""

    class Meta:
        unknown = EXCLUDE

    state = fields.String(required=True, validate=validate.Length(1, 500))
    code = fields.String(validate=validate.Length(1, 4000))
    error = fields.String(validate=validate.Length(1, 200))
    iss = fields.String(validate=validate.Length(1, 500))


def _in_a_page(act: Callable[..., Response]) -> Callable[..., Response]:
    """Tell what is wrong in a page, where one is asked for; it is put on record all the same."""

    @wraps(act)
    def told(service: Service[Settings], *, query: Mapping[str, Any]) -> Response:
        deed = recording.current()
        deed.policy = RIGHT
        try:
            return act(service, query=query)
        except SbsError as error:
            if request.accept_mimetypes.best_match([problems.CONTENT_TYPE, "text/html"]) != "text/html":
                raise
            deed.reason = error.kind
            return _page(error)

    return told


@_in_a_page
def start_openid_sign_in(service: Service[Settings], *, query: Mapping[str, Any]) -> Response:
    """Go to the operator's OpenID provider to sign in.

    A cookie of ten minutes ties what comes back to this browser.
    """
    url, secret = openid.go_to_provider(service, query["next"])
    response = Response(status=302, headers={"Location": url})
    origin = service.settings.origin
    response.set_cookie(
        _cookie(origin), secret, max_age=openid.PENDING_FOR, **sign_in_cookie.attributes(origin)
    )
    return response


@_in_a_page
def finish_openid_sign_in(service: Service[Settings], *, query: Mapping[str, Any]) -> Response:
    """Come back from the OpenID provider: signed in, or told why not.

    The cookie that is set stands for the sign-in.
    """
    deed, origin = recording.current(), service.settings.origin
    comer = Comer(browser(), _present_sign_in(service))
    back = openid.Return(
        state=query["state"],
        code=query.get("code"),
        error=query.get("error"),
        issuer=query.get("iss"),
        secret=request.cookies.get(_cookie(origin)),
        comer=comer,
    )
    try:
        admitted, next_path = openid.come_back(service, back)
    finally:
        if comer.account_id is not None:
            deed.object_kind, deed.object_id = "account", comer.account_id
    deed.actor = admitted.actor
    response = Response(status=303, headers={"Location": next_path})
    sign_in_cookie.give(response, origin, admitted.secret)
    response.delete_cookie(_cookie(origin), **sign_in_cookie.attributes(origin))
    return response


def _present_sign_in(service: Service[Settings]) -> UUID | None:
    """The sign-in that the browser has still: the edge puts a token in the place of its cookie."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        verifier = Verifier(service.settings.trusted_keys, audience=service.name)
        return verifier.actor(token, service.clock.now()).sign_in_id
    except Unauthenticated:
        return None


def _cookie(origin: str) -> str:
    """What the cookie is called that ties a pending sign-in to a browser: after that of a sign-in."""
    return f"{sign_in_cookie.name_of(origin)}-openid"


def _page(error: SbsError) -> Response:
    title = MAY_NOT if isinstance(error, Forbidden) else COULD_NOT
    return page(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>
<h1>{title}</h1><p>{escape(error.detail)}</p><p><a href="/registry{SIGN_IN}">Begin again</a></p></html>""",
        problems.status_of(error),
    )


_STYLE = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}"
NO_PROVIDER = "This programme has no OpenID provider."
AWAY = "The provider, or the database, does not answer just now."

ROUTES = [
    Route(
        "GET",
        SIGN_IN,
        start_openid_sign_in,
        PUBLIC,
        query=SignInQuery,
        status=302,
        confidential=True,
        does=Action.EXECUTE,
        refuses={"404": NO_PROVIDER, "503": AWAY},
    ),
    Route(
        "GET",
        CALLBACK,
        finish_openid_sign_in,
        PUBLIC,
        query=CallbackQuery,
        status=303,
        confidential=True,
        does=Action.CREATE,
        refuses={
            "401": "It is not proven who he is: the provider refused, or what came back does not fit.",
            "403": "He has no role here, or a closed account; or his role needs a second factor.",
            "404": NO_PROVIDER,
            "503": AWAY,
        },
    ),
]
