"""Storing many records at once, as they were kept before: organisations with their services, referrals.

History is not asked whether it was allowed, but it must be a history: every past referral is replayed
through the lifecycle, step by step, and has the events that it would have had.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.referrals.domain import permissions as may
from services.referrals.domain.clock import AnswerClock
from services.referrals.domain.codes import DeclineReason, FailReason, Result
from services.referrals.domain.lifecycles import LIVE, REFERRAL, ReferralAction, ReferralState
from services.referrals.models import (
    CareService,
    KnownAmbassador,
    KnownShed,
    Organisation,
    Outcome,
    Referral,
)
from services.referrals.settings import Work
from services.referrals.use_cases.directory import told_of as told_of_service
from services.referrals.use_cases.steps import advance
from shared.clock import noon
from shared.erased import refuse_erased
from shared.history import HistoryEntry
from shared.identifiers import new_id
from shared.imported_rows import BadCell, Report, Row, own_refs

Step = tuple[ReferralAction, date, StrEnum | None, dict[str, Any]]


def store_organisations(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Care organisations and their services: a row is a service, and names its organisation."""
    work.require(may.IMPORT_RECORDS)
    organisations = own_refs(work, Organisation)
    services = own_refs(work, CareService)
    added = []
    for row in rows:
        values = row.values
        if values["service_ref"] in services:
            report.already_there += 1
            continue
        report.new += 1
        organisation_id = organisations.get(values["external_ref"])
        if organisation_id is None:
            organisation_id = organisations[values["external_ref"]] = _add_organisation(work, values)
        added.append(_service(work, organisation_id, values))
    work.session.flush()
    work.session.add_all(added)
    for service in added:
        work.record("service.listed", service.id, told_of_service(service))


def _add_organisation(work: Work, values: Mapping[str, Any]) -> UUID:
    organisation = Organisation(
        id=new_id(),
        name=values["name"],
        country=values["country"],
        municipality=values["municipality"],
        languages=values.get("languages", []),
        external_ref=values["external_ref"],
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
    )
    work.session.add(organisation)
    told = {"organisation_id": organisation.id, "country": organisation.country}
    work.record("organisation.listed", organisation.id, told)
    return organisation.id


def _service(work: Work, organisation_id: UUID, values: Mapping[str, Any]) -> CareService:
    return CareService(
        id=new_id(),
        organisation_id=organisation_id,
        name=values["service_name"],
        country=values["country"],
        municipality=values["municipality"],
        need_category=values["need_category"],
        promised_days=values["promised_days"],
        taking_referrals=values["taking_referrals"],
        languages=values.get("languages", []),
        schedule=[],
        external_ref=values["service_ref"],
        ref_owner=work.actor.ref_owner,
        created_at=work.now,
    )


def store_referrals(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Referrals with their answers and outcomes. One that was sent while another was live is marked."""
    work.require(may.IMPORT_RECORDS)
    there = own_refs(work, Referral)
    sheds = {shed.shed_id: shed for shed in work.session.scalars(select(KnownShed))}
    gone = set(
        work.session.scalars(
            select(KnownAmbassador.ambassador_id).where(KnownAmbassador.left_on.is_not(None))
        )
    )
    promised = dict(work.session.execute(select(CareService.id, CareService.promised_days)).all())
    live = _live(work)
    referrals: list[Referral] = []
    history: list[HistoryEntry] = []
    for row in sorted(rows, key=lambda row: (row.values["sent_on"], row.line)):
        if row.values["external_ref"] in there:
            report.already_there += 1
            continue
        report.new += 1
        shed = sheds[row.values["shed_id"]]
        referral = _sent(work, row.values, shed, promised[row.values["service_id"]])
        inherited = shed.closed_on is not None or referral.sent_by in gone
        referral.owner_id = None if inherited else referral.sent_by
        history += _replayed(work, referral, row.values)
        _mark_twin(referral, live, row, report)
        referrals.append(referral)
    refuse_erased(work.session, *(referral.shedder_id for referral in referrals))
    work.session.add_all(referrals)
    work.session.flush()
    work.session.add_all(history)


def _sent(work: Work, values: Mapping[str, Any], shed: KnownShed, promised_days: int) -> Referral:
    referral = Referral(
        id=new_id(),
        shedder_id=values["shedder_id"],
        shed_id=shed.shed_id,
        partner_id=shed.partner_id,
        sent_by=values["ambassador_id"],
        organisation_id=values["organisation_id"],
        service_id=values["service_id"],
        need_category=values["need_category"],
        urgency=values["urgency"],
        state=ReferralState.DRAFT,
        requested_on=values["sent_on"],
        promised_days=promised_days,
        external_ref=values["external_ref"],
        ref_owner=work.actor.ref_owner,
        created_at=noon(values["sent_on"], work.now),
        outcomes=[],
    )
    referral.clock = AnswerClock.begin(values["sent_on"], promised_days)
    return referral


def _replayed(work: Work, referral: Referral, values: Mapping[str, Any]) -> Iterator[HistoryEntry]:
    """The history of a past referral, each step on its day."""
    for action, on, reason, told in _steps(referral, values):
        step = REFERRAL.transition(referral.state, action)
        yield advance(work, referral, step, reason=reason, on=on, told=told)


def _steps(referral: Referral, values: Mapping[str, Any]) -> Iterator[Step]:
    """What must have happened, told from the answer and the outcome."""
    yield ReferralAction.SEND, values["sent_on"], None, {}
    if values["answer"] == "none":
        return
    if values["answer"] == "declined":
        yield ReferralAction.DECLINE, values["answered_on"], DeclineReason(values["reason"]), {}
        return
    yield ReferralAction.ACCEPT, values["answered_on"], None, {}
    outcome = values.get("outcome")
    if outcome is None:
        return
    ended = values["concluded_on"]
    if outcome == "failed":
        yield ReferralAction.FAIL, ended, FailReason(values["reason"]), {}
        return
    # When work began was not kept: it is known only that it had by the day it was concluded.
    yield ReferralAction.START, ended, None, {}
    result = Result(outcome)
    referral.outcomes.append(Outcome(need_category=referral.need_category, result=result))
    told = {"outcomes": [{"need_category": referral.need_category, "result": result}]}
    yield ReferralAction.COMPLETE, ended, None, told


def _mark_twin(referral: Referral, live: dict[tuple[UUID, UUID], UUID], row: Row, report: Report) -> None:
    """Keep history that has two live referrals for the same, name the first, and warn."""
    if referral.state not in LIVE:
        return
    key = (referral.shedder_id, referral.service_id)
    first = live.setdefault(key, referral.id)
    if first != referral.id:
        referral.duplicate_of = first
        reason = "This man has another live referral for this service. Both were taken: please end one."
        report.warnings.append(BadCell(row.line, "service_ref", reason))


def _live(work: Work) -> dict[tuple[UUID, UUID], UUID]:
    wanted = select(Referral.shedder_id, Referral.service_id, Referral.id).where(
        Referral.state.in_(LIVE), Referral.duplicate_of.is_(None)
    )
    return {(man, service): one for man, service, one in work.session.execute(wanted)}
