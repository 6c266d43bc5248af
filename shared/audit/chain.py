"""Verifying the chain: every seal in its place, every record as it was when it was sealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.audit.records import AuditRecord, AuditSeal
from shared.audit.sealing import BEGINNING, digest, head, unsealed

BATCH = 1000

Link = tuple[AuditSeal, AuditRecord | None]


@dataclass(frozen=True)
class Verdict:
    """How far the chain reaches, what waits for its seal, and what, if anything, is broken first."""

    sealed: int
    waiting: int
    head: str
    broken: str | None


def verify(session: Session) -> Verdict:
    """Walk the chain of a service from its beginning."""
    sealed, last = head(session)
    return Verdict(sealed, unsealed(session), last, _first_broken(session))


def _first_broken(session: Session) -> str | None:
    expected, previous = 1, BEGINNING
    for links in _batches(session):
        for seal, record in links:
            fault = _fault(expected, previous, seal, record, links)
            if fault is not None:
                return fault
            expected, previous = expected + 1, seal.hash
    return None


def _fault(
    expected: int, previous: str, seal: AuditSeal, record: AuditRecord | None, near: Sequence[Link]
) -> str | None:
    if seal.position != expected:
        return f"Seal {expected} is missing."
    if record is None:
        return f"Record {seal.record_id} (seal {expected}) is missing."
    if digest(previous, record) == seal.hash:
        return None
    if any(other and digest(previous, other) == place.hash for place, other in near):
        return f"Record {record.id} (seal {expected}) is out of order: another belongs before it."
    return f"Record {record.id} (seal {expected}) was changed, or was put in after the fact."


def _batches(session: Session) -> Iterator[Sequence[Link]]:
    after = -1
    while links := _after(session, after):
        yield links
        after = links[-1][0].position
        session.expunge_all()


def _after(session: Session, position: int) -> Sequence[Link]:
    statement = (
        select(AuditSeal, AuditRecord)
        .outerjoin(AuditRecord, AuditRecord.id == AuditSeal.record_id)
        .where(AuditSeal.position > position)
        .order_by(AuditSeal.position)
        .limit(BATCH)
    )
    return [(seal, record) for seal, record in session.execute(statement)]
