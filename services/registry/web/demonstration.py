"""Entering a demonstration as one of its people, with one press. Elsewhere there is no such page."""

from flask import Response, request
from werkzeug.exceptions import NotFound

from services.registry.use_cases.demonstration import enter, last_mail
from services.registry.use_cases.sign_ins import Browser
from shared.actor import Role
from shared.http.recording import LONGEST_ADDRESS
from shared.http.sign_in_cookie import give
from shared.text import storable
from shared.web.addresses import next_page
from shared.web.language import keep_language
from shared.web.navigation import home
from shared.web.pages import Page, Visit


def send_demonstration(visit: Visit) -> Response:
    """Sign in as the demonstration's person of a role."""
    settings = visit.service.settings
    asked = request.form.get("role", "")
    if not settings.is_demonstration or asked not in set(Role):
        raise NotFound
    browser = Browser((request.remote_addr or "")[:LONGEST_ADDRESS], storable(request.user_agent.string))
    secret, chosen = enter(visit.service, Role(asked), browser)
    answer = visit.go(next_page(home(Role(asked))))
    give(answer, settings.origin, secret)
    keep_language(answer, settings.origin, chosen)
    return answer


def mail(visit: Visit) -> Response:
    """The e-mails that a demonstration would have sent, the last first."""
    if not visit.service.settings.is_demonstration:
        raise NotFound
    return visit.show("mail.html", mails=last_mail(visit.service))


PAGES = [Page("/mail", mail, None), Page("/demonstration", send_demonstration, None, "POST")]
