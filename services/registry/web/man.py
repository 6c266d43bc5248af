"""One man on one page: what he told, what he agreed to, and what happened to him."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from services.registry.api.shedders import ChangeShedder
from services.registry.web.men import MAN, NAME, SENDERS, of_himself, sheds_of
from shared.actor import Role
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.lists import list_if_told, named, shed_he_is_in
from shared.web.pages import Page, Visit

ONE = "/registry/shedders/{shedder_id}"
A_SCREEN = 20


def man(visit: Visit, shedder_id: UUID) -> Response:
    """A man, with his consents and his timeline."""
    path = ONE.format(shedder_id=shedder_id)
    told = visit.ask(path)
    consents = visit.ask(f"{path}/consents", limit=200).document["items"]
    timeline = visit.ask(f"{path}/timeline", limit=A_SCREEN, cursor=request.args.get("cursor"))
    entries = timeline.document["items"]
    came = visit.ask(f"{path}/attendance", limit=1).document["items"]
    told_of = [*consents, *(entry["details"] for entry in entries)]
    organisations = [one.get("organisation_id") for one in told_of]
    return visit.show(
        "man.html",
        man=told.document,
        sheds=sheds_of(visit),
        active=[one for one in consents if one["state"] == "active"],
        earlier=[one for one in consents if one["state"] != "active"],
        entries=entries,
        more=timeline.cursor,
        mentorship=_mentorship(visit, shedder_id),
        last_came=came[0]["held_on"] if came else None,
        organisations=named(visit, "/referrals/organisations", organisations),
    )


def _mentorship(visit: Visit, shedder_id: UUID) -> Mapping[str, Any] | None:
    """His newest mentorship, for a coordinator who may see it; None when there is none, or it is not told.

    An ambassador is not asked for: mentoring tells him nothing, and each time would be a refusal on record.
    """
    assert visit.actor is not None
    if visit.actor.role is not Role.COORDINATOR:
        return None
    return next(iter(list_if_told(visit, "/mentoring/mentorships", shedder_id=shedder_id)), None)


def _asks(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    shed = shed_he_is_in(visit, thing.document)
    return (NAME, *of_himself(shed["country"] if shed else "", thing.document["languages"]))


CHANGE = FormPage(
    "change_man", "/men/{shedder_id}/change", ONE, ChangeShedder,
    _("Change what is known of him"), _("Keep it so"), SENDERS, MAN,
    asks=_asks, starts_with=as_it_is, about=ONE, method="PATCH",
)  # fmt: skip

PAGES = [Page("/men/<uuid:shedder_id>", man, SENDERS), *pages_of([CHANGE])]
