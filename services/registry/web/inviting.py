"""Inviting somebody, and what is done about an account: forms, and the link that is shown once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response

from services.registry.api.accounts import ChangeAccount, Invite, InviteAgain, Reset
from services.registry.web.accounts import ADMINISTRATOR
from services.registry.web.speaking_for import ACCOUNTS, choices
from shared.actor import SPEAKS_FOR, Role
from shared.http.schemas import Nothing
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is, called
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.pages import Page, Visit

LIST = "/registry/pages/accounts"
ONE = "/registry/pages/accounts/{account_id}"
THE_ACCOUNT = f"{ACCOUNTS}/{{account_id}}"
NAME = Ask("name", _("His name"), needed=True, autocomplete="off")
EMAIL = Ask(
    "email",
    _("E-mail address"),
    _("He signs in with it, and a link by e-mail goes there. It cannot be changed later: look at it twice."),
    autocomplete="off",
)
LANGUAGE = Ask("language", _("In which language is he written to?"), thing="spoken", needed=True)
BY_EMAIL = Ask(
    "by_email",
    _("Send him the link by e-mail?"),
    _("If you choose no, you see the link, and give it to him yourself."),
    needed=True,
)
SECOND_FACTOR = Ask(
    "clear_second_factors",
    _("Is his second factor lost too?"),
    _("If it is, he sets up a new one when he signs in, and you give him the link yourself."),
    needed=True,
)
WHOM: Mapping[Role, str] = {
    Role.AMBASSADOR: _("Which ambassador is he?"),
    Role.CARE_WORKER: _("For which care organisation does he work?"),
    Role.MENTOR: _("Which mentor is he?"),
    Role.COORDINATOR: _("For which partner does he work?"),
}
TITLES: Mapping[Role, str] = {
    Role.AMBASSADOR: _("Invite an ambassador"),
    Role.MENTOR: _("Invite a mentor"),
    Role.CARE_WORKER: _("Invite a care worker"),
    Role.COORDINATOR: _("Invite a coordinator"),
    Role.EVALUATOR: _("Invite an evaluator"),
    Role.ADMINISTRATOR: _("Invite an administrator"),
}
DOES: Mapping[Role, str] = {
    Role.AMBASSADOR: _("Registers the men of his sheds, keeps attendance, refers"),
    Role.MENTOR: _("Guides his mentees to work"),
    Role.CARE_WORKER: _("Answers the referrals to his organisation"),
    Role.COORDINATOR: _("Sees to all the sheds of a partner"),
    Role.EVALUATOR: _("Reads figures, and sees no person"),
    Role.ADMINISTRATOR: _("Keeps accounts, and sees no case"),
}


def whom_to_invite(visit: Visit) -> Response:
    """In which role somebody is to come."""
    roles = [(role.value, DOES[role]) for role in TITLES]
    return visit.show("whom_to_invite.html", roles=roles)


def given_link(visit: Visit, told: Told) -> Response:
    """The link, this once, or that it was sent. Nothing keeps it, so neither does a browser: `Visit.show`."""
    template = "given_link.html" if told.document["link"] else "sent_link.html"
    return visit.show(template, account=told.document)


def _asked_of(visit: Visit, role: Role, account_id: str = "") -> tuple[Ask, ...]:
    """For whom he speaks, chosen by name. Nothing is asked where there is nobody to choose."""
    found = choices(visit, role, account_id) if role in SPEAKS_FOR else []
    return (Ask(SPEAKS_FOR[role], WHOM[role], choices=found, needed=True),) if found else ()


def _how(visit: Visit) -> tuple[Ask, ...]:
    """Whether the link is sent: asked where e-mail is."""
    return (BY_EMAIL,) if visit.service.settings.sends_mail else ()


def _asks_to_invite(role: Role) -> Callable[[Visit, Told | None], Sequence[Ask]]:
    return lambda visit, _thing: (*_asked_of(visit, role), NAME, EMAIL, LANGUAGE, *_how(visit))


def _chosen_already(visit: Visit, _thing: Told | None) -> Mapping[str, Any]:
    """Sent by e-mail, where that is asked, a link passes through nobody's hands."""
    return {"by_email": True, "clear_second_factors": False, "language": visit.service.settings.language}


def _asks_to_change(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    return (*_asked_of(visit, Role(thing.document["role"]), thing.document["id"]), NAME)


def _in_role(role: Role) -> Callable[[dict[str, Any]], None]:
    return lambda values: values.update(role=role.value)


def _speaks(role: Role) -> Callable[[Visit, Told | None], Mapping[str, Any]]:
    return lambda _visit, _thing: {"speaks_for": SPEAKS_FOR.get(role)}


def _invitation(role: Role) -> FormPage:
    return FormPage(
        f"invite_{role}", f"/accounts/invite/{role.value.replace('_', '-')}", ACCOUNTS, Invite,
        TITLES[role], _("Make the link"), ADMINISTRATOR, f"{LIST}/invite",
        asks=_asks_to_invite(role), completes=_in_role(role), shows=_speaks(role), answers=given_link,
        starts_with=_chosen_already, template="invite.html",
        lead=_("A link is made for him. By that he chooses his password."),
    )  # fmt: skip


FORMS = [
    *map(_invitation, TITLES),
    FormPage(
        "invite_again", "/accounts/{account_id}/invite-again", f"{THE_ACCOUNT}/invite_again", InviteAgain,
        _("Invite him again"), _("Make a new link"), ADMINISTRATOR, ONE, about=THE_ACCOUNT,
        asks=lambda visit, _thing: _how(visit), starts_with=_chosen_already, whom=called, answers=given_link,
        lead=_("A new link is made for him. The earlier one does not work any more."),
    ),
    FormPage(
        "reset", "/accounts/{account_id}/reset", f"{THE_ACCOUNT}/reset", Reset,
        _("Give him a new link"), _("Make the link"), ADMINISTRATOR, ONE, about=THE_ACCOUNT,
        asks=lambda visit, _thing: (SECOND_FACTOR, *_how(visit)), starts_with=_chosen_already,
        whom=called, answers=given_link,
        lead=_("By the link he chooses a new password. Until he does, nothing changes."),
    ),
    FormPage(
        "change_account", "/accounts/{account_id}/change", THE_ACCOUNT, ChangeAccount,
        _("Change the account"), _("Keep it so"), ADMINISTRATOR, ONE, about=THE_ACCOUNT,
        asks=_asks_to_change, starts_with=as_it_is, whom=called, method="PATCH",
        lead=_("The role and the e-mail address stay. Another role is another account."),
    ),
    FormPage(
        "close_account", "/accounts/{account_id}/close", f"{THE_ACCOUNT}/close", Nothing,
        _("Close the account for good?"), _("Close it for good"), ADMINISTRATOR, ONE, about=THE_ACCOUNT,
        whom=called, warns=True,
        lead=_("He is signed out everywhere at once, and cannot come in any more. What he did stays."),
    ),
]  # fmt: skip

PAGES = [Page("/accounts/invite", whom_to_invite, ADMINISTRATOR), *pages_of(FORMS)]
