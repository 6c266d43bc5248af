"""Referring a man, the first two of four steps: what he needs, and which service is asked.

With the second a draft is made by the API, so nothing is lost afterwards; what leaves is said, looked at and
sent in `sending`. A draft has the same two steps, by which one goes back and chooses otherwise. Who has begun
to refer a man goes on with that draft, however he came, by his browser's way back perhaps; to begin another
beside it, he says so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, request

from services.referrals.api.referrals import ChangeDraft, DraftReferral
from services.referrals.domain.codes import NeedCategory
from services.referrals.domain.lifecycles import ReferralState
from services.referrals.web.nearby import services_for
from services.referrals.web.sending import ONE, REFERRAL, SENDERS, to_draft, was_sent
from shared.http.fields import Code
from shared.http.schemas import Input
from shared.web.addresses import only_shows
from shared.web.client import Told
from shared.web.form_pages import Asking, FormPage, Sending
from shared.web.forms import Ask, shown
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.pages import Page, Visit

REFERRALS = "/referrals/referrals"
MAN = "/registry/shedders/{shedder_id}"
OF_MAN = "/referrals/pages/men/{shedder_id}/refer"
OF_DRAFT = f"{REFERRAL}/refer"


class Need(Input):
    """What the directory is searched by."""

    need_category = Code(NeedCategory, required=True)


NEED = (Ask("need_category", _("What does he need help with most?"), thing="need"),)
NEED_CHOSEN = replace(NEED[0], hidden=True)
OF_HIM = (
    NEED_CHOSEN,
    Ask("neighbourhood", _("Neighbourhood"), hidden=True),
    Ask("language", _("Language"), hidden=True),
)
SERVICE = Ask("service_id", _("Which service?"), needed=True)


def need_of_man(visit: Visit, shedder_id: UUID) -> Response:
    """Step 1: what he needs most."""
    begun = _begun(visit, shedder_id)
    if begun:
        return visit.go(OF_DRAFT.format(referral_id=begun["id"]))
    return _ask_need(visit, visit.ask(MAN.format(shedder_id=shedder_id)).document, _asked_need())


def need_of_draft(visit: Visit, referral_id: UUID) -> Response:
    """Step 1 again, of what was begun."""
    draft = visit.ask(ONE.format(referral_id=referral_id)).document
    if draft["state"] != ReferralState.DRAFT:
        return visit.go(REFERRAL.format(referral_id=referral_id))
    man = visit.ask(MAN.format(shedder_id=draft["shedder_id"])).document
    return _ask_need(visit, man, _asked_need() or draft["need_category"], draft)


def service_of_man(visit: Visit, shedder_id: UUID) -> Response:
    """Step 2: the services of the directory for this need, nearest and soonest first."""
    begun = _begun(visit, shedder_id)
    if begun:
        need = _asked_need() or begun["need_category"]
        return visit.go(f"{OF_DRAFT.format(referral_id=begun['id'])}/service?need_category={need}")
    if _asked_need() is None:
        man = visit.ask(MAN.format(shedder_id=shedder_id)).document
        return _ask_need(visit, man, None, wrong=gettext(_("Choose one of these.")))
    return _ASKING(visit, shedder_id=shedder_id)


def send_service(visit: Visit, shedder_id: UUID) -> Response:
    """The draft of the referral, made once; then on to what leaves."""
    begun = _begun(visit, shedder_id)
    if begun is None:
        return _chosen(visit, _SENDING, {"shedder_id": shedder_id})
    # Pressed twice, or on a page that was shown before there was a draft: what he chose now is what he wants.
    variables = {"referral_id": begun["id"]}
    return _chosen(visit, _SENDING_AGAIN, variables, visit.ask(ONE.format(**variables)).version)


def send_other_service(visit: Visit, referral_id: UUID) -> Response:
    """Another service for what was begun, or the same; then on to what leaves."""
    return _chosen(visit, _SENDING_AGAIN, {"referral_id": referral_id})


def _chosen(
    visit: Visit, sending: Sending, variables: Mapping[str, Any], version: str | None = None
) -> Response:
    """What came of the choice, of the version that the form holds where no other is named."""
    if only_shows() or request.form.get(SERVICE.name):
        return sending(visit, **variables) if version is None else sending.sent(visit, variables, version)
    wrong = {SERVICE.name: gettext(_("Choose one of these."))}
    read = request.form.get("_version", "").strip("*") if version is None else version
    return sending.show_again(visit, variables, read, 422, by_field=wrong)


def _begun(visit: Visit, shedder_id: UUID) -> Mapping[str, Any] | None:
    """The visitor's own draft for this man, the newest, unless he said that he begins another beside it."""
    if request.values.get("another"):
        return None
    asked = {"shedder_id": str(shedder_id), "state": ReferralState.DRAFT.value, "own": "true", "limit": 1}
    return next(iter(visit.ask(REFERRALS, **asked).document["items"]), None)


