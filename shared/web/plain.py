"""A page for what is refused before any service sees it: by the edge, or by nginx.

Nobody is known there, nor what he reads, so it is said in every language; and it says nothing of a request.
"""

import re
from collections.abc import Mapping
from html import escape

from flask import Response

from shared.http.headers import PAGES_POLICY
from shared.languages import LANGUAGES, SOURCE, translated
from shared.languages import later as _
from shared.web.navigation import ACCOUNT
from shared.web.templates import asset_mark

PAGES = r"^/(registry|referrals|mentoring)/pages/"
"""What the paths of our pages begin with."""
_SECOND_FACTOR = _("If you have only just begun, set up a second factor first.")
_WORDS: Mapping[int, str] = {
    403: _("You may not come here in this way. Nothing was changed."),
    404: _("There is nothing here"),
    413: _("That was too much at once. Nothing was changed; go back, and send less."),
    429: _("That was very often. Wait a minute, then go back and try again."),
    503: _("Just now it does not answer. Nothing was changed. Wait a moment, go back and try again."),
}
_OTHERWISE = _("This cannot be read here. Nothing was changed. Go back and try again.")


def is_a_page(path: str) -> bool:
    """Whether a person looks there, and not a program."""
    return re.match(PAGES, path) is not None


def html_of(status: int) -> str:
    """The page, on one line."""
    said = _WORDS.get(status, _OTHERWISE)
    # The whole of it by its own word: a language whose words are the same is not said twice.
    paragraphs = {translated(language, said): _paragraph(language, status, said) for language in LANGUAGES}
    return (
        f'<!doctype html><html lang="{SOURCE}" class="govuk-template"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Step by Step</title>'
        f'<link rel="stylesheet" href="/registry/assets/sbs.css?{asset_mark("sbs.css")}"></head>'
        '<body class="govuk-template__body"><div class="govuk-width-container">'
        '<main class="govuk-main-wrapper"><h1 class="govuk-heading-l">Step by Step</h1>'
        f"{''.join(paragraphs.values())}</main></div></body></html>"
    )


def refused(status: int) -> Response:
    """The same as an answer."""
    headers = {"Content-Security-Policy": PAGES_POLICY, "Cache-Control": "no-store"}
    return Response(html_of(status), status, headers, content_type="text/html; charset=utf-8")


def _paragraph(language: str, status: int, said: str) -> str:
    text = escape(translated(language, said))
    if status != 403:
        return f'<p class="govuk-body" lang="{language}">{text}</p>'
    begin = escape(translated(language, _SECOND_FACTOR))
    link = f'<a class="govuk-link" href="{ACCOUNT}/second-factor">{begin}</a>'
    return f'<p class="govuk-body" lang="{language}">{text} {link}</p>'
