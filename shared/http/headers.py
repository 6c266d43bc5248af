"""The security headers of every answer, errors and pages included: one table, and nothing else says it.

A JSON answer may load nothing and stand in no frame. A page may use the styles that stand in it, each
allowed by its hash; no script, no image and no other origin is allowed anywhere.
"""

import base64
import hashlib
import re

from flask import Flask, Response

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
ONLY_HTTPS = "max-age=63072000; includeSubDomains"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


PAGES_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Of the pages: our own styles and mark, forms to ourselves, no script at all."""


def content_policy(html: str = "", *, forms: bool = False) -> str:
    """The Content-Security-Policy of an answer: nothing, but the styles of the page that it is.

    `forms`: its forms may be sent, to this origin.
    """
    hashes = " ".join(f"'sha256-{_hash(style)}'" for style in _STYLE.findall(html))
    return "; ".join(
        [
            "default-src 'none'",
            *([f"style-src {hashes}"] if hashes else []),
            "base-uri 'none'",
            f"form-action {chr(39)}{'self' if forms else 'none'}{chr(39)}",
            "frame-ancestors 'none'",
        ]
    )


def headers_of(origin: str, html: str = "") -> dict[str, str]:
    """The headers of an answer at this origin; `html` is the page that it carries, if it is one."""
    secure = {"Strict-Transport-Security": ONLY_HTTPS} if origin.startswith("https://") else {}
    return HEADERS | secure | {"Content-Security-Policy": content_policy(html)}


def install(app: Flask, origin: str) -> None:
    """Set the headers on every answer of an application; what a view set itself stays."""
    plain = headers_of(origin)

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in plain.items():
            response.headers.setdefault(name, value)
        return response


def page(html: str, status: int = 200, *, forms: bool = False) -> Response:
    """A page as an answer, with the policy that its styles need."""
    policy = {"Content-Security-Policy": content_policy(html, forms=forms)}
    return Response(html, status, policy, content_type="text/html; charset=utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
