"""Consents over HTTP: one call to give, one call to withdraw."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.registry.domain import permissions as may
from services.registry.domain.codes import ConsentMethod, Purpose
from services.registry.domain.lifecycles import CONSENT, ConsentAction, ConsentState
from services.registry.queries import lists, visible
from services.registry.use_cases import consents
from shared.http.fields import Code, Day, Language, Line
from shared.http.history_api import history_route
from shared.http.routes import create, listing, read, transition
from shared.http.schemas import Input, LifecycleAnswer


class GiveConsent(Input):
    purpose = Code(Purpose, required=True)
    organisation_id = fields.UUID(metadata={"description": "The recipient, for the purpose referral only."})
    wording_version = Line(longest=40, required=True)
    language = Language(required=True)
    method = Code(ConsentMethod, required=True)
    given_on = Day()
    expires_on = Day(allow_none=True)

    @validates_schema
    def names_its_recipient(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values["purpose"] is Purpose.REFERRAL and "organisation_id" not in values:
            raise ValidationError("A consent for referral names its recipient.", "organisation_id")
        if values["purpose"] is not Purpose.REFERRAL and "organisation_id" in values:
            raise ValidationError("Only a consent for referral names a recipient.", "organisation_id")


class WithdrawConsent(Input):
    withdrawn_on = Day()


class Consent(LifecycleAnswer):
    lifecycle = CONSENT
    path = "/registry/consents/{id}"

    id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    purpose = Code(Purpose, required=True)
    organisation_id = fields.UUID(allow_none=True)
    wording_version = fields.String(required=True)
    language = fields.String(required=True)
    method = Code(ConsentMethod, required=True)
    given_on = fields.Date(required=True)
    expires_on = fields.Date(allow_none=True)
    recorded_by = fields.UUID(required=True)
    withdrawn_on = fields.Date(allow_none=True)
    state = Code(ConsentState, required=True)


_OF_ONE = "/shedders/<uuid:shedder_id>/consents"
_ONE = "/consents/<uuid:consent_id>"

ROUTES = [
    listing(_OF_ONE, lists.list_consents, may.SEE_CONSENTS, Consent),
    create(_OF_ONE, consents.give_consent, may.RECORD_CONSENT, GiveConsent, Consent, place="/consents"),
    read(_ONE, consents.read_consent, may.SEE_CONSENTS, Consent),
    transition(
        f"{_ONE}/withdraw",
        consents.withdraw_consent,
        CONSENT,
        ConsentAction.WITHDRAW,
        WithdrawConsent,
        Consent,
        if_match=False,
    ),
    history_route(_ONE, CONSENT, visible.consents, may.SEE_CONSENTS),
]
