"""The cookie that stands for a sign-in: what it is called, how it is set, how it is read and taken away.

With an https origin it is `__Host-` (RFC 6265bis): this host alone, the whole of it, never over plain HTTP.
A demonstration on http has no such cookies, and gets one that only that protection sets apart. Cookies
ignore ports, so there the port is part of the name: two programmes on one machine keep theirs apart.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Response


def name_of(origin: str) -> str:
    """What the cookie is called at this origin."""
    if origin.startswith("https://"):
        return "__Host-sbs"
    return f"sbs-{urlsplit(origin).port or 80}"


def secret_in(header: str, origin: str) -> str | None:
    """The secret that a Cookie header holds for this origin; None when there is none.

    Whatever else stands in it is passed over: the parsers of the standard library and of Werkzeug gave up
    the whole header, or failed, over another cookie that they could not read.
    """
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == name_of(origin) and value), None)


def others_in(header: str, origin: str) -> str:
    """What a service sees of a Cookie header: those called `<name_of(origin)>-...`, which sign nobody in."""
    ours = f"{name_of(origin)}-"
    pairs = map(str.strip, header.split(";"))
    return "; ".join(pair for pair in pairs if pair.startswith(ours) and pair.isascii())


def attributes(origin: str) -> dict[str, Any]:
    """How our cookies are set and taken away. Lax, since an OpenID provider's site sends the browser back."""
    return {"path": "/", "secure": origin.startswith("https://"), "httponly": True, "samesite": "Lax"}


def give(response: Response, origin: str, secret: str) -> None:
    """Set the cookie. It goes with the browser; the row it stands for says how long it is good."""
    response.set_cookie(name_of(origin), secret, **attributes(origin))


def take_away(response: Response, origin: str) -> None:
    """Let the browser forget the cookie."""
    response.delete_cookie(name_of(origin), **attributes(origin))
