"""The directory by pages: a search for care organisations and what they offer, and one organisation whole."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import NeedCategory, TakingReferrals
from services.referrals.web.directory_forms import ORGANISATIONS
from shared.actor import Role
from shared.web.forms import codes_in_words
from shared.web.lists import named, whole_list
from shared.web.pages import Page, Visit
from shared.web.spoken import languages

SERVICES = "/referrals/services"
FILTERS = ("need_category", "municipality", "language", "taking_referrals")
A_SCREEN = 20


def directory(visit: Visit) -> Response:
    """What is offered, by need, place, language and whether it takes referrals now."""
    asked = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    told = visit.ask(SERVICES, **asked, limit=A_SCREEN, cursor=request.args.get("cursor"))
    services = told.document["items"]
    known = whole_list(visit, ORGANISATIONS)
    names = {one["id"]: one["name"] for one in known}
    return visit.show(
        "directory.html",
        services=services,
        names=names | named(visit, ORGANISATIONS, _unknown(services, names)),
        asked=asked,
        needs=codes_in_words(NeedCategory, "need"),
        taking=codes_in_words(TakingReferrals, "taking"),
        spoken=languages([asked.get("language")]),
        municipalities=_municipalities([*known, *services], asked),
        more=told.cursor and urlencode({**asked, "cursor": told.cursor}),
        adds=visit.may(may.ADD_ORGANISATION),
    )


def organisations(visit: Visit) -> Response:
    """All care organisations by name, those too that offer nothing yet."""
    every = whole_list(visit, ORGANISATIONS)
    return visit.show("organisations.html", organisations=every, adds=visit.may(may.ADD_ORGANISATION))


def organisation(visit: Visit, organisation_id: UUID) -> Response:
    """One care organisation, with its places and what it offers."""
    return _show(visit, str(organisation_id))


def own_organisation(visit: Visit) -> Response:
    """The organisation of a care worker: what he keeps stands at the top of every page of his."""
    assert visit.actor is not None
    return _show(visit, str(visit.actor.organisation_id))


def _show(visit: Visit, organisation_id: str) -> Response:
    shown = visit.ask(f"{ORGANISATIONS}/{organisation_id}").document
    of_it = {"organisation_id": organisation_id}
    locations = whole_list(visit, "/referrals/locations", **of_it)
    services = whole_list(visit, SERVICES, **of_it)
    return visit.show(
        "organisation.html",
        organisation=shown,
        locations=locations,
        place_names={one["id"]: one["name"] for one in locations},
        services=[_with_version(visit, one) for one in services] if shown["may_keep"] else services,
        taking=[code.value for code in TakingReferrals],
        is_own=visit.actor is not None and str(visit.actor.organisation_id) == organisation_id,
    )


def _with_version(visit: Visit, service: dict[str, Any]) -> dict[str, Any]:
    """A service with the version by which a press changes it."""
    told = visit.ask(f"{SERVICES}/{service['id']}")
    return {**told.document, "version": told.version}


def _unknown(services: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    return [one["organisation_id"] for one in services if one["organisation_id"] not in names]


def _municipalities(things: list[dict[str, Any]], asked: dict[str, str]) -> list[tuple[str, str]]:
    found = {one["municipality"] for one in things} | {asked.get("municipality")}
    return [(name, name) for name in sorted((name for name in found if name), key=str.casefold)]


READERS = may.SEE_DIRECTORY.roles
PAGES = [
    Page("/directory", directory, READERS),
    Page("/directory/organisations", organisations, READERS),
    Page("/directory/<uuid:organisation_id>", organisation, READERS),
    Page("/organisation", own_organisation, frozenset({Role.CARE_WORKER})),
]
