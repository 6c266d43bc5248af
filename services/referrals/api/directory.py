"""The directory over HTTP: care organisations, their places and their services."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, validate

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import NeedCategory, TakingReferrals
from services.referrals.queries import lists
from services.referrals.use_cases import directory
from shared.actor import Actor
from shared.http.fields import (
    Code,
    Country,
    Day,
    EmailAddress,
    FreeText,
    Language,
    Line,
    OpeningHours,
    Phone,
    Whole,
    YesOrNo,
    several,
)
from shared.http.routes import change, create, listing, read
from shared.http.schemas import Answer, Input, Paged

_WEBSITE = validate.URL(schemes={"http", "https"}, error="Write a web address, like https://example.org.")


class OrganisationFields(Input):
    phone = Phone(allow_none=True)
    email = EmailAddress(allow_none=True)
    website = fields.String(allow_none=True, validate=[validate.Length(max=400), _WEBSITE])
    description = FreeText(allow_none=True)
    languages = several(Language())
    answers_by_link = YesOrNo(
        metadata={"description": "Each referral comes to its email with a link to answer it by, once."}
    )
    assured_date = Day(allow_none=True, metadata={"description": "When this entry was last found right."})


class AddOrganisation(OrganisationFields):
    name = Line(required=True)
    country = Country(required=True)
    municipality = Line(required=True)
    external_ref = Line(longest=100)


class ChangeOrganisation(OrganisationFields):
    name = Line()
    municipality = Line()


class Kept(Answer):
    """Something of the directory, with whether the caller keeps it: he keeps an organisation's, or not."""

    kept_by: ClassVar[str] = "organisation_id"
    """The attribute that says whose it is."""

    may_keep = fields.Boolean(required=True, metadata={"description": "Whether the caller may change it."})

    def told_to(self, actor: Actor, thing: Any) -> Mapping[str, Any]:
        return {"may_keep": may.keeps_organisation(actor, getattr(thing, self.kept_by))}


class Organisation(Kept):
    kept_by = "id"

    id = fields.UUID(required=True)
    external_ref = fields.String(allow_none=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    municipality = fields.String(required=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    website = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    languages = fields.List(fields.String(), required=True)
    answers_by_link = fields.Boolean(required=True)
    assured_date = fields.Date(allow_none=True)


class OrganisationQuery(Paged):
    country = Country()
    municipality = Line()


class LocationFields(Input):
    neighbourhood = Line(allow_none=True)
    access = FreeText(allow_none=True, metadata={"description": "Access needs that are met."})


class AddLocation(LocationFields):
    organisation_id = fields.UUID(required=True)
    name = Line(required=True)
    address = Line(longest=400, required=True)
    municipality = Line(required=True)


class ChangeLocation(LocationFields):
    name = Line()
    address = Line(longest=400)
    municipality = Line()


class Location(Kept):
    id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    municipality = fields.String(required=True)
    neighbourhood = fields.String(allow_none=True)
    access = fields.String(allow_none=True)


class LocationQuery(Paged):
    organisation_id = fields.UUID()


class ServiceFields(Input):
    location_id = fields.UUID(allow_none=True)
    municipality = Line()
    description = FreeText(allow_none=True)
    minimum_age = Whole(0, 120, allow_none=True)
    maximum_age = Whole(0, 120, allow_none=True)
    eligibility = FreeText(allow_none=True)
    schedule = OpeningHours()
    languages = several(Language())
    cost = Line(longest=400, allow_none=True)
    access = FreeText(allow_none=True)
    assured_date = Day(allow_none=True)


class AddService(ServiceFields):
    organisation_id = fields.UUID(required=True)
    name = Line(required=True)
    need_category = Code(NeedCategory, required=True)
    taking_referrals = Code(TakingReferrals, required=True)
    promised_days = Whole(1, 365, required=True, metadata={"description": "Days within which it answers."})
    external_ref = Line(longest=100)


class ChangeService(ServiceFields):
    name = Line()
    need_category = Code(NeedCategory)
    taking_referrals = Code(TakingReferrals)
    promised_days = Whole(1, 365)


class Service(Kept):
    id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    location_id = fields.UUID(allow_none=True)
    external_ref = fields.String(allow_none=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    municipality = fields.String(required=True)
    need_category = Code(NeedCategory, required=True)
    description = fields.String(allow_none=True)
    minimum_age = fields.Integer(allow_none=True)
    maximum_age = fields.Integer(allow_none=True)
    eligibility = fields.String(allow_none=True)
    schedule = fields.List(fields.Dict(), required=True)
    languages = fields.List(fields.String(), required=True)
    cost = fields.String(allow_none=True)
    access = fields.String(allow_none=True)
    assured_date = fields.Date(allow_none=True)
    taking_referrals = Code(TakingReferrals, required=True)
    promised_days = fields.Integer(required=True)
    days_taken = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Median days of its last answers; null when it has not answered yet."},
    )
    answers_counted = fields.Integer(required=True)


class ServiceQuery(Paged):
    organisation_id = fields.UUID()
    country = Country()
    municipality = Line()
    need_category = Code(NeedCategory)
    taking_referrals = Code(TakingReferrals)
    language = Language()


_ORGANISATION = "/organisations/<uuid:organisation_id>"
_LOCATION = "/locations/<uuid:location_id>"
_SERVICE = "/services/<uuid:service_id>"
_KEEP = may.KEEP_ORGANISATIONS

ROUTES = [
    listing("/organisations", lists.list_organisations, may.SEE_DIRECTORY, Organisation, OrganisationQuery),
    create("/organisations", directory.add_organisation, may.ADD_ORGANISATION, AddOrganisation, Organisation),
    read(_ORGANISATION, directory.read_organisation, may.SEE_DIRECTORY, Organisation),
    change(_ORGANISATION, directory.change_organisation, _KEEP, ChangeOrganisation, Organisation),
    listing("/locations", lists.list_locations, may.SEE_DIRECTORY, Location, LocationQuery),
    create("/locations", directory.add_location, _KEEP, AddLocation, Location),
    read(_LOCATION, directory.read_location, may.SEE_DIRECTORY, Location),
    change(_LOCATION, directory.change_location, _KEEP, ChangeLocation, Location),
    listing("/services", lists.list_services, may.SEE_DIRECTORY, Service, ServiceQuery),
    create("/services", directory.add_service, _KEEP, AddService, Service),
    read(_SERVICE, directory.read_service, may.SEE_DIRECTORY, Service),
    change(_SERVICE, directory.change_service, _KEEP, ChangeService, Service),
]
