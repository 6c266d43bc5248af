"""The registry's CSV files: their columns, as rows of the API's own schemas, and how rows are checked."""

from collections.abc import Sequence

from marshmallow import ValidationError, validates_schema

from services.registry.api.activities import Attendance
from services.registry.api.ambassadors import AddAmbassador
from services.registry.api.consents import GiveConsent
from services.registry.api.shedders import RegisterShedder
from services.registry.api.sheds import OpenShed
from services.registry.domain import permissions as may
from services.registry.models import Partner
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases import past_consents, past_records, past_sessions
from shared.http.fields import Day, Line, Whole, several
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
)
from shared.importing import Importer
from shared.references import references_route

KINDS = {
    "sheds": visible.own_sheds,
    "shedders": visible.shedders,
    "ambassadors": visible.ambassadors,
}


class ShedRow(OpenShed):
    class Meta(Input.Meta):
        exclude = ("opening_hours", "new_men")

    external_ref = Line(longest=100, required=True, data_key="shed_ref")
    partner = Line(required=True)
    opened_on = Day(required=True)
    closed_on = Day()


class ShedderRow(RegisterShedder):
    class Meta(Input.Meta):
        exclude = ("shed_id", "email", "address", "interests")

    external_ref = Line(longest=100, required=True, data_key="shedder_ref")
    shed_ref = Line(longest=100, required=True)
    joined_on = Day(required=True)
    left_on = Day()


class AmbassadorRow(AddAmbassador):
    class Meta(Input.Meta):
        exclude = ("shed_id", "phone")

    external_ref = Line(longest=100, required=True, data_key="ambassador_ref")
    shed_ref = Line(longest=100, required=True)


class ConsentRow(GiveConsent):
    class Meta(Input.Meta):
        exclude = ("organisation_id", "expires_on")

    shedder_ref = Line(longest=100, required=True)
    organisation_ref = Line(longest=100)
    given_on = Day(required=True)
    withdrawn_on = Day()

    @validates_schema
    def names_its_recipient(self, values: dict[str, object], **_kwargs: object) -> None:
        if (values["purpose"] == "referral") != ("organisation_ref" in values):
            raise ValidationError(
                "Fill it in for the purpose referral, and for no other.", "organisation_ref"
            )


class SessionRow(Attendance):
    class Meta(Input.Meta):
        exclude = ("present",)

    shed_ref = Line(longest=100, required=True)
    activity = Line(required=True)
    held_on = Day(required=True)
    anonymous_headcount = Whole(0, 1000, required=True)
    shedder_refs = several(Line(longest=100), most=500)


def _check_sheds(work: Work, rows: Sequence[Row], _references: References) -> None:
    blame_twins(rows, "shed_ref", "external_ref")
    blame_before(rows, "closed_on", "opened_on")
    blame_to_come(work, rows, "opened_on", "closed_on")
    if not work.actor.is_system:
        own = work.session.get(Partner, work.actor.partner_id)
        for row in rows:
            if own is None or row.values["partner"] != own.name:
                row.blame("partner", "This is not your partner.")


def _check_shedders(work: Work, rows: Sequence[Row], references: References) -> None:
    blame_twins(rows, "shedder_ref", "external_ref")
    blame_before(rows, "left_on", "joined_on")
    blame_to_come(work, rows, "joined_on", "left_on")
    find_all(rows, references, "shed_ref", "sheds", "shed")


def _check_ambassadors(_work: Work, rows: Sequence[Row], references: References) -> None:
    blame_twins(rows, "ambassador_ref", "external_ref")
    find_all(rows, references, "shed_ref", "sheds", "shed")


def _check_consents(work: Work, rows: Sequence[Row], references: References) -> None:
    blame_before(rows, "withdrawn_on", "given_on")
    blame_to_come(work, rows, "given_on", "withdrawn_on")
    find_all(rows, references, "shedder_ref", "shedders", "shedder")
    find_all(rows, references, "organisation_ref", "organisations", "care organisation")


def _check_sessions(work: Work, rows: Sequence[Row], references: References) -> None:
    blame_twins(rows, "held_on", "shed_ref", "activity", "held_on")
    blame_to_come(work, rows, "held_on")
    find_all(rows, references, "shed_ref", "sheds", "shed")
    men = references.find("shedders", {ref for row in rows for ref in row.values.get("shedder_refs", [])})
    opened = {shed.id: shed.opened_on for shed in work.session.scalars(visible.own_sheds(work.actor))}
    for row in good(rows):
        refs = row.values.get("shedder_refs", [])
        unknown = [ref for ref in refs if ref not in men]
        if unknown:
            row.blame("shedder_refs", f"There is no shedder {', '.join(unknown)}, or none of yours.")
        elif row.values["held_on"] < opened[row.values["shed_id"]]:
            row.blame("held_on", "The shed was not open yet on this day.")
        row.values["present"] = [men[ref] for ref in refs if ref in men]


IMPORTERS = [
    Importer(
        "sheds.csv",
        ShedRow,
        _check_sheds,
        past_records.store_sheds,
    ),
    Importer(
        "shedders.csv",
        ShedderRow,
        _check_shedders,
        past_records.store_shedders,
        lists=frozenset({"languages"}),
    ),
    Importer(
        "ambassadors.csv",
        AmbassadorRow,
        _check_ambassadors,
        past_records.store_ambassadors,
    ),
    Importer(
        "consents.csv",
        ConsentRow,
        _check_consents,
        past_consents.store_consents,
        elsewhere={"organisation_ref": "organisations"},
    ),
    Importer(
        "sessions.csv",
        SessionRow,
        _check_sessions,
        past_sessions.store_sessions,
        lists=frozenset({"shedder_refs"}),
    ),
]

ROUTES = [
    imports_route(IMPORTERS, KINDS, may.IMPORT_RECORDS),
    references_route(KINDS, may.IMPORT_RECORDS),
]
