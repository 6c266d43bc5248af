"""The CSV files of referrals: their columns, as rows of the API's own schemas, and how rows are checked."""

from collections.abc import Sequence
from enum import StrEnum

from marshmallow import ValidationError, validates_schema
from sqlalchemy import select

from services.referrals.api.directory import AddService
from services.referrals.api.referrals import DraftReferral
from services.referrals.domain import permissions as may
from services.referrals.domain.codes import DeclineReason, FailReason, NeedCategory, Urgency
from services.referrals.models import KNOWN, CareService, KnownShed, Referral
from services.referrals.queries import visible
from services.referrals.settings import Work
from services.referrals.use_cases import past_records
from shared.http.fields import Code, Country, Day, Line
from shared.http.imports_api import imports_route
from shared.http.schemas import Input
from shared.imported_rows import (
    References,
    Row,
    blame_before,
    blame_to_come,
    blame_twins,
    find_all,
    good,
    own_refs,
)
from shared.importing import Importer
from shared.references import references_route

KINDS = {"organisations": visible.organisations, "services": visible.care_services}


class PastAnswer(StrEnum):
    """How an organisation answered; none: it never did."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NONE = "none"


class PastOutcome(StrEnum):
    ACHIEVED = "achieved"
    PARTLY = "partly"
    NOT = "not"
    FAILED = "failed"


class OrganisationRow(AddService):
    """A service, and the organisation that offers it."""

    class Meta(Input.Meta):
        fields = (
            "external_ref",
            "name",
            "country",
            "municipality",
            "service_ref",
            "service_name",
            "need_category",
            "promised_days",
            "taking_referrals",
            "languages",
        )

    external_ref = Line(longest=100, required=True, data_key="organisation_ref")
    country = Country(required=True)
    municipality = Line(required=True)
    service_ref = Line(longest=100, required=True)
    service_name = Line(required=True)


class ReferralRow(DraftReferral):
    class Meta(Input.Meta):
        fields = (
            "external_ref",
            "shedder_ref",
            "shed_ref",
            "ambassador_ref",
            "organisation_ref",
            "service_ref",
            "need_category",
            "urgency",
            "sent_on",
            "answered_on",
            "answer",
            "reason",
            "concluded_on",
            "outcome",
        )

    external_ref = Line(longest=100, required=True, data_key="referral_ref")
    shedder_ref = Line(longest=100, required=True)
    shed_ref = Line(longest=100, required=True)
    ambassador_ref = Line(longest=100, required=True)
    organisation_ref = Line(longest=100, required=True)
    service_ref = Line(longest=100, required=True)
    need_category = Code(NeedCategory, required=True)
    urgency = Code(Urgency, required=True)
    sent_on = Day(required=True)
    answered_on = Day()
    answer = Code(PastAnswer, required=True)
    reason = Line(longest=40)
    concluded_on = Day()
    outcome = Code(PastOutcome)

    @validates_schema
    def is_a_history(self, values: dict[str, object], **_kwargs: object) -> None:
        """Each answer needs what belongs to it, and has nothing that does not."""
        answer, outcome = values["answer"], values.get("outcome")
        wanted = {
            "answered_on": answer is not PastAnswer.NONE,
            "concluded_on": outcome is not None,
            "reason": answer is PastAnswer.DECLINED or outcome is PastOutcome.FAILED,
        }
        for column, needed in wanted.items():
            if needed != (column in values):
                said = "Fill it in: the answer asks for it." if needed else "Leave it empty for this answer."
                raise ValidationError(said, column)
        if outcome is not None and answer is not PastAnswer.ACCEPTED:
            raise ValidationError("Only a referral that was accepted has an outcome.", "outcome")
        _check_reason(answer, values.get("reason"))


def _check_reason(answer: object, reason: object) -> None:
    reasons = DeclineReason if answer is PastAnswer.DECLINED else FailReason
    if reason is not None and reason not in {member.value for member in reasons}:
        said = ", ".join(member.value for member in reasons)
        raise ValidationError(f"Must be one of: {said}.", "reason")


def _check_organisations(_work: Work, rows: Sequence[Row], _references: References) -> None:
    blame_twins(rows, "service_ref", "service_ref")


def _check_referrals(work: Work, rows: Sequence[Row], references: References) -> None:
    blame_twins(rows, "referral_ref", "external_ref")
    blame_before(rows, "answered_on", "sent_on")
    blame_before(rows, "concluded_on", "answered_on")
    blame_to_come(work, rows, "sent_on", "answered_on", "concluded_on")
    find_all(rows, references, "shedder_ref", "shedders", "shedder")
    find_all(rows, references, "shed_ref", "sheds", "shed")
    find_all(rows, references, "ambassador_ref", "ambassadors", "ambassador")
    find_all(rows, references, "organisation_ref", "organisations", "care organisation")
    find_all(rows, references, "service_ref", "services", "service")
    offered = dict(work.session.execute(select(CareService.id, CareService.organisation_id)).all())
    arrived = set(work.session.scalars(select(KnownShed.shed_id)))
    for row in good(rows):
        if offered[row.values["service_id"]] != row.values["organisation_id"]:
            row.blame("service_ref", "This organisation does not offer this service.")
        if row.values["shed_id"] not in arrived:
            row.blame("shed_ref", "This shed was registered a moment ago. Try again in a second.")
    _blame_without_consent(work, good(rows))


def _blame_without_consent(work: Work, rows: Sequence[Row]) -> None:
    """What is over was as it was; what is still open goes on, and that needs his consent today."""
    agreed = KNOWN.agreed(work.session, {row.values["shedder_id"] for row in rows}, "referral", work.today)
    there = own_refs(work, Referral)
    for row in rows:
        ended = row.values["answer"] is PastAnswer.DECLINED or "outcome" in row.values
        key = (row.values["shedder_id"], row.values["organisation_id"])
        if not ended and key not in agreed and row.values["external_ref"] not in there:
            row.blame("organisation_ref", "It is still open, and his consent to it is not active.")


IMPORTERS = [
    Importer(
        "organisations.csv",
        OrganisationRow,
        _check_organisations,
        past_records.store_organisations,
        lists=frozenset({"languages"}),
    ),
    Importer(
        "referrals.csv",
        ReferralRow,
        _check_referrals,
        past_records.store_referrals,
        elsewhere={"shedder_ref": "shedders", "shed_ref": "sheds", "ambassador_ref": "ambassadors"},
    ),
]

ROUTES = [
    imports_route(IMPORTERS, KINDS, may.IMPORT_RECORDS),
    references_route(KINDS, may.IMPORT_RECORDS),
]
