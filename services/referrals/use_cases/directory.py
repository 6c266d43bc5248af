"""The directory of care organisations, their places and their services."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.referrals.domain import permissions as may
from services.referrals.models import CareService, Location, Organisation
from services.referrals.queries import visible
from services.referrals.queries.answer_times import with_days_taken
from services.referrals.settings import Work
from services.referrals.use_cases.answer_links import write_new_links
from shared.database.finding import assign, find, find_or_none, refuse_second_ref
from shared.errors import Forbidden, InvalidInput

ORGANISATION = (
    "name",
    "municipality",
    "phone",
    "email",
    "website",
    "description",
    "languages",
    "answers_by_link",
    "assured_date",
)
LOCATION = ("name", "address", "municipality", "neighbourhood", "access")
SERVICE = (
    "name",
    "location_id",
    "municipality",
    "need_category",
    "description",
    "minimum_age",
    "maximum_age",
    "eligibility",
    "schedule",
    "languages",
    "cost",
    "access",
    "assured_date",
    "taking_referrals",
    "promised_days",
)


def add_organisation(work: Work, *, values: Mapping[str, Any]) -> Organisation:
    """Add a care organisation to the directory."""
    work.require(may.ADD_ORGANISATION)
    if work.actor.organisation_id is not None:
        raise Forbidden("A client of an organisation keeps its own entry, and adds no other.")
    refuse_second_ref(
        work.session, Organisation, work.actor.ref_owner, values.get("external_ref"), "an organisation"
    )
    organisation = Organisation(
        country=values["country"],
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        languages=[],
    )
    _assign_organisation(work, organisation, values)
    work.session.add(organisation)
    work.session.flush()
    work.record(
        "organisation.listed",
        organisation.id,
        {"organisation_id": organisation.id, "country": organisation.country},
    )
    return organisation


def change_organisation(work: Work, *, organisation_id: UUID, values: Mapping[str, Any]) -> Organisation:
    """Change a care organisation's entry."""
    organisation = find(work.session, visible.organisations(work.actor), organisation_id, for_change=True)
    _keeps(work, organisation_id)
    work.expect_version(organisation)
    if _assign_organisation(work, organisation, values):
        write_new_links(work, organisation)
    return organisation


def read_organisation(work: Work, *, organisation_id: UUID) -> Organisation:
    """Read one care organisation."""
    organisation = find(work.session, visible.organisations(work.actor), organisation_id)
    work.require(may.SEE_DIRECTORY)
    return organisation


def add_location(work: Work, *, values: Mapping[str, Any]) -> Location:
    """Add a place of a care organisation."""
    work.require(may.KEEP_ORGANISATIONS)
    organisation = _named_organisation(work, values)
    location = Location(organisation_id=organisation.id, created_at=work.now)
    assign(location, values, LOCATION)
    work.session.add(location)
    return location


def change_location(work: Work, *, location_id: UUID, values: Mapping[str, Any]) -> Location:
    """Change a place of a care organisation."""
    location = find(work.session, visible.locations(work.actor), location_id, for_change=True)
    _keeps(work, location.organisation_id)
    work.expect_version(location)
    assign(location, values, LOCATION)
    return location


def read_location(work: Work, *, location_id: UUID) -> Location:
    """Read one place of a care organisation."""
    location = find(work.session, visible.locations(work.actor), location_id)
    work.require(may.SEE_DIRECTORY)
    return location


def add_service(work: Work, *, values: Mapping[str, Any]) -> CareService:
    """Add a service that a care organisation offers."""
    work.require(may.KEEP_ORGANISATIONS)
    organisation = _named_organisation(work, values)
    refuse_second_ref(
        work.session, CareService, work.actor.ref_owner, values.get("external_ref"), "a service"
    )
    service = CareService(
        organisation_id=organisation.id,
        country=organisation.country,
        municipality=organisation.municipality,
        external_ref=values.get("external_ref"),
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
        languages=[],
        schedule=[],
    )
    _assign_service(work, service, values)
    work.session.add(service)
    work.session.flush()
    work.record("service.listed", service.id, told_of(service))
    return with_days_taken(work.session, [service])[0]


def change_service(work: Work, *, service_id: UUID, values: Mapping[str, Any]) -> CareService:
    """Change a service's entry: above all whether it takes referrals now, and the days it promises."""
    service = find(work.session, visible.care_services(work.actor), service_id, for_change=True)
    _keeps(work, service.organisation_id)
    work.expect_version(service)
    _assign_service(work, service, values)
    work.session.flush()
    work.record("service.changed", service.id, told_of(service))
    return with_days_taken(work.session, [service])[0]


def read_service(work: Work, *, service_id: UUID) -> CareService:
    """Read one service, with the days it promises and the days it really takes."""
    service = find(work.session, visible.care_services(work.actor), service_id)
    work.require(may.SEE_DIRECTORY)
    return with_days_taken(work.session, [service])[0]


def told_of(service: CareService) -> dict[str, Any]:
    """What an event tells of a service."""
    return {
        "service_id": service.id,
        "organisation_id": service.organisation_id,
        "need_category": service.need_category,
        "taking_referrals": service.taking_referrals,
        "promised_days": service.promised_days,
    }


def _assign_organisation(work: Work, organisation: Organisation, values: Mapping[str, Any]) -> bool:
    """Whether links to answer by go somewhere from now on where they did not go before."""
    went_to = organisation.links_go_to
    assign(organisation, values, ORGANISATION)
    goes_to = organisation.links_go_to
    if organisation.answers_by_link and not organisation.email:
        raise InvalidInput.on("answers_by_link", "Links are sent to its e-mail address, and it has none.")
    if goes_to in (went_to, None):
        return False
    if not may.LET_ANSWER_BY_LINK.allows(work.actor):
        field = "email" if went_to else "answers_by_link"
        raise InvalidInput.on(field, "Where links go, the organisation itself says, or an administrator.")
    return True


def _assign_service(work: Work, service: CareService, values: Mapping[str, Any]) -> None:
    location = find_or_none(work.session, visible.locations(work.actor), values.get("location_id"))
    given = values.get("location_id") is not None
    if given and (location is None or location.organisation_id != service.organisation_id):
        raise InvalidInput.on("location_id", "This is not a place of the organisation.")
    assign(service, values, SERVICE)
    if (service.minimum_age or 0) > (service.maximum_age or 200):
        raise InvalidInput.on("maximum_age", "It must not be lower than minimum_age.")


def _keeps(work: Work, organisation_id: UUID) -> None:
    work.require(may.KEEP_ORGANISATIONS)
    if not may.keeps_organisation(work.actor, organisation_id):
        raise Forbidden("This is not your organisation.")


def _named_organisation(work: Work, values: Mapping[str, Any]) -> Organisation:
    organisation = find_or_none(work.session, visible.organisations(work.actor), values["organisation_id"])
    if organisation is None or not may.keeps_organisation(work.actor, organisation.id):
        raise InvalidInput.on("organisation_id", "This is not an organisation whose entry you keep.")
    return organisation
