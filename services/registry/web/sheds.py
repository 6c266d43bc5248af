"""Sheds by pages: one's own, one of them whole, opening, changing and closing it; and what is held there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response

from services.registry.api.activities import AddActivity, ChangeActivity
from services.registry.api.sheds import ChangeShed, CloseShed, OpenShed
from services.registry.domain import permissions as may
from shared.actor import Role
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is, called, starts_today
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.navigation import SHEDS
from shared.web.pages import Page, Visit
from shared.web.spoken import countries

SHED = "/registry/pages/sheds/{shed_id}"
READERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
COORDINATOR = frozenset({Role.COORDINATOR})


def sheds(visit: Visit) -> Response:
    """The sheds of one's own, the open ones first."""
    every = whole_list(visit, "/registry/sheds")
    return visit.show(
        "sheds.html",
        open_sheds=[one for one in every if one["closed_on"] is None],
        closed_sheds=[one for one in every if one["closed_on"] is not None],
        opens=visit.may(may.OPEN_SHED),
    )


def shed(visit: Visit, shed_id: UUID) -> Response:
    """One shed: what is known of it, what is held there, and who serves it."""
    one = visit.ask(f"/registry/sheds/{shed_id}").document
    of_it, today = {"shed_id": str(shed_id)}, visit.service.clock.today().isoformat()
    activities = whole_list(visit, "/registry/activities", **of_it)
    keeps = visit.may(may.KEEP_AMBASSADORS)
    return visit.show(
        "shed.html",
        shed=one,
        activities=[each for each in activities if each["ended_on"] is None or each["ended_on"] >= today],
        ended=[each for each in activities if each["ended_on"] is not None and each["ended_on"] < today],
        ambassadors=whole_list(visit, "/registry/ambassadors", **of_it) if keeps else [],
        keeps=keeps,
        men=_men_there(visit, str(shed_id), today) if visit.may(may.READ_FIGURES) else None,
        actions=[action["action"] for action in one["available_actions"]],
    )


def _men_there(visit: Visit, shed_id: str, today: str) -> int | None:
    """How many men belong to it today, as the figures count them: no man's own entry is looked at."""
    told = visit.ask("/registry/figures", shed_id=shed_id, since=today, until=today).document
    found: int | None = told["men"]["taking_part"]
    return found


def of_a_shed() -> tuple[Ask, ...]:
    """What can be said of a shed, and changed later."""
    return (
        Ask("neighbourhood", _("Neighbourhood")),
        Ask("focus", _("What is it mostly for?"), thing="focus", needed=True),
        Ask("new_men", _("Does it take new men?"), thing="new_men"),
        Ask("capacity", _("How many men can be there at once?")),
        Ask("opening_hours", _("When is it open?")),
    )


def _of_new_shed(_visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    return (
        Ask("name", _("What is it called?")),
        Ask("country", _("In which country?"), choices=countries()),
        Ask("municipality", _("In which municipality?")),
        *of_a_shed(),
        Ask("opened_on", _("On which day did it open?"), needed=True),
    )


def _as_new(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    return starts_today("opened_on", new_men="open")(visit, thing)


def in_it(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """Something new that belongs to the shed that one came from."""
    assert thing is not None
    return {"shed_id": thing.document["id"]}


def _to_shed(_visit: Visit, told: Told) -> str:
    one = told.document
    return SHED.format(shed_id=one.get("shed_id") or one["id"])


IN_SHED = Ask("shed_id", _("Shed"), hidden=True)
_NAME = Ask("name", _("What is it called?"), needed=True)
_WHEN = Ask("schedule", _("When is it held?"))
_ONE = "/registry/sheds/{shed_id}"
_ACTIVITY = "/registry/activities/{activity_id}"
FORMS = [
    FormPage(
        "open_shed", "/sheds/open", "/registry/sheds", OpenShed, _("Open a shed"), _("Open it"),
        COORDINATOR, SHEDS, asks=_of_new_shed, starts_with=_as_new, goes_to=_to_shed,
    ),
    FormPage(
        "change_shed", "/sheds/{shed_id}/change", _ONE, ChangeShed, _("Change what is known of it"),
        _("Keep it so"), COORDINATOR, SHED, about=_ONE, method="PATCH", starts_with=as_it_is, whom=called,
        asks=(_NAME, Ask("municipality", _("In which municipality?"), needed=True), *of_a_shed()),
    ),
    FormPage(
        "close_shed", "/sheds/{shed_id}/close", f"{_ONE}/close", CloseShed, _("Close this shed"),
        _("Close it"), COORDINATOR, SHED, about=_ONE, whom=called, warns=True,
        starts_with=starts_today("closed_on"),
        asks=(Ask("closed_on", _("From which day is it closed?"), needed=True),),
        lead=_("Its ambassadors see its men no more, and you take over what they had under way."),
    ),
    FormPage(
        "add_activity", "/sheds/{shed_id}/activities/add", "/registry/activities", AddActivity,
        _("Add an activity"), _("Add it"), READERS, SHED, about=_ONE, starts_with=in_it, whom=called,
        asks=(IN_SHED, _NAME, _WHEN), goes_to=_to_shed,
    ),
    FormPage(
        "change_activity", "/sheds/{shed_id}/activities/{activity_id}/change", _ACTIVITY, ChangeActivity,
        _("Change this activity"), _("Keep it so"), READERS, SHED, about=_ACTIVITY, method="PATCH",
        starts_with=as_it_is, whom=called, goes_to=_to_shed,
        asks=(
            _NAME, _WHEN,
            Ask("ended_on", _("Its last day"), _("Leave it empty as long as it goes on.")),
        ),
    ),
]  # fmt: skip

PAGES = [Page("/sheds", sheds, READERS), Page("/sheds/<uuid:shed_id>", shed, READERS), *pages_of(FORMS)]
