"""Answering a referral by the link of an e-mail, without an account: for whoever holds the link."""

from dataclasses import replace
from typing import Any

from flask import Response, request

from services.referrals.api.answer_links import AcceptByLink, AskByLink, DeclineByLink
from services.referrals.domain.codes import LinkUse, Side
from services.referrals.use_cases.demonstration import last_mail
from services.referrals.web.answers import DECLINE, REMARK
from services.referrals.web.questions import QUESTION
from shared.http.schemas import Input
from shared.secrets import ANSWER_LINK_PLACE
from shared.web.client import Refusal
from shared.web.form_pages import Asking, FormPage
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.pages import Page, Visit

API = "/referrals/answer-links"
PAGE = f"{ANSWER_LINK_PLACE}/{{secret}}"
LINK = PAGE.removeprefix("/referrals/pages")


def answer_link(visit: Visit, secret: str) -> Response:
    """What a link opens: what one must know in order to answer, and how; or what was answered by it."""
    try:
        seen = _look(visit, secret)
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        return visit.show("answer_link_gone.html", 404)
    place, refused = PAGE.format(secret=secret), request.args.get("refused")
    return visit.show("answer_link.html", seen=seen, place=place, side=Side.ORGANISATION, refused=refused)


def mail(visit: Visit) -> Response:
    """The e-mails with links that a demonstration would have sent, the last first."""
    return visit.show("mail.html", mails=last_mail(visit.service))


def _look(visit: Visit, secret: str) -> dict[str, Any]:
    seen: dict[str, Any] = visit.send(f"{API}/look", {"secret": secret}).document
    return seen


def _with_secret(values: dict[str, Any]) -> None:
    assert request.view_args is not None
    values["secret"] = request.view_args["secret"]


def _form(use: LinkUse, schema: type[Input], title: str, button: str, *asks: Ask, **options: Any) -> FormPage:
    return FormPage(
        f"{use.value}_by_link", f"{LINK}/{use.value}", f"{API}/{use.value}", schema, title, button,
        roles=None, after=PAGE, asks=asks, completes=_with_secret, **options,
    )  # fmt: skip


def _or_what_became_of_it(page: Page) -> Page:
    """A form's page; where it cannot be sent any more, nobody types into it: the link's own page says why.

    To who sent it all the same it says that his was not done: else he takes for his own what a colleague did.
    """

    def answer(visit: Visit, secret: str) -> Response:
        try:
            if _asks_in_vain(visit, page, secret):
                return visit.go(PAGE.format(secret=secret))
            response: Response = page.view(visit, secret=secret)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            refused = f"?refused={page.path.rpartition('/')[2]}" if page.method == "POST" else ""
            return visit.go(f"{PAGE.format(secret=secret)}{refused}")
        return response

    answer.__name__ = page.view.__name__
    return replace(page, view=answer)


def _asks_in_vain(visit: Visit, page: Page, secret: str) -> bool:
    """Whether it asks what cannot be sent any more; what was typed before is shown all the same.

    Raises `Refusal` of status 404 for no link of ours, before anything is kept for whoever made it up.
    """
    if page.method == "POST":
        _look(visit, secret)
    is_new = isinstance(page.view, Asking) and not page.view.is_kept(visit, secret=secret)
    return is_new and not _look(visit, secret)["may"]


FORMS = [
    _form(LinkUse.ACCEPT, AcceptByLink, _("Accept this referral"), _("Accept"), REMARK),
    _form(LinkUse.DECLINE, DeclineByLink, _("Decline this referral"), _("Decline"), *DECLINE, warns=True),
    _form(LinkUse.ASK, AskByLink, _("Ask a question"), _("Send the question"), QUESTION),
]

PAGES = [
    Page("/answer/<secret>", answer_link, None),
    *(_or_what_became_of_it(page) for form in FORMS for page in form.pages),
    Page("/mail", mail, None),
]
