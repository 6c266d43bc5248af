"""Storing the consents that were given before, in their order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.codes import Purpose
from services.registry.domain.lifecycles import CONSENT, ConsentAction, ConsentState
from services.registry.models import Consent
from services.registry.settings import Work
from services.registry.use_cases.consents import codes, replace, told_of, told_of_withdrawal
from services.registry.use_cases.timeline import enter
from shared.clock import noon
from shared.database.finding import batches
from shared.erased import refuse_erased
from shared.history import entry
from shared.identifiers import new_id
from shared.imported_rows import BadCell, Report, Row, taken


def store_consents(work: Work, rows: Sequence[Row], report: Report) -> None:
    """Consents in the order they were given: a later one for the same replaces the earlier.

    One that is older than what is known of the same already was replaced by that: it is kept, and not told.
    """
    work.require(may.IMPORT_RECORDS)
    men = {row.values["shedder_id"] for row in rows}
    refuse_erased(work.session, *men)
    known = _known(work, men)
    for row in sorted(rows, key=lambda row: row.values["given_on"]):
        consent = _past_consent(work, row.values)
        same = known.setdefault(_for_what(consent), [])
        there = next((other for other in same if other.given_on == consent.given_on), None)
        if there is not None:
            report.already_there += 1
            _withdraw_if_new(work, there, consent, row, report)
            continue
        report.new += 1
        if consent.state is ConsentState.ACTIVE and any(_came_after(other, consent) for other in same):
            consent.state = ConsentState.REPLACED
        earlier = next((other for other in same if other.state is ConsentState.ACTIVE), None)
        over = consent.state is ConsentState.REPLACED
        replaces = replace(work, earlier) if earlier and not over else None
        same.append(consent)
        work.session.add(consent)
        _tell(work, consent, replaces)


def _withdraw_if_new(work: Work, there: Consent, told: Consent, row: Row, report: Report) -> None:
    """A consent that is known already, and that the file says he has withdrawn since."""
    if told.withdrawn_on is None or there.state is not ConsentState.ACTIVE:
        return
    there.state, there.withdrawn_on = ConsentState.WITHDRAWN, told.withdrawn_on
    there.withdrawn_at, there.withdrawal_recorded_by = work.now, work.actor.id
    _tell_withdrawal(work, there, told.withdrawn_on)
    report.warnings.append(BadCell(row.line, "withdrawn_on", "This consent was known and is withdrawn now."))


Purposes = dict[tuple[UUID, Purpose, UUID | None], list[Consent]]


def _known(work: Work, men: Collection[UUID]) -> Purposes:
    """What is known of the consents of these men, by man, purpose and recipient."""
    known: Purposes = {}
    for some in batches(men):
        for consent in work.session.scalars(select(Consent).where(Consent.shedder_id.in_(some))):
            known.setdefault(_for_what(consent), []).append(consent)
    return known


def _for_what(consent: Consent) -> tuple[UUID, Purpose, UUID | None]:
    return consent.shedder_id, consent.purpose, consent.organisation_id


def _came_after(other: Consent, consent: Consent) -> bool:
    """Whether what is known of the same was given, or withdrawn, after this one."""
    last = max(other.given_on, other.withdrawn_on or other.given_on)
    return last > consent.given_on


def _past_consent(work: Work, values: Mapping[str, Any]) -> Consent:
    withdrawn_on = values.get("withdrawn_on")
    return Consent(
        id=new_id(),
        **taken(values, "shedder_id purpose organisation_id given_on method wording_version language"),
        withdrawn_on=withdrawn_on,
        withdrawn_at=work.now if withdrawn_on else None,
        withdrawal_recorded_by=work.actor.id if withdrawn_on else None,
        state=ConsentState.WITHDRAWN if withdrawn_on else ConsentState.ACTIVE,
        recorded_by=work.actor.id,
        created_at=work.now,
    )


def _tell(work: Work, consent: Consent, replaces: UUID | None) -> None:
    enter(work, consent.shedder_id, consent.given_on, "consent.given", consent.id, codes(consent))
    if consent.state is ConsentState.REPLACED:
        return  # It was over before anybody could have heard of it.
    work.record("consent.given", consent.id, told_of(consent) | {"replaces": replaces})
    if consent.withdrawn_on is not None:
        _tell_withdrawal(work, consent, consent.withdrawn_on)


def _tell_withdrawal(work: Work, consent: Consent, on: date) -> None:
    step = CONSENT.by_action[ConsentAction.WITHDRAW]
    work.session.add(entry(work, consent.id, step, ConsentState.ACTIVE, at=noon(on, work.now)))
    work.record(step.event, consent.id, told_of_withdrawal(consent))
    enter(work, consent.shedder_id, on, step.event, consent.id, codes(consent))
