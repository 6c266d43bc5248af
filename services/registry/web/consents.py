"""Recording a man's consent with the text read aloud to him, and withdrawing it on a page that warns."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import NotFound

from services.registry.api.consents import GiveConsent, WithdrawConsent
from services.registry.domain.codes import Purpose
from services.registry.web.consent_texts import LANGUAGES, WORDING, language_for, read_aloud
from services.registry.web.man import ONE
from services.registry.web.men import MAN, SENDERS
from shared.web.addresses import next_page
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import current, gettext
from shared.web.language import later as _
from shared.web.lists import named, whole_list
from shared.web.pages import Page, Visit
from shared.web.spoken import languages
from shared.web.words import word

_IN = _("In %(places)s")


def consents(visit: Visit, shedder_id: UUID) -> Response:
    """The question what he agrees to; for a referral, to whom."""
    told = visit.ask(ONE.format(shedder_id=shedder_id))
    asked = request.args.get("organisation_id")
    if asked:
        place = f"{MAN.format(shedder_id=shedder_id)}/consents/give"
        return visit.go(f"{place}?purpose=referral&organisation_id={_uuid(asked)}")
    errors = [{"at": "organisation_id", "text": gettext(_("Choose one of these."))}] if asked == "" else []
    places = _municipalities(visit, told.document)
    return visit.show(
        "consents.html", man=told.document, errors=errors,
        places_of_his=places, groups=_organisations(visit, places),
        others=[one for one in Purpose if one is not Purpose.REFERRAL],
    )  # fmt: skip


def _municipalities(visit: Visit, man: Mapping[str, Any]) -> list[str]:
    """Where the sheds are that he comes to, of those that the visitor sees."""
    his = {one["shed_id"] for one in man["memberships"] if one["left_on"] is None}
    return sorted({one["municipality"] for one in whole_list(visit, "/registry/sheds") if one["id"] in his})


def _organisations(visit: Visit, here: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Those to choose from, under what they have in common: who is near first, and elsewhere the others."""
    near: list[tuple[str, str]] = []
    far: list[tuple[str, str]] = []
    for one in whole_list(visit, "/referrals/organisations"):
        group = near if one["municipality"] in here else far
        group.append((one["id"], f"{one['name']}, {one['municipality']}"))
    groups = [(gettext(_IN, places=", ".join(here)), near), (gettext(_("Elsewhere")), far)]
    return [(label, group) for label, group in groups if group]


def _purpose() -> Purpose:
    """For what: it stands in the address at first, in the form afterwards."""
    asked = request.values.get("purpose", "")
    if asked not in set(Purpose):
        raise NotFound
    return Purpose(asked)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _text_language(thing: Told) -> str:
    """The language to read to him in: the one that was asked for, else his, else the reader's."""
    asked = request.values.get("text_language", "")
    return asked if asked in LANGUAGES else language_for(thing.document["languages"]) or current()


def _asks(_visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    recipient = (Ask("organisation_id", "", hidden=True),) if _purpose() is Purpose.REFERRAL else ()
    return (
        Ask("purpose", "", hidden=True),
        *recipient,
        Ask("wording_version", "", hidden=True),
        Ask(
            "language", _("In which language did he hear it?"),
            choices=languages([_text_language(thing), *thing.document["languages"]]),
        ),
        Ask("method", _("How did he say yes?"), thing="method"),
        Ask("given_on", _("On which day, if not today?")),
        Ask("expires_on", _("Until when? Leave it empty if he set no end.")),
    )  # fmt: skip


def _start(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return {
        "purpose": _purpose().value,
        "organisation_id": request.args.get("organisation_id", ""),
        "wording_version": WORDING,
        "language": _text_language(thing),
        "method": "spoken",
    }


def _shows(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """The text to read to him, and where one goes on afterwards."""
    assert thing is not None
    purpose, language, organisation = _purpose(), _text_language(thing), ""
    if purpose is Purpose.REFERRAL:
        asked = _uuid(request.values.get("organisation_id", ""))
        organisation = visit.ask(f"/referrals/organisations/{asked}").document["name"]
    return {
        "purpose": purpose.value,
        "organisation": organisation,
        "organisation_id": request.values.get("organisation_id", ""),
        "text": read_aloud(purpose, language, organisation),
        "text_language": language,
        "text_languages": LANGUAGES,
        "next": next_page(""),
    }


def _on(_visit: Visit, told: Told) -> str:
    return next_page(MAN.format(shedder_id=told.document["shedder_id"]))


def _what_for(visit: Visit, thing: Told | None) -> str:
    """What he agreed to; for a referral, to whom."""
    assert thing is not None
    organisation = thing.document["organisation_id"]
    to_whom = named(visit, "/referrals/organisations", [organisation]).get(organisation, "")
    return ", ".join(filter(None, (word(thing.document["purpose"], "purpose"), to_whom)))


FORMS = [
    FormPage(
        "give_consent", "/men/{shedder_id}/consents/give", f"{ONE}/consents", GiveConsent,
        _("Record his consent"), _("He said yes: record it"), SENDERS, MAN,
        asks=_asks, starts_with=_start, shows=_shows, goes_to=_on, about=ONE, template="give_consent.html",
        in_address=("purpose", "organisation_id", "text_language"),
    ),
    FormPage(
        "withdraw_consent", "/men/{shedder_id}/consents/{consent_id}/withdraw",
        "/registry/consents/{consent_id}/withdraw", WithdrawConsent,
        _("Withdraw his consent"), _("Withdraw it"), SENDERS, MAN,
        asks=(Ask("withdrawn_on", _("On which day, if not today?")),), warns=True,
        about="/registry/consents/{consent_id}", whom=_what_for,
        lead=_(
            "It ends everywhere at once, with what goes on because of it: referrals under way stop, and "
            "guidance by a mentor pauses. You cannot undo this."
        ),
    ),
]  # fmt: skip

PAGES = [Page("/men/<uuid:shedder_id>/consents", consents, SENDERS), *pages_of(FORMS)]
