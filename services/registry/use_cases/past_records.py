"""Storing many records at once, as they were kept before: sheds, shedders and ambassadors.

What people enter one by one goes through the other use cases. History is not asked whether it was allowed:
a man may have joined a shed after it closed. Such rows are taken, with a warning.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select

from services.registry.domain import permissions as may
from services.registry.domain.lifecycles import SHED, ShedAction, ShedState
from services.registry.models import (
    Ambassador,
    AmbassadorShed,
    Membership,
    Partner,
    Shed,
    Shedder,
)
from services.registry.settings import Work
from services.registry.use_cases.ambassadors import told_of as told_of_ambassador
from services.registry.use_cases.sheds import told_of as told_of_shed
from services.registry.use_cases.sheds import told_of_closing
from services.registry.use_cases.timeline import enter
from shared.clock import noon
from shared.history import entry
from shared.identifiers import new_id
from shared.imported_rows import BadCell, Report, Row, note_differences, own_things, taken
from shared.text import fold


def store_sheds(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Sheds, and the partners that they name and that are not there yet."""
    work.require(may.IMPORT_RECORDS)
    partners = {partner.name: partner for partner in work.session.scalars(select(Partner))}
    for row in _new(work, Shed, rows, report):
        values = row.values
        partner = partners.get(values["partner"])
        if partner is None:
            partner = Partner(
                id=new_id(), name=values["partner"], country=values["country"], created_at=work.now
            )
            partners[partner.name] = partner
            work.session.add(partner)
            work.session.flush()
        closed_on = values.get("closed_on")
        shed = Shed(
            id=new_id(),
            partner_id=partner.id,
            **taken(values, "name country municipality neighbourhood focus capacity opened_on"),
            closed_on=closed_on,
            state=ShedState.CLOSED if closed_on else ShedState.OPEN,
            opening_hours=[],
            **_own_ref(work, values),
        )
        work.session.add(shed)
        work.record("shed.opened", shed.id, told_of_shed(shed))
        if closed_on:
            step = SHED.by_action[ShedAction.CLOSE]
            work.session.add(entry(work, shed.id, step, ShedState.OPEN, at=noon(closed_on, work.now)))
            work.record(step.event, shed.id, told_of_closing(shed))


def store_shedders(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Men, with the shed that they joined and, where they did, left."""
    work.require(may.IMPORT_RECORDS)
    closed = _closing_days(work)
    members = []
    for row in _new(work, Shedder, rows, report):
        values = row.values
        shedder = Shedder(
            id=new_id(),
            search_name=fold(values["known_as"]),
            languages=values.get("languages", []),
            **taken(values, "known_as birth_year neighbourhood phone"),
            **_own_ref(work, values),
        )
        work.session.add(shedder)
        members.append(Membership(shedder_id=shedder.id, **taken(values, "shed_id joined_on left_on")))
        _tell_membership(work, shedder.id, values)
        if values["joined_on"] > closed.get(values["shed_id"], date.max):
            report.warnings.append(BadCell(row.line, "joined_on", "The shed had closed by then."))
    work.session.flush()
    work.session.add_all(members)


def _tell_membership(work: Work, shedder_id: UUID, values: Mapping[str, Any]) -> None:
    shed_id, joined_on, left_on = values["shed_id"], values["joined_on"], values.get("left_on")
    ids = {"shedder_id": shedder_id, "shed_id": shed_id}
    work.record("shedder.registered", shedder_id, ids | {"joined_on": joined_on})
    enter(work, shedder_id, joined_on, "shedder.registered", shed_id)
    if left_on is not None:
        work.record("shedder.left", shedder_id, ids | {"left_on": left_on})
        enter(work, shedder_id, left_on, "shedder.left", shed_id)


def store_ambassadors(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Ambassadors, each with his shed."""
    work.require(may.IMPORT_RECORDS)
    sheds = {shed.id: shed for shed in work.session.scalars(select(Shed))}
    serving = []
    for row in _new(work, Ambassador, rows, report):
        shed = sheds[row.values["shed_id"]]
        ambassador = Ambassador(
            id=new_id(),
            partner_id=shed.partner_id,
            **taken(row.values, "name trained_on"),
            **_own_ref(work, row.values),
        )
        work.session.add(ambassador)
        since = row.values.get("trained_on") or shed.opened_on
        serving.append(AmbassadorShed(ambassador_id=ambassador.id, shed_id=shed.id, since=since))
        work.record("ambassador.added", ambassador.id, told_of_ambassador(ambassador, shed.id))
    work.session.flush()
    work.session.add_all(serving)


def _new(work: Work, model: type[Any], rows: Sequence[Row], report: Report) -> list[Row]:
    """The rows whose reference this owner has not used yet; the others are there already."""
    there = own_things(work, model)
    new = [row for row in rows if row.values["external_ref"] not in there]
    report.new += len(new)
    report.already_there += len(rows) - len(new)
    columns = [column.key for column in inspect(model).column_attrs]
    for row in rows:
        if row.values["external_ref"] in there:
            note_differences(row, there[row.values["external_ref"]], report, columns)
    return new


def _own_ref(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "external_ref": values["external_ref"],
        "ref_owner": work.actor.ref_owner,
        "created_at": work.now,
    }


def _closing_days(work: Work) -> dict[UUID, date]:
    closed = select(Shed.id, Shed.closed_on).where(Shed.closed_on.is_not(None))
    return {shed_id: day for shed_id, day in work.session.execute(closed) if day}
