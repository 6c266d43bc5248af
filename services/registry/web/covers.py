"""Stand-ins by pages: who stands in for whom, naming one, ending it, and standing in oneself."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from marshmallow import fields

from services.registry.api.covers import NameCover
from services.registry.domain.access import CoverState
from services.registry.web.speaking_for import with_place
from shared.actor import COVERED, Role
from shared.http.schemas import Nothing
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.lists import list_if_told, whole_list
from shared.web.navigation import home
from shared.web.pages import Page, Visit

COVERS = "/registry/pages/covers"
KEEPERS = COVERED | {Role.COORDINATOR}
PEOPLE = "/registry/accounts/covered"


class NameCoverOnPage(NameCover):
    """On a page it is said for whom, and then who: the page was opened for one person."""

    absent_account_id = fields.UUID(required=True)


def covers(visit: Visit) -> Response:
    """Those that hold or will, what one may do about each, and for whom one may name a stand-in."""
    assert visit.actor is not None
    own, today = str(visit.actor.id), visit.service.clock.today().isoformat()
    named = whole_list(visit, "/registry/covers", state=CoverState.NAMED.value)
    standing = str(visit.actor.on_behalf_of) if visit.actor.on_behalf_of else None
    mine = [one for one in named if one["stand_in_account_id"] == own]
    return visit.show(
        "covers.html",
        mine=[one | {"holds": one["from_day"] <= today <= one["until_day"]} for one in mine],
        others=[one for one in named if one["stand_in_account_id"] != own],
        people=[] if standing else _with_places(visit, whole_list(visit, PEOPLE)),
        own=own,
        standing=standing,
    )


def _asks(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """Who is away, chosen already; and those who may stand in for him."""
    assert thing is not None
    absent = _absent()
    people = _with_places(visit, [*whole_list(visit, PEOPLE), *thing.document["items"]])
    names = {one["id"]: with_place(one["name"], one["where"]) for one in people}
    stand_ins = [(one["id"], names[one["id"]]) for one in thing.document["items"]]
    return (
        Ask("absent_account_id", _("Who is away?"), choices=((absent, names.get(absent, "–")),)),
        Ask("stand_in_account_id", _("Who stands in?"), choices=stand_ins),
        Ask("from_day", _("From which day?"), _("Leave it empty, and it begins today.")),
        Ask("until_day", _("To which day?"), _("The last day on which somebody stands in.")),
    )


def _with_places(visit: Visit, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with where he is: an ambassador by his sheds, a mentor by his municipality.

    Where mentors are, mentoring tells a coordinator alone, and only while it answers. For a mentor it is not
    asked: each time would be a refusal on record.
    """
    assert visit.actor is not None
    is_asked = visit.actor.role is Role.COORDINATOR and any(one["mentor_id"] for one in people)
    mentors = list_if_told(visit, "/mentoring/mentors") if is_asked else []
    places = {one["id"]: one["municipality"] for one in mentors}
    return [one | {"where": [*one["shed_names"], places.get(one["mentor_id"] or "")]} for one in people]


def _absent() -> str:
    return str((request.view_args or {})["account_id"])


def _chosen(_visit: Visit, _thing: Told | None) -> Mapping[str, Any]:
    return {"absent_account_id": _absent()}


def _to_where_he_begins(visit: Visit, _told: Told) -> str:
    assert visit.actor is not None
    return home(visit.actor.role)


FORMS = [
    FormPage(
        "name_cover", "/covers/{account_id}/name", "/registry/covers", NameCoverOnPage,
        _("Name a stand-in"), _("Name the stand-in"), KEEPERS, COVERS,
        asks=_asks, about="/registry/accounts/{account_id}/stand_ins", starts_with=_chosen,
        lead=_("The stand-in sees and does the work of the one who is away, and it is noted who did it."),
        template="name_cover.html",
    ),
    FormPage(
        "end_cover", "/covers/{cover_id}/end", "/registry/covers/{cover_id}/end", Nothing,
        _("End it now"), _("End it"), KEEPERS, COVERS, about="/registry/covers/{cover_id}",
        lead=_("From this moment nobody stands in."), template="cover.html", warns=True,
    ),
    FormPage(
        "take_up", "/covers/{cover_id}/take-up", "/registry/covers/{cover_id}/take_up", Nothing,
        _("Stand in"), _("Stand in from now on"), COVERED, COVERS, about="/registry/covers/{cover_id}",
        lead=_("You then see the work of the other in place of your own, until you stop."),
        template="cover.html", goes_to=_to_where_he_begins,
    ),
    FormPage(
        "lay_down", "/covers/lay-down", "/registry/covers/lay_down", Nothing,
        _("Stop standing in"), _("Do my own work again"), COVERED, COVERS,
    ),
]  # fmt: skip

PAGES = [Page("/covers", covers, KEEPERS), *pages_of(FORMS)]
