"""What was typed into a form that is shown again: it waits here until the browser asks for that form's page.

A browser that is shown a page as the answer to what it sent asks, on the way back to that page, to send it
once more; and it keeps what was sent, for whoever presses its back button next. So it is sent on to the
form's own address instead. What was typed is sealed meanwhile with the key that stands in that address and
nowhere else, and with who typed it: neither the database alone, nor somebody else who has the address, gives
it back. Where nobody has signed in, whoever has the address reads it, for as long (decision 0023).
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from shared.actor import Actor
from shared.database.columns import SharedBase
from shared.http.idempotency import keeper
from shared.secrets import hash_of
from shared.unit_of_work import Service
from shared.worker import Timer

log = structlog.get_logger()

KEPT = timedelta(hours=1)
"""How long somebody may be away from a form that was shown again."""
MOST, MOST_OF_ANYBODY = 100_000, 20_000
"""How much is kept of a form, in characters; and of one from nobody's account, which anybody may send."""
AT = "_at"
"""The field of a form with the key that stands in its address."""
ANYBODY = UUID(int=0)
"""Whose it is then: no account has this id."""


class KeptForm(SharedBase):
    """A form that was shown again. `place` says, to who knows its key, which it is."""

    __tablename__ = "kept_form"

    place: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(index=True)


def key_of(at: str) -> str:
    """The key by which the form at this address does a thing once (`Idempotency-Key`).

    The same for as long as it stands there, so that whoever comes back to it does nothing twice. Of what was
    done the database knows this key, from which no way leads to the one in the address.
    """
    return hash_of(f"form at {at}")[:32]


@dataclass(frozen=True)
class Kept:
    """What was typed, the status of the page that it is shown on, and what is said there against it."""

    typed: MultiDict[str, str]
    status: int
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Keeping:
    """Where one form of one person is kept: by its path and the key in its address."""

    service: Service[Any]
    actor: Actor | None
    path: str
    key: str

    def keep(self, typed: MultiDict[str, str], status: int, said: Mapping[str, Any]) -> bool:
        """Keep it, in place of what was kept there. False when it cannot be: it is to be shown at once."""
        text = json.dumps({"typed": list(typed.items(multi=True)), "status": status, "said": said})
        if len(text) > (MOST_OF_ANYBODY if self.actor is None else MOST):
            return False
        sealed = self._seal.encrypt(text.encode()).decode()
        try:
            with self.service.database.write() as session:
                session.merge(KeptForm(place=self._place, sealed=sealed, kept_at=self.service.clock.now()))
        except SQLAlchemyError as error:
            log.warning("A form that is shown again could not be kept.", error=type(error).__name__)
            return False
        return True

    def find(self) -> Kept | None:
        """What is kept there, for as long as it is."""
        with self.service.database.read() as session:
            row = session.get(KeptForm, self._place)
        if row is None or row.kept_at <= self.service.clock.now() - KEPT:
            return None
        kept = json.loads(self._seal.decrypt(row.sealed))
        return Kept(MultiDict(map(tuple, kept["typed"])), kept["status"], kept["said"])

    def forget(self) -> None:
        """Nothing is kept there any more: it was done."""
        # It was done, whatever becomes of this: at worst it is kept for its hour.
        with suppress(SQLAlchemyError):
            # Most forms are done at once: they must not cost a second transaction that writes.
            if self.find() is not None:
                with self.service.database.write() as session:
                    session.execute(delete(KeptForm).where(KeptForm.place == self._place))

    @property
    def _name(self) -> str:
        whose = ANYBODY if self.actor is None else keeper(self.actor)
        return f"{whose} {self.path} {self.key}"

    @property
    def _place(self) -> str:
        return hashlib.sha256(self._name.encode()).hexdigest()

    @property
    def _seal(self) -> Fernet:
        derived = HKDF(SHA256(), 32, salt=None, info=b"sbs kept form").derive(self._name.encode())
        return Fernet(base64.urlsafe_b64encode(derived))


def forgetting_forms_timer(service: Service[Any]) -> Timer:
    """Forgets, every some minutes, the forms whose time is over."""

    def run() -> None:
        with service.database.write() as session:
            session.execute(delete(KeptForm).where(KeptForm.kept_at <= service.clock.now() - KEPT))

    return Timer("forget_forms", 600.0, run)
