"""Idempotency-Key: a request that is sent again gets the answer it got, and is not carried out again.

The answer is stored in the transaction of the change, so there is one exactly when there is the other.
Keys are kept per caller for `KEPT`, then forgotten.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, String, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actor import Actor, system_actor
from shared.database.columns import SharedBase
from shared.errors import FieldError, InvalidInput, KeyReused, RequestInFlight
from shared.unit_of_work import Service
from shared.worker import Timer

KEPT = timedelta(hours=24)
KEY = re.compile(r"^[\x21-\x7e]{1,100}\Z")
"""What a key looks like: printable ASCII without spaces."""


class StoredAnswer(SharedBase):
    """An answer, and the record of it in the audit, which says whom it is about. `actor_id`: see `keeper`."""

    __tablename__ = "stored_answer"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(index=True)
    record_id: Mapped[int | None] = mapped_column(BigInteger)


def fingerprint(method: str, path: str, sent: Any, sign_in_id: UUID | None = None) -> str:
    """What makes two requests the same: method, path, the body's values; for what is of it, the sign-in."""
    of_sign_in = [str(sign_in_id)] if sign_in_id else []
    canonical = json.dumps([method, path, sent, *of_sign_in], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def check_key(key: str) -> None:
    """Raises `InvalidInput` for a key that is empty, too long or not plain text."""
    if not KEY.match(key):
        reason = "Use 1 to 100 printable ASCII characters without spaces."
        raise InvalidInput([FieldError(("Idempotency-Key",), reason, "header")])


def keeper(actor: Actor) -> UUID:
    """Whose keys they are: a stand-in has others on behalf of the absent person than in his own name."""
    return actor.id if actor.on_behalf_of is None else uuid5(actor.id, str(actor.on_behalf_of))


_LOCK = select(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("whole_key", type_=String), 0)))
_STORED = select(StoredAnswer).where(
    StoredAnswer.actor_id == bindparam("actor_id"), StoredAnswer.key == bindparam("key")
)


def find(session: Session, actor: Actor, key: str, fingerprint: str) -> StoredAnswer | None:
    """The stored answer to this request, or None when it is to be carried out now, by us alone.

    Raises `KeyReused` when the key came with another request, `RequestInFlight` when another process is
    at this one. (On SQLite it waits instead: writers come one after another.)
    """
    whose = keeper(actor)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql and not session.scalar(_LOCK, {"whole_key": f"{whose}:{key}"}):
        raise RequestInFlight
    stored = session.scalars(_STORED, {"actor_id": whose, "key": key}).one_or_none()
    if stored is not None and stored.fingerprint != fingerprint:
        raise KeyReused
    return stored


_STORE = insert(StoredAnswer.__table__)  # type: ignore[arg-type]


def store(session: Session, **answer: Any) -> None:
    """Keep an answer under its key. Written at once: nothing waits in the session for another flush."""
    session.connection().execute(_STORE, answer)


def forget_old(session: Session, now: datetime) -> None:
    """Delete the answers whose time is over."""
    session.execute(delete(StoredAnswer).where(StoredAnswer.stored_at < now - KEPT))


def forgetting_timer(service: Service[Any]) -> Timer:
    """Forgets old answers every hour."""

    def run() -> None:
        with service.begin(system_actor()) as work:
            forget_old(work.session, work.now)

    return Timer("forget_answers", 3600.0, run)
