"""The ledger of the erased, kept outside the databases, and replayed after one of them was restored."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.deliver import deliver_all
from deploy.programme import Programme
from services.mentoring.use_cases import erasures as mentoring
from services.referrals.use_cases import erasures as referrals
from services.registry.domain.codes import ErasureGround
from services.registry.use_cases import erasures as registry
from shared import erased
from shared.actor import system_actor
from shared.cleaning import clean
from shared.erasing import Held
from shared.identifiers import new_id

HELD: dict[str, Held] = {
    "registry": registry.HELD,
    "referrals": referrals.HELD,
    "mentoring": mentoring.HELD,
}
ERASE: dict[str, Callable[[Any, UUID, date], None]] = {
    "referrals": referrals.erase,
    "mentoring": mentoring.erase,
}
Ledger = Mapping[UUID, date]


class BadLedger(Exception):
    """The file is not a ledger that was exported; the message says where."""


def ledger_of(programme: Programme) -> dict[UUID, date]:
    """Everyone who was erased in any service, and when."""
    everyone: dict[UUID, date] = {}
    for service in programme.services.values():
        with service.database.read() as session:
            everyone |= erased.ledger(session)
    return dict(sorted(everyone.items()))


def export(programme: Programme, path: Path) -> int:
    """Write the ledger, or add to one that is there: what it holds is never lost by exporting again."""
    return len(add_to(path, ledger_of(programme)))


def add_to(path: Path, known: Ledger) -> dict[UUID, date]:
    """Add to the ledger in a file, which may not be there yet; give all that it holds now."""
    ledger = (read(path) if path.exists() else {}) | dict(known)
    lines = [
        json.dumps({"shedder_id": str(shedder_id), "erased_on": erased_on.isoformat()})
        for shedder_id, erased_on in sorted(ledger.items())
    ]
    written = path.with_name(f"{path.name}.new")
    written.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.replace(written, path)
    return ledger


def read(path: Path) -> dict[UUID, date]:
    """A ledger that was exported. Raises `BadLedger`, naming the line."""
    ledger = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            ledger[UUID(entry["shedder_id"])] = date.fromisoformat(entry["erased_on"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadLedger(f"{path.name}, line {number}: this is no line of a ledger.") from None
    return ledger


def replay(programme: Programme, ledger: Ledger) -> Iterator[str]:
    """Erase again whoever came back with a backup, in every service; say how many that were."""
    for name, service in programme.services.items():
        with service.database.read() as session:
            missing = {one: day for one, day in ledger.items() if one not in erased.ledger(session)}
        for shedder_id, erased_on in missing.items():
            with service.begin(system_actor()) as work:
                _erase_again(work, name, shedder_id, erased_on)
        yield f"{name}: {len(missing)} of {len(ledger)} were not erased here, and are now."
    deliver_all(programme)
    clean_all(programme)


def clean_all(programme: Programme) -> None:
    """Let every database go of the old bytes; a worker does what could not be done now."""
    for name, service in programme.services.items():
        clean(service, HELD[name])


def _erase_again(work: Any, name: str, shedder_id: UUID, erased_on: date) -> None:
    if name == "registry":
        # He may not be here: then his id alone is remembered, and nothing can bring him back.
        if not registry.erase_for(work, shedder_id, ErasureGround.RESTORED):
            erased.remember(work.session, shedder_id, erased_on)
        return
    work.erased.add(shedder_id)
    ERASE[name](work, shedder_id, erased_on)
    work.record("receipt.given", new_id(), {"shedder_id": shedder_id, "on": work.today})
