"""A record in plain words, for the man whom it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.actor import Role
from shared.audit.deed import EMERGENCY, Via
from shared.audit.records import AuditRecord


@dataclass(frozen=True)
class Told:
    """A record in words: when, who, what, by what right; and whether it was refused."""

    at: datetime
    who: str
    what: str
    right: str
    refused: bool


def tell(record: AuditRecord, summaries: Mapping[str, str]) -> Told:
    """A record in words; `summaries` says in a sentence what each operation does."""
    name = record.operation.replace("_", " ").replace(".", " ")
    what = summaries.get(record.operation, f"{name.capitalize()}.")
    return Told(record.at, _who(record), what, _right(record), record.refused)


def _who(record: AuditRecord) -> str:
    """The role and, of a person or a client, the account; for whom he stood in."""
    if record.actor_role == Role.SYSTEM:
        return "the operator" if record.via == Via.COMMAND else "the programme itself"
    role = (record.actor_role or "somebody unknown").replace("_", " ")
    absent = record.on_behalf_of
    stands_in = f", standing in for the {role} of account {absent}" if absent else ""
    return f"{role} (account {record.actor_id}{stands_in})"


def _right(record: AuditRecord) -> str:
    if record.refused:
        return "It was refused."
    if record.right == EMERGENCY:
        return "By emergency access."
    return f"By right of: {record.right}." if record.right else ""
