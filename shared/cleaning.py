"""Cleaning up after an erasure: erasing once more, and letting the database go of the old bytes.

Once more, because a request that was at the man's things at the same moment, and was let through by its locks
one after the other, may have written a word since. It holds those locks until it ends, so this waits for it.
"""

from typing import Any

from sqlalchemy import select, update

from shared.actor import system_actor
from shared.erased import ErasedSubject
from shared.erasing import Held
from shared.http.idempotency import StoredAnswer
from shared.unit_of_work import Service
from shared.worker import Timer

CLEAN_EVERY = 5.0


def clean(service: Service[Any], held: Held) -> bool:
    """Clean up after the erasures that still need it; False when others were in the way: try again."""
    with service.database.read() as session:
        erased = session.scalars(select(ErasedSubject.subject_id).where(~ErasedSubject.cleaned)).all()
    if not erased:
        return True
    with service.begin(system_actor()) as work:
        for subject_id in erased:
            held.erase(work.session, subject_id, work.today)
    if not service.database.clean(tables(held)):
        return False
    with service.begin(system_actor()) as work:
        done = update(ErasedSubject).where(ErasedSubject.subject_id.in_(erased))
        work.session.execute(done.values(cleaned=True))
    return True


def tables(held: Held) -> list[str]:
    """The tables that an erasure touches."""
    return [*sorted(held.data.tables), StoredAnswer.__tablename__]


def cleaning_timer(service: Service[Any], held: Held) -> Timer:
    """Cleans up soon after an erasure, and again until it could."""

    def run() -> None:
        clean(service, held)

    return Timer("clean", CLEAN_EVERY, run)
