"""The edge: where the cookie that stands for a sign-in becomes the token that the services know.

The services check bearer tokens and see no sign-in cookie. In a single process `Edge` stands before them;
behind nginx its `auth_request` asks `TokenEndpoint` before it passes a request on. Both hand the same
`Exchange` what they were sent.
"""

import hmac
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from urllib.parse import unquote

from flask import Response
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request

from shared.errors import SbsError, Unauthenticated
from shared.http import problems
from shared.http.headers import headers_of
from shared.http.recording import LONGEST_ADDRESS
from shared.http.sign_in_cookie import others_in, secret_in
from shared.web import plain

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

TOKEN_PATH = "/registry/internal/token"  # noqa: S105 - where tokens are had, and no token
SPEAKS_FOR_NOBODY = "Bearer -"
"""What becomes of a cookie that is good no more. The service refuses it, and puts that on record, as it does
any bad token; where a route asks nothing of anybody, it asks nothing of him either."""
_NOBODYS_TO_SAY = ("HTTP_X_SBS_", "HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class Exchange(Protocol):
    """Gives a token for the secret of a sign-in. Raises `Unauthenticated` or `Forbidden`."""

    def __call__(
        self,
        secret: str,
        *,
        method: str,
        path: str,
        site: str | None,
        origin: str | None,
        remote_address: str | None,
    ) -> str: ...


class Edge:
    """The exchange before the services of a single process.

    Who brings an Authorization header is taken at his word, cookie or not: it is checked by the service.
    """

    def __init__(self, app: WsgiApp, exchange: Exchange, origin: str) -> None:
        self._app, self._exchange, self._origin = app, exchange, origin

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        cookies = environ.pop("HTTP_COOKIE", "")
        for name in [name for name in environ if name.startswith(_NOBODYS_TO_SAY)]:
            del environ[name]
        others = others_in(cookies, self._origin)
        if others:
            environ["HTTP_COOKIE"] = others
        secret = secret_in(cookies, self._origin)
        if secret is not None and not environ.get("HTTP_AUTHORIZATION"):
            try:
                environ["HTTP_AUTHORIZATION"] = self._authorization(request, secret)
            except (SbsError, SQLAlchemyError) as error:
                return _hardened(_refusal(error, request.path), self._origin)(environ, start_response)
        return self._app(environ, start_response)

    def _authorization(self, request: Request, secret: str) -> str:
        return _authorization(self._exchange, request, secret, request.method, request.path)


class TokenEndpoint:
    """The exchange for nginx, which asks it about a request before it passes that on.

    It answers 204 with what to pass on as Authorization, or the status of a refusal with its problem in a
    header. To whoever does not show the secret it is not there: he gets what any unknown path gets.
    """

    def __init__(self, app: WsgiApp, exchange: Exchange, origin: str, secret: str) -> None:
        self._app, self._exchange, self._origin, self._secret = app, exchange, origin, secret

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path != TOKEN_PATH or not self._is_asked_by_the_proxy(request):
            return self._app(environ, start_response)
        return _hardened(self._answer(request), self._origin)(environ, start_response)

    def _is_asked_by_the_proxy(self, request: Request) -> bool:
        shown = request.headers.get("X-SBS-Edge-Secret", "")
        return request.method == "GET" and hmac.compare_digest(shown.encode(), self._secret.encode())

    def _answer(self, request: Request) -> Response:
        secret = secret_in(request.headers.get("Cookie", ""), self._origin)
        if secret is None:
            return Response(status=204)
        # The path as the service will read it: nginx passes on what it was sent, and each decodes it once.
        path = unquote(re.split("[?#]", request.headers.get("X-SBS-URI", ""))[0])
        method = request.headers.get("X-SBS-Method", "")
        try:
            given = _authorization(self._exchange, request, secret, method, path)
        except (SbsError, SQLAlchemyError) as error:
            refusal = problems.of(error)
            refusal.headers["X-SBS-Problem"] = refusal.get_data(as_text=True)
            return refusal
        return Response(status=204, headers={"X-SBS-Authorization": given})


def trusting(app: WsgiApp, proxies: int) -> WsgiApp:
    """The application, believing so many proxies about where a request comes from; none when it is 0."""
    return ProxyFix(app, x_for=proxies, x_proto=proxies) if proxies else app


def _authorization(exchange: Exchange, request: Request, secret: str, method: str, path: str) -> str:
    try:
        token = exchange(
            secret,
            method=method,
            path=path,
            site=request.headers.get("Sec-Fetch-Site"),
            origin=request.headers.get("Origin"),
            remote_address=(request.remote_addr or "")[:LONGEST_ADDRESS] or None,
        )
    except Unauthenticated:
        return SPEAKS_FOR_NOBODY
    return f"Bearer {token}"


def _refusal(error: Exception, path: str) -> Response:
    """In words where a person looks at a page, else as a problem."""
    problem = problems.of(error)
    if not plain.is_a_page(path):
        return problem
    page = plain.refused(problem.status_code)
    if "Retry-After" in problem.headers:
        page.headers["Retry-After"] = problem.headers["Retry-After"]
    return page


def _hardened(response: Response, origin: str) -> Response:
    for name, value in headers_of(origin).items():
        response.headers.setdefault(name, value)
    return response
