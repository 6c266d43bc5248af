"""Storing many records at once, as they were kept before: sheds, people, consents, sessions.

What people enter one by one goes through the other use cases. History is not asked whether it was allowed:
a man may have joined a shed after it closed. Such rows are taken, with a warning.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from services.registry.domain import permissions as may
from services.registry.domain.codes import Purpose
from services.registry.domain.lifecycles import ConsentState, ShedState
from services.registry.models import (
    Activity,
    Ambassador,
    AmbassadorShed,
    Attendance,
    Consent,
    Membership,
    Partner,
    Session,
    Shed,
    Shedder,
)
from services.registry.settings import Work
from services.registry.use_cases.activities import told_of as told_of_session
from services.registry.use_cases.consents import told_of as told_of_consent
from services.registry.use_cases.sheds import told_of as told_of_shed
from services.registry.use_cases.timeline import enter
from shared.identifiers import new_id
from shared.importing import BadCell, Report, Row
from shared.text import fold

AT_ONCE = 500


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
            **_taken(values, "name country municipality neighbourhood focus capacity opened_on"),
            closed_on=closed_on,
            state=ShedState.CLOSED if closed_on else ShedState.OPEN,
            opening_hours=[],
            **_own_ref(work, values),
        )
        work.session.add(shed)
        work.record("shed.opened", shed.id, told_of_shed(shed))
        if closed_on:
            work.record("shed.closed", shed.id, {"shed_id": shed.id, "closed_on": closed_on})


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
            **_taken(values, "known_as birth_year neighbourhood phone"),
            **_own_ref(work, values),
        )
        work.session.add(shedder)
        members.append(Membership(shedder_id=shedder.id, **_taken(values, "shed_id joined_on left_on")))
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
            **_taken(row.values, "name trained_on"),
            **_own_ref(work, row.values),
        )
        work.session.add(ambassador)
        since = row.values.get("trained_on") or shed.opened_on
        serving.append(AmbassadorShed(ambassador_id=ambassador.id, shed_id=shed.id, since=since))
        ids = {"ambassador_id": ambassador.id, "partner_id": shed.partner_id, "shed_id": shed.id}
        work.record("ambassador.added", ambassador.id, ids)
    work.session.flush()
    work.session.add_all(serving)


def store_consents(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Consents in the order they were given: a later one for the same replaces the earlier."""
    work.require(may.IMPORT_RECORDS)
    there = {
        _consent_key(consent): consent
        for consent in work.session.scalars(select(Consent).execution_options(yield_per=2000))
    }
    active = {key[:3]: one for key, one in there.items() if one.state is ConsentState.ACTIVE}
    for row in sorted(rows, key=lambda row: row.values["given_on"]):
        consent = _past_consent(work, row.values)
        key = _consent_key(consent)
        if key in there:
            report.already_there += 1
            continue
        report.new += 1
        there[key] = consent
        replaced = None
        if consent.state is ConsentState.ACTIVE:
            earlier = active.get(key[:3])
            if earlier is not None:
                earlier.state, replaced = ConsentState.REPLACED, earlier.id
                work.session.flush()
            active[key[:3]] = consent
        work.session.add(consent)
        _tell_consent(work, consent, replaced)


def _past_consent(work: Work, values: Mapping[str, Any]) -> Consent:
    withdrawn_on = values.get("withdrawn_on")
    return Consent(
        id=new_id(),
        **_taken(values, "shedder_id purpose organisation_id given_on method wording_version language"),
        withdrawn_on=withdrawn_on,
        withdrawn_at=work.now if withdrawn_on else None,
        withdrawal_recorded_by=work.actor.id if withdrawn_on else None,
        state=ConsentState.WITHDRAWN if withdrawn_on else ConsentState.ACTIVE,
        recorded_by=work.actor.id,
        created_at=work.now,
    )


def _consent_key(consent: Consent) -> tuple[UUID, Purpose, UUID | None, date]:
    return consent.shedder_id, consent.purpose, consent.organisation_id, consent.given_on


