"""Writing the configuration of nginx before the three services.

What the services say of themselves is not said again in the templates: their headers, their problems, which
routes take no credentials, how long a file may be.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from services.mentoring.api import ROUTES as MENTORING
from services.mentoring.web import PAGES as MENTORING_PAGES
from services.referrals.api import ROUTES as REFERRALS
from services.referrals.web import PAGES as REFERRALS_PAGES
from services.registry.api import ROUTES as REGISTRY
from services.registry.web import PAGES as REGISTRY_PAGES
from shared.errors import CrossSite, TooManyRequests, Unavailable
from shared.http.body import LONGEST_UPLOAD
from shared.http.headers import PAGES_POLICY, headers_of
from shared.http.problems import problem
from shared.http.sign_in_cookie import name_of
from shared.permissions import PUBLIC
from shared.web import plain

TEMPLATES = Path(__file__).parent / "nginx"
ROUTES = {"registry": REGISTRY, "referrals": REFERRALS, "mentoring": MENTORING}
PAGES = {"registry": REGISTRY_PAGES, "referrals": REFERRALS_PAGES, "mentoring": MENTORING_PAGES}
GUESS_NOTHING = frozenset({"/sign-out", "/language", "/demonstration"})
"""Pages to which anybody may send something, and none of it a credential."""
STATUSES = (400, 403, 404, 405, 408, 413, 414, 415, 421, 429, 431, 501, 503)
IN_OUR_WORDS = {403: CrossSite, 429: TooManyRequests, 503: Unavailable}
MIB = 1024 * 1024


class _OnlyOurs(Template):
    """Fills in `${CAPITALS}` and leaves nginx's own `$variables` as they are."""

    idpattern = "[A-Z_]+"
    flags = re.NOFLAG


@dataclass(frozen=True)
class Proxy:
    """What the operator says of nginx: where it listens, its certificate, and where the services do.

    Without a certificate it serves plain HTTP: something before it, on this machine, ends TLS.
    """

    origin: str
    edge_secret: str
    listen: tuple[str, ...]
    registry: str
    referrals: str
    mentoring: str
    log: str
    error_log: str
    certificate: str | None = None
    key: str | None = None
    listen_plain: tuple[str, ...] = ()
    requests_per_second: int = 50


def configuration(proxy: Proxy, public: Iterable[str]) -> str:
    """The configuration; `public` are patterns of the paths that take no credentials."""
    server_name = urlsplit(proxy.origin).hostname
    tls = {"CERTIFICATE": proxy.certificate, "KEY": proxy.key}
    redirect = {
        "LISTEN": _listen(proxy.listen_plain),
        "SERVER_NAME": server_name,
        "ORIGIN": proxy.origin,
    }
    return _filled(
        "sbs",
        ORIGIN=proxy.origin,
        SERVER_NAME=server_name,
        COOKIE=re.escape(name_of(proxy.origin)),
        EDGE_SECRET=proxy.edge_secret,
        REGISTRY=proxy.registry,
        REFERRALS=proxy.referrals,
        MENTORING=proxy.mentoring,
        LISTEN=_listen(proxy.listen, " ssl" if proxy.certificate else ""),
        TLS=_filled("tls", **tls) if proxy.certificate else "",
        REDIRECT=_filled("redirect", **redirect) if proxy.listen_plain else "",
        REQUESTS_PER_SECOND=proxy.requests_per_second,
        BURST=2 * proxy.requests_per_second,
        LOG=proxy.log,
        ERROR_LOG=proxy.error_log,
        LONGEST_UPLOAD=f"{LONGEST_UPLOAD // MIB + 1}m",
        PUBLIC=_counted("[A-Z]+", public),
        PUBLIC_PAGES=_counted("POST", public_pages()),
        PROBLEMS="\n".join(f"    {status} '{_problem(status)}';" for status in STATUSES),
        HEADERS=_headers(headers_of(proxy.origin)),
        PAGES=plain.PAGES,
        REFUSAL_PAGES="\n".join(f"    {status} '{plain.html_of(status)}';" for status in STATUSES),
        PAGE_HEADERS=_headers(headers_of(proxy.origin) | {"Content-Security-Policy": PAGES_POLICY}),
    )


def public_paths() -> set[str]:
    """Patterns of the paths of every route for which nobody needs to be signed in."""
    return {
        _pattern(f"/{service}{route.path}")
        for service, routes in ROUTES.items()
        for route in routes
        if route.policy is PUBLIC
    }


def public_pages() -> set[str]:
    """Patterns of the pages to which anybody sends a credential: a password, or the secret of a link."""
    return {
        _pattern(f"/{service}/pages{page.path}")
        for service, pages in PAGES.items()
        for page in pages
        if page.roles is None and page.method == "POST" and page.path not in GUESS_NOTHING
    }


def _counted(method: str, paths: Iterable[str]) -> str:
    """The lines by which requests are counted as guesses, each by the address that it comes from."""
    return "\n".join(f'    "~^{method} {path}$" $binary_remote_addr;' for path in sorted(paths))


def _pattern(path: str) -> str:
    return "[^/]+".join(map(re.escape, re.split("<[^>]+>", path)))


def _filled(name: str, **values: Any) -> str:
    return _OnlyOurs((TEMPLATES / f"{name}.conf.template").read_text("utf-8")).safe_substitute(values)


def _headers(headers: Mapping[str, str]) -> str:
    return "\n".join(f'        add_header {name} "{value}" always;' for name, value in headers.items())


def _listen(places: Iterable[str], how: str = "") -> str:
    return "\n".join(f"    listen {place}{how};" for place in places)


def _problem(status: int) -> str:
    """The problem document that a service would answer with this status."""
    ours = IN_OUR_WORDS.get(status)
    phrase = HTTPStatus(status).phrase
    kind = ours.kind if ours else phrase.lower().replace(" ", "-")
    return problem(status, kind, ours.title if ours else phrase).get_data(as_text=True)
