"""Entering a demonstration as one of its people, with one press. Elsewhere there is no such page."""

from flask import Response, request
from werkzeug.exceptions import NotFound

from services.registry.use_cases.demonstration import Entering, account_id_of, enter, last_mail
from services.registry.use_cases.sign_ins import Browser
from services.registry.web.sign_in import show_kept_for_another, show_sign_in
from services.registry.web.typed_before import is_of_another, let_in
from shared.actor import Role
from shared.errors import NotFound as Missing
from shared.http.recording import LONGEST_ADDRESS
from shared.http.sign_in_cookie import give
from shared.text import storable
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.pages import Page, Visit


def send_demonstration(visit: Visit) -> Response:
    """Sign in as one of the demonstration's people; what he had typed before comes back to him alone."""
    asked = request.form.get("role", "")
    if asked not in set(Role):
        raise NotFound
    entering = Entering(Role(asked), is_colleague=bool(request.form.get("colleague")))
    browser = Browser((request.remote_addr or "")[:LONGEST_ADDRESS], storable(request.user_agent.string))
    try:
        if is_of_another(account_id_of(visit.service, entering)):
            return show_kept_for_another(visit)
        secret, chosen = enter(visit.service, entering, browser)
    except Missing:
        if not visit.service.settings.is_demonstration:
            raise
        return show_sign_in(visit, 503, error=gettext(_BEING_LOADED))
    answer = let_in(visit, entering.role, chosen)
    give(answer, visit.service.settings.origin, secret)
    return answer


def mail(visit: Visit) -> Response:
    """The e-mails that a demonstration would have sent, the last first."""
    if not visit.service.settings.is_demonstration:
        raise NotFound
    return visit.show("mail.html", mails=last_mail(visit.service))


_BEING_LOADED = _("The example is still being loaded. Wait a minute, and press again.")

PAGES = [Page("/mail", mail, None), Page("/demonstration", send_demonstration, None, "POST")]
