"""Referring a man, the first two of four steps: what he needs, and which service is asked.

With the second a draft is made by the API, so nothing is lost afterwards; what leaves is said, looked at and
sent in `sending`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from services.referrals.domain.codes import NeedCategory, TakingReferrals
from services.referrals.web.sending import REFERRAL, SENDERS
from shared.errors import InvalidInput
from shared.http.fields import Code, Line
from shared.http.schemas import Input
from shared.web.client import Refusal
from shared.web.forms import Ask, errors_of, shown
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import named
from shared.web.pages import Page, Visit
from shared.web.reasons import reason
from shared.web.typed import filled

MOST = 200
SOONEST = list(TakingReferrals)
DRAFTED = ("need_category", "neighbourhood", "service_id")


class Need(Input):
    """What the directory is searched by."""

    need_category = Code(NeedCategory, required=True)
    neighbourhood = Line()


NEED = (
    Ask("need_category", _("What does he need help with most?"), thing="need"),
    Ask("neighbourhood", _("In which neighbourhood does he live?"), _("The organisation sees this at once.")),
)


def refer(visit: Visit, shedder_id: UUID) -> Response:
    """Step 1: what he needs, and where he lives."""
    man = _man(visit, shedder_id)
    return _ask_need(visit, man, {"neighbourhood": man["neighbourhood"] or ""})


def send_need(visit: Visit, shedder_id: UUID) -> Response:
    """Step 2: the services of the directory for this need, nearest and soonest first."""
    man = _man(visit, shedder_id)
    sent = filled(Need(), NEED, request.form, visit.service.settings.zone)
    messages = Need().validate(sent)
    if messages:
        wrong = [
            {"pointer": f"/{one.path[0]}", "detail": one.reason}
            for one in InvalidInput.from_messages(messages).errors
        ]
        return _ask_need(visit, man, request.form, errors_of({"errors": wrong}, NEED)[0])
    return _ask_service(visit, man)


def begin_again(visit: Visit, shedder_id: UUID) -> Response:
    """Who comes to step 2 with nothing said, by a reload perhaps, begins at step 1."""
    return visit.go(f"/referrals/pages/men/{shedder_id}/refer")


def send_draft(visit: Visit, shedder_id: UUID) -> Response:
    """The draft of the referral, made once; then on to what leaves."""
    man = _man(visit, shedder_id)
    typed = {name: request.form.get(name, "").strip() for name in (*DRAFTED, "_key")}
    values = {name: typed[name] for name in DRAFTED if typed[name]} | {"shedder_id": str(shedder_id)}
    if man["languages"]:
        values["language"] = man["languages"][0]
    if not typed["service_id"]:
        return _ask_service(visit, man, 422, gettext(_("Choose one of these.")))
    try:
        told = visit.send("/referrals/referrals", values, **{"Idempotency-Key": typed["_key"]})
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _ask_service(visit, man, refusal.status, _against(refusal), refusal.problem.get("existing"))
    return visit.go(f"{REFERRAL.format(referral_id=told.document['id'])}/change_draft")


def _against(refusal: Refusal) -> str:
    """What is against the draft, in the words of the API."""
    return " ".join(reason(one["detail"]) for one in refusal.problem.get("errors", ())) or reason(
        refusal.detail
    )


def _man(visit: Visit, shedder_id: UUID) -> Mapping[str, Any]:
    man: Mapping[str, Any] = visit.ask(f"/registry/shedders/{shedder_id}").document
    return man


def _ask_need(
    visit: Visit, man: Mapping[str, Any], typed: Mapping[str, Any], wrong: Mapping[str, str] | None = None
) -> Response:
    return visit.show(
        "refer_need.html",
        422 if wrong else 200,
        man=man,
        fields=shown(Need(), NEED, typed, wrong or {}),
        errors=wrong,
    )


def _ask_service(
    visit: Visit,
    man: Mapping[str, Any],
    status: int = 200,
    wrong: str | None = None,
    existing: str | None = None,
) -> Response:
    need, neighbourhood = request.form.get("need_category", ""), request.form.get("neighbourhood", "").strip()
    return visit.show(
        "refer_service.html",
        status,
        man=man,
        need=need,
        neighbourhood=neighbourhood,
        picked=request.form.get("service_id", ""),
        key=request.form.get("_key") if status == 422 else None,
        services=services_for(visit, man, need, neighbourhood),
        errors=[{"at": "service_id", "text": wrong}] if wrong else [],
        existing=existing,
    )


def services_for(
    visit: Visit, man: Mapping[str, Any], need: str, neighbourhood: str = ""
) -> list[dict[str, Any]]:
    """The services for a need where his shed is; in the whole country where there are none so near.

    Each is with its organisation and its place; first those in his neighbourhood, then those that take
    referrals now.
    """
    where = _where(visit, man)
    by_need = {"need_category": need or None, "limit": MOST}
    found = visit.ask("/referrals/services", **by_need, **where).document["items"]
    if not found and where:
        found = visit.ask("/referrals/services", **by_need, country=where["country"]).document["items"]
    organisations = named(visit, "/referrals/organisations", (one["organisation_id"] for one in found))
    places = (one["location_id"] for one in found)
    nearby = named(visit, "/referrals/locations", places, "neighbourhood")
    whole = [
        {
            **one,
            "organisation": organisations.get(one["organisation_id"], "–"),
            "near": nearby.get(one["location_id"]),
        }
        for one in found
    ]
    return sorted(
        whole, key=lambda one: (one["near"] != neighbourhood, SOONEST.index(one["taking_referrals"]))
    )


def _where(visit: Visit, man: Mapping[str, Any]) -> dict[str, str]:
    """The municipality of the shed that he joined last."""
    here = [one for one in man["memberships"] if one["left_on"] is None]
    for membership in sorted(here, key=lambda one: str(one["joined_on"]), reverse=True):
        try:
            shed = visit.ask(f"/registry/sheds/{membership['shed_id']}").document
        except Refusal as refusal:
            if refusal.status == 404:
                continue  # It is a shed of somebody else.
            raise
        return {"country": shed["country"], "municipality": shed["municipality"]}
    return {}


_PATH = "/men/<uuid:shedder_id>/refer"
PAGES = [
    Page(_PATH, refer, SENDERS),
    Page(f"{_PATH}/service", send_need, SENDERS, "POST"),
    Page(f"{_PATH}/service", begin_again, SENDERS),
    Page(_PATH, send_draft, SENDERS, "POST"),
]
