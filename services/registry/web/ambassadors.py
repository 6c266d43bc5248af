"""Ambassadors by pages: who they are, which sheds they serve, who joins, and who leaves."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from services.registry.api.ambassadors import AddAmbassador, ChangeAmbassador, Leave, NameShed
from services.registry.web.men import sheds_of
from services.registry.web.sheds import COORDINATOR, IN_SHED, SHED, in_it
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is, called, starts_today
from shared.web.forms import Ask
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import country_of, whole_list
from shared.web.pages import Page, Visit

AMBASSADORS = "/registry/pages/ambassadors"
AMBASSADOR = "/registry/pages/ambassadors/{ambassador_id}"


def ambassadors(visit: Visit) -> Response:
    """The ambassadors of one's partner, with the sheds that each serves now."""
    every = whole_list(visit, "/registry/ambassadors")
    return visit.show(
        "ambassadors.html",
        ambassadors=[one for one in every if one["left_on"] is None],
        gone=[one for one in every if one["left_on"] is not None],
        sheds=sheds_of(visit),
    )


def ambassador(visit: Visit, ambassador_id: UUID) -> Response:
    """One ambassador, and what one may do about him."""
    one = visit.ask(f"/registry/ambassadors/{ambassador_id}").document
    return visit.show(
        "ambassador.html",
        ambassador=one,
        sheds=sheds_of(visit),
        here_now=[served for served in one["sheds"] if served["until"] is None],
        earlier=[served for served in one["sheds"] if served["until"] is not None],
        actions=[action["action"] for action in one["available_actions"]],
    )


def _of_him(country: str) -> tuple[Ask, ...]:
    return (
        Ask("name", _("What is he called?"), needed=True, autocomplete="off"),
        Ask("phone", _("Telephone"), country=country, autocomplete="off"),
        Ask("trained_on", _("When was he trained?")),
    )


def _of_new(_visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """What is asked of a new one, of the shed that one came from."""
    assert thing is not None
    return (IN_SHED, *_of_him(thing.document["country"]))


def _of_known(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    served = [one["shed_id"] for one in thing.document["sheds"]]
    return _of_him(country_of(visit, served[-1]) if served else "")


def _more_sheds(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """The open sheds that he does not serve yet."""
    assert thing is not None
    served = {one["shed_id"] for one in thing.document["sheds"] if one["until"] is None}
    others = [one for one in sheds_of(visit, state="open").items() if one[0] not in served]
    return (Ask("shed_id", _("Which shed?"), choices=others or [("", gettext(_("There is none")))]),)


def _from_there(_visit: Visit, _thing: Told | None) -> Mapping[str, Any]:
    return {"shed_id": str((request.view_args or {})["shed_id"])}


def _called_there(visit: Visit, thing: Told | None) -> str:
    """Who, and from which shed."""
    shed_id = str((request.view_args or {})["shed_id"])
    return f"{called(visit, thing)}, {sheds_of(visit).get(shed_id, '–')}"


_ONE = "/registry/ambassadors/{ambassador_id}"


def _about(name: str, schema: Any, title: str, button: str, **options: Any) -> FormPage:
    """A form that does something about an ambassador."""
    return FormPage(
        name, options.pop("path", f"/ambassadors/{{ambassador_id}}/{name}"), f"{_ONE}/{name}", schema, title,
        button, COORDINATOR, AMBASSADOR, about=_ONE, whom=options.pop("whom", called), **options,
    )  # fmt: skip


FORMS = [
    FormPage(
        "add_ambassador", "/sheds/{shed_id}/ambassadors/add", "/registry/ambassadors", AddAmbassador,
        _("Add an ambassador"), _("Add him"), COORDINATOR, SHED, about="/registry/sheds/{shed_id}",
        whom=called, starts_with=in_it, asks=_of_new,
    ),
    FormPage(
        "change_ambassador", "/ambassadors/{ambassador_id}/change", _ONE, ChangeAmbassador,
        _("Change what is known of him"), _("Keep it so"), COORDINATOR, AMBASSADOR, about=_ONE,
        method="PATCH", starts_with=as_it_is, asks=_of_known,
    ),
    _about("assign_shed", NameShed, _("Let him serve another shed"), _("He serves it"), asks=_more_sheds),
    _about(
        "release_from_shed", NameShed, _("He does not serve this shed any more"), _("Release him"),
        path="/ambassadors/{ambassador_id}/sheds/{shed_id}/release_from_shed", asks=(IN_SHED,),
        starts_with=_from_there, whom=_called_there, warns=True,
        lead=_("From this moment he sees the men of this shed no more."),
    ),
    _about(
        "leave", Leave, _("He leaves the programme"), _("He has left"), starts_with=starts_today("left_on"),
        asks=(Ask("left_on", _("On which day?"), needed=True),), warns=True,
        lead=_("He sees no man any more, and you take over what he had under way."),
    ),
]  # fmt: skip

PAGES = [
    Page("/ambassadors", ambassadors, COORDINATOR),
    Page("/ambassadors/<uuid:ambassador_id>", ambassador, COORDINATOR),
    *pages_of(FORMS),
]
