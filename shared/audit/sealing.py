"""Sealing: every committed record gets its place in a chain of hashes, one after the other, without gaps.

A record's id is given before its commit, so a record may appear below ids that were sealed long ago.
It is sealed when it appears; the order of the chain is that of the seals.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from shared.audit.records import AuditRecord, AuditSeal
from shared.unit_of_work import Service
from shared.worker import Timer

BATCH = 500
SEALING_LOCK = 7_202
BEGINNING = "0" * 64
"""What the first seal has in the place of the one before it."""

MARK_EVERY, ALL_EVERY = 60.0, 3600.0
_SAID = [column.name for column in AuditRecord.__table__.columns]


def digest(previous: str, record: AuditRecord) -> str:
    """The hash of a seal. What is empty is left out, so that a column to come changes no old hash."""
    said: dict[str, Any] = {name: _plain(getattr(record, name)) for name in _SAID}
    said = {name: value for name, value in said.items() if value is not None}
    said["men"] = sorted(str(man) for man in record.men)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)


def head(session: Session) -> tuple[int, str]:
    """The position and the hash of the last seal."""
    last = select(AuditSeal.position, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    found = session.execute(last).one_or_none()
    return (found.position, found.hash) if found else (0, BEGINNING)


def seal(session: Session, *, above: int = 0, limit: int = BATCH) -> int:
    """Seal the oldest records that have none, of those with a higher id than `above`; say how many.

    Alone: on PostgreSQL under a lock, on SQLite because there is one writer at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SEALING_LOCK)))
    position, previous = head(session)
    seals = []
    for nth, record in enumerate(_waiting(session, above, limit), start=position + 1):
        previous = digest(previous, record)
        seals.append({"position": nth, "record_id": record.id, "hash": previous})
    if seals:
        session.connection().execute(insert(AuditSeal.__table__), seals)  # type: ignore[arg-type]
    return len(seals)


def unsealed(session: Session, above: int = 0) -> int:
    """How many committed records wait for their seal."""
    counted = select(func.count()).select_from(AuditRecord).where(AuditRecord.id > above, ~_SEALED)
    return session.scalar(counted) or 0


_SEALED = exists().where(AuditSeal.record_id == AuditRecord.id)


def _waiting(session: Session, above: int, limit: int) -> Sequence[AuditRecord]:
    oldest = select(AuditRecord).where(AuditRecord.id > above, ~_SEALED).order_by(AuditRecord.id)
    return session.scalars(oldest.limit(limit)).all()


class Sealer:
    """Seals what a service has put on record, and does not look through all of it every time.

    Up to an id that was given a minute ago nearly everything is sealed; what was committed later than
    that is found by the look through everything at the start and every hour.
    """

    def __init__(self, service: Service[Any]) -> None:
        self._service = service
        self._above = self._next_above = 0
        self._marked_at = self._all_at = float("-inf")

    def run(self) -> None:
        """Seal whatever waits, some at a time, each time in a transaction of its own."""
        above = self._look_above(time.monotonic())
        while self._waits(above):
            with self._service.database.write() as session:
                seal(session, above=above)

    def _waits(self, above: int) -> bool:
        """Look before taking the lock: most of the time there is nothing to seal."""
        with self._service.database.read() as session:
            first = select(AuditRecord.id).where(AuditRecord.id > above, ~_SEALED).limit(1)
            return session.scalar(first) is not None

    def _look_above(self, now: float) -> int:
        if now - self._marked_at >= MARK_EVERY:
            with self._service.database.read() as session:
                newest = session.scalar(select(func.max(AuditRecord.id))) or 0
            self._above, self._next_above, self._marked_at = self._next_above, newest, now
        if now - self._all_at >= ALL_EVERY:
            self._all_at = now
            return 0
        return self._above


def sealing_timer(service: Service[Any]) -> Timer:
    """Seals what was put on record, every second."""
    return Timer("seal_audit", 1.0, Sealer(service).run)