def _tell_consent(work: Work, consent: Consent, replaced: UUID | None) -> None:
    told = told_of_consent(consent) | {"replaces": replaced}
    details = {"purpose": consent.purpose.value}
    work.record("consent.given", consent.id, told)
    enter(work, consent.shedder_id, consent.given_on, "consent.given", consent.id, details)
    if consent.withdrawn_on is not None:
        kept = ("consent_id", "shedder_id", "purpose", "organisation_id")
        withdrawn = {name: told[name] for name in kept} | {"withdrawn_on": consent.withdrawn_on}
        work.record("consent.withdrawn", consent.id, withdrawn)
        enter(work, consent.shedder_id, consent.withdrawn_on, "consent.withdrawn", consent.id, details)


def store_sessions(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Sessions with who came, and the activities that they name and that are not there yet."""
    work.require(may.IMPORT_RECORDS)
    activities = _activities(work, rows)
    there = _sessions_there(work, list(activities.values()))
    sessions, attendance = [], []
    for row in rows:
        values = row.values
        activity_id = activities[values["shed_id"], values["activity"]]
        if (activity_id, values["held_on"]) in there:
            report.already_there += 1
            continue
        report.new += 1
        session = {
            "id": new_id(),
            "activity_id": activity_id,
            "version": 1,
            "created_at": work.now,
            **_taken(values, "shed_id held_on mode anonymous_headcount"),
        }
        sessions.append(session)
        present = values.get("present", [])
        attendance += [{"session_id": session["id"], "shedder_id": man} for man in present]
        told = told_of_session(Session(**session), len(present))
        work.record("session.recorded", session["id"], told)
    _insert(work, Session, sessions)
    _insert(work, Attendance, attendance)


def _activities(work: Work, rows: Sequence[Row]) -> dict[tuple[UUID, str], UUID]:
    known = work.session.execute(select(Activity.shed_id, Activity.name, Activity.id))
    activities = {(shed_id, name): activity_id for shed_id, name, activity_id in known}
    wanted = {(row.values["shed_id"], row.values["activity"]) for row in rows}
    for shed_id, name in sorted(wanted - activities.keys(), key=str):
        activity = Activity(id=new_id(), shed_id=shed_id, name=name, schedule=[], created_at=work.now)
        work.session.add(activity)
        activities[shed_id, name] = activity.id
    work.session.flush()
    return activities


def _sessions_there(work: Work, activity_ids: Sequence[UUID]) -> set[tuple[UUID, date]]:
    there: set[tuple[UUID, date]] = set()
    for start in range(0, len(activity_ids), AT_ONCE):
        some = activity_ids[start : start + AT_ONCE]
        held = select(Session.activity_id, Session.held_on).where(Session.activity_id.in_(some))
        there.update(work.session.execute(held).all())
    return there


def _insert(work: Work, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        work.session.connection().execute(insert(model.__table__), rows)


def _new(work: Work, model: type[Any], rows: Sequence[Row], report: Report) -> list[Row]:
    """The rows whose reference this owner has not used yet; the others are there already."""
    owner = work.actor.ref_owner
    there: set[str] = set()
    refs = [row.values["external_ref"] for row in rows]
    for start in range(0, len(refs), AT_ONCE):
        some = refs[start : start + AT_ONCE]
        known = select(model.external_ref).where(model.ref_owner == owner, model.external_ref.in_(some))
        there.update(work.session.scalars(known))
    new = [row for row in rows if row.values["external_ref"] not in there]
    report.new += len(new)
    report.already_there += len(rows) - len(new)
    return new


def _own_ref(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "external_ref": values["external_ref"],
        "ref_owner": work.actor.ref_owner,
        "created_at": work.now,
    }


def _taken(values: Mapping[str, Any], names: str) -> dict[str, Any]:
    return {name: values.get(name) for name in names.split()}


def _closing_days(work: Work) -> dict[UUID, date]:
    closed = select(Shed.id, Shed.closed_on).where(Shed.closed_on.is_not(None))
    return {shed_id: day for shed_id, day in work.session.execute(closed) if day}
