"""Keeping the directory by pages: an organisation, its places, what it offers, and what it takes now.

A care worker keeps his own organisation, a coordinator any. What he does most is one press.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.referrals.api.directory import (
    AddLocation,
    AddOrganisation,
    AddService,
    ChangeLocation,
    ChangeOrganisation,
    ChangeService,
)
from services.referrals.domain import permissions as may
from services.referrals.domain.codes import TakingReferrals
from shared.errors import Forbidden
from shared.http.schemas import Input
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import as_it_is, called
from shared.web.forms import Ask
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Visit
from shared.web.spoken import countries, languages

ORGANISATIONS = "/referrals/organisations"
ONE = "/referrals/organisations/{organisation_id}"
PAGE = "/referrals/pages/directory/{organisation_id}"
KEEPERS = may.KEEP_ORGANISATIONS.roles
SPOKEN = _("Languages that are spoken there")
FOUND_RIGHT = Ask("assured_date", _("When was all this last found right?"))

BY_LINK = Ask(
    "answers_by_link",
    _("Does it answer by the link of an e-mail?"),
    _("Each referral then comes to its e-mail address with a link, and needs no account."),
    needed=True,
)


def _kept(asks: Callable[[Visit, Mapping[str, Any]], Sequence[Ask]]) -> Callable[..., Sequence[Ask]]:
    """What is asked of who keeps the entry; nobody else is shown a form that he could not send."""

    def asked(visit: Visit, thing: Told | None) -> Sequence[Ask]:
        assert thing is not None
        if not thing.document["may_keep"]:
            raise Forbidden("This is not your organisation.")
        return asks(visit, thing.document)

    return asked


def _of_organisation(visit: Visit, one: Mapping[str, Any]) -> Sequence[Ask]:
    assert visit.actor is not None
    by_link = (BY_LINK,) if may.LET_ANSWER_BY_LINK.allows(visit.actor) else ()
    return (
        Ask("name", _("What is it called?"), needed=True),
        Ask("municipality", _("In which municipality?"), needed=True),
        Ask("phone", _("Telephone"), country=one.get("country") or visit.typed.get("country", "")),
        Ask("email", _("E-mail address")),
        Ask("website", _("Website"), _("Such as https://example.org")),
        Ask("description", _("What does it do?"), _("In plain words: ambassadors read it, and men."), rows=4),
        Ask("languages", SPOKEN, choices=languages(one.get("languages", ()))),
        *by_link,
        FOUND_RIGHT,
    )


def _of_new_organisation(visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    name, municipality, *others = _of_organisation(visit, {})
    return (name, Ask("country", _("In which country?"), choices=countries()), municipality, *others)


def _of_place(_visit: Visit, _one: Mapping[str, Any]) -> Sequence[Ask]:
    return (
        Ask("name", _("What is the place called?"), needed=True),
        Ask("address", _("Address"), needed=True),
        Ask("municipality", _("In which municipality?"), needed=True),
        Ask("neighbourhood", _("Neighbourhood")),
        Ask("access", _("Who can get in?"), _("Such as a lift, or a door that opens by itself."), rows=2),
    )


def _of_service(visit: Visit, one: Mapping[str, Any]) -> Sequence[Ask]:
    organisation_id = one.get("organisation_id") or one["id"]
    there = whole_list(visit, "/referrals/locations", organisation_id=organisation_id)
    places = (("", gettext(_("At none of them"))), *((place["id"], place["name"]) for place in there))
    return (
        Ask("name", _("What is it called?"), needed=True),
        Ask("need_category", _("What does it help with?"), thing="need", needed=True),
        Ask("taking_referrals", _("Does it take referrals now?"), thing="taking", needed=True),
        Ask("promised_days", _("Within how many days does it answer?"), needed=True),
        *((Ask("location_id", _("At which place?"), choices=places),) if there else ()),
        Ask("municipality", _("In which municipality?"), needed="need_category" in one),
        Ask("description", _("What does it do?"), rows=4),
        Ask("eligibility", _("For whom is it?"), rows=2),
        Ask("minimum_age", _("From which age?")),
        Ask("maximum_age", _("Up to which age?")),
        Ask("schedule", _("When is it open?")),
        Ask("languages", SPOKEN, choices=languages(one.get("languages", ()))),
        Ask("cost", _("What does it cost?")),
        Ask("access", _("Who can get in?"), _("Such as a lift, or a door that opens by itself."), rows=2),
        FOUND_RIGHT,
    )


def _with_its_organisation(
    asks: Callable[[Visit, Mapping[str, Any]], Sequence[Ask]],
) -> Callable[..., Sequence[Ask]]:
    """The same of something new, which says whose it is."""
    hidden = Ask("organisation_id", _("The organisation"), hidden=True)
    return _kept(lambda visit, one: (hidden, *asks(visit, one)))


def _of_it(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """Something new belongs to the organisation that one came from, and is where that is."""
    assert thing is not None
    return {"organisation_id": thing.document["id"], "municipality": thing.document["municipality"]}


def _to_it(_visit: Visit, told: Told) -> str:
    one = told.document
    return PAGE.format(organisation_id=one.get("organisation_id") or one["id"])


def _kept_by(name: str, path: str, to: str, schema: type[Input], title: str, **options: Any) -> FormPage:
    """A form that keeps the directory. One of something new reads the organisation that it will belong to."""
    path, button = f"/directory/{{organisation_id}}{path}", options.pop("button", _("Keep it so"))
    return FormPage(
        name, path, to, schema, title, button, KEEPERS, PAGE, goes_to=_to_it, whom=called, **options
    )


def _changes(name: str, path: str, to: str, schema: type[Input], title: str, **options: Any) -> FormPage:
    return _kept_by(
        name, path, to, schema, title, about=to, starts_with=as_it_is, method="PATCH", **options
    )  # fmt: skip


def _taking(code: TakingReferrals, title: str) -> FormPage:
    """One press: whether a service takes referrals now."""

    def says(values: dict[str, Any]) -> None:
        values["taking_referrals"] = code.value

    name = f"taking_{code.value}"
    return _kept_by(
        name, f"/services/{{service_id}}/{name}", _SERVICE, ChangeService, title,
        button=_("Yes, say so"), about=_SERVICE, method="PATCH", asks=_kept(lambda _visit, _one: ()),
        completes=says,
    )  # fmt: skip


_PLACE = "/referrals/locations/{location_id}"
_SERVICE = "/referrals/services/{service_id}"
FORMS = [
    FormPage(
        "add_organisation", "/directory/organisations/add", ORGANISATIONS, AddOrganisation,
        _("Add an organisation"), _("Add it"), may.ADD_ORGANISATION.roles, "/referrals/pages/directory",
        asks=_of_new_organisation, goes_to=_to_it,
        starts_with=lambda _visit, _thing: {"answers_by_link": False},
    ),
    _changes(
        "change_organisation", "/change", ONE, ChangeOrganisation, _("Change what is known of it"),
        asks=_kept(_of_organisation),
    ),
    _kept_by(
        "add_location", "/places/add", "/referrals/locations", AddLocation, _("Add a place"),
        button=_("Add it"), about=ONE, asks=_with_its_organisation(_of_place), starts_with=_of_it,
    ),
    _changes(
        "change_location", "/places/{location_id}/change", _PLACE, ChangeLocation, _("Change this place"),
        asks=_kept(_of_place),
    ),
    _kept_by(
        "add_service", "/services/add", "/referrals/services", AddService, _("Add a service"),
        button=_("Add it"), about=ONE, asks=_with_its_organisation(_of_service), starts_with=_of_it,
    ),
    _changes(
        "change_service", "/services/{service_id}/change", _SERVICE, ChangeService, _("Change this service"),
        asks=_kept(_of_service),
    ),
    _taking(TakingReferrals.YES, _("It takes referrals now")),
    _taking(TakingReferrals.WAITING_LIST, _("It has a waiting list")),
    _taking(TakingReferrals.NO, _("It takes no referrals now")),
]  # fmt: skip

PAGES = pages_of(FORMS)