def _asked_need() -> str | None:
    """The need that was chosen in the first step."""
    asked = request.values.get("need_category", "")
    return asked if asked in set(NeedCategory) else None


def _ask_need(
    visit: Visit,
    man: Mapping[str, Any],
    need: str | None,
    draft: Mapping[str, Any] | None = None,
    wrong: str | None = None,
) -> Response:
    of_man = OF_MAN.format(shedder_id=man["id"])
    errors = {"need_category": wrong} if wrong else {}
    return visit.show(
        "refer_need.html",
        422 if wrong else 200,
        man=man,
        draft=draft,
        place=OF_DRAFT.format(referral_id=draft["id"]) if draft else of_man,
        of_man=of_man,
        another=request.args.get("another"),
        fields=shown(Need(), NEED, {"need_category": need}, errors),
        errors=wrong,
    )


def _of_man(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """What the draft says of him at first: as the registry knows him."""
    assert thing is not None
    man = thing.document
    spoken = man["languages"]
    return {
        "need_category": _asked_need(),
        "neighbourhood": man["neighbourhood"],
        "language": spoken[0] if spoken else None,
    }


def _of_draft(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    draft = thing.document
    return {"need_category": _asked_need() or draft["need_category"], "service_id": draft["service_id"]}


def _for_man(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return _services(visit, thing.document, _asked_need(), thing.document["neighbourhood"])


def _for_draft(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    draft = thing.document
    man = visit.ask(MAN.format(shedder_id=draft["shedder_id"])).document
    need = _asked_need() or draft["need_category"]
    return _services(visit, man, need, draft["neighbourhood"] or man["neighbourhood"])


def _services(
    visit: Visit, man: Mapping[str, Any], need: str | None, neighbourhood: str | None
) -> dict[str, Any]:
    """What step 2 shows."""
    found = services_for(visit, man, need or "", neighbourhood)
    return {"man": man, "need": need, "services": found, "another": request.values.get("another")}


def _step(
    name: str, path: str, to: str, schema: type[Input], about: str, after: str, **options: Any
) -> FormPage:
    return FormPage(
        name, path, to, schema, _("Which service?"), _("Go on"), SENDERS, after, about=about,
        goes_to=to_draft, existing_at=REFERRAL.replace("referral_id", "existing"),
        template="refer_service.html", in_address=("another", "need_category"), **options,
    )  # fmt: skip


def _of_this_man(values: dict[str, Any]) -> None:
    values["shedder_id"] = str((request.view_args or {})["shedder_id"])


_DRAFT = _step(
    "draft_referral", "/men/{shedder_id}/refer/service", REFERRALS, DraftReferral, MAN, OF_MAN,
    asks=(*OF_HIM, SERVICE), starts_with=_of_man, shows=_for_man, completes=_of_this_man,
)  # fmt: skip
_CHANGE = _step(
    "choose_service", "/referrals/{referral_id}/refer/service", ONE, ChangeDraft, ONE, OF_DRAFT,
    asks=(NEED_CHOSEN, SERVICE), starts_with=_of_draft, shows=_for_draft, method="PATCH",
    is_over=was_sent,
)  # fmt: skip
_ASKING, _SENDING = Asking(_DRAFT), Sending(_DRAFT)
_SENDING_AGAIN = Sending(_CHANGE)

_OF_MAN, _OF_DRAFT = "/men/<uuid:shedder_id>/refer", "/referrals/<uuid:referral_id>/refer"
PAGES = [
    Page(_OF_MAN, need_of_man, SENDERS),
    Page(f"{_OF_MAN}/service", service_of_man, SENDERS),
    Page(f"{_OF_MAN}/service", send_service, SENDERS, "POST"),
    Page(_OF_DRAFT, need_of_draft, SENDERS),
    Page(f"{_OF_DRAFT}/service", Asking(_CHANGE), SENDERS),
    Page(f"{_OF_DRAFT}/service", send_other_service, SENDERS, "POST"),
]
