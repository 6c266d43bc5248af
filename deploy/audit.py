"""The audit for an operator: verifying its chains, and giving a man his own log from all three services."""

from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import select

from deploy.programme import Programme
from services.mentoring.api import ROUTES as MENTORING
from services.referrals.api import ROUTES as REFERRALS
from services.registry.api import ROUTES as REGISTRY
from services.registry.models import Shedder
from shared.audit import words
from shared.audit.chain import Verdict, verify
from shared.audit.deed import Action, by_command
from shared.audit.records import AuditRecord, of_man
from shared.audit.words import Told
from shared.http import audit_api

ROUTES = {"registry": REGISTRY, "referrals": REFERRALS, "mentoring": MENTORING}
SUMMARIES = {"give_log": "Give a man his own log."} | {
    route.name: route.summary for route in audit_api.ROUTES
}


def verify_all(programme: Programme, say: Callable[[str], None]) -> bool:
    """Verify the chain of each service, and say what came of it. True when all are whole."""
    whole = True
    for name, service in programme.services.items():
        with service.database.read() as session:
            verdict = verify(session)
        say(f"{name}: {_said(verdict)}")
        whole = whole and verdict.broken is None
    return whole


def _said(verdict: Verdict) -> str:
    waiting = f"{verdict.waiting} wait for their seal."
    if verdict.broken is not None:
        return f"BROKEN. {verdict.broken} {waiting}"
    return f"{verdict.sealed} sealed records, whole, up to {verdict.head[:16]}. {waiting}"


def find_man(programme: Programme, named: str) -> UUID | None:
    """A man by his id, who may be gone from everywhere but the audit, or by a reference of his."""
    try:
        return UUID(named)
    except ValueError:
        wanted = select(Shedder.id).where(Shedder.external_ref == named).limit(2)
    with programme.registry.database.read() as session:
        found = session.scalars(wanted).all()
    return found[0] if len(found) == 1 else None


def log_of(programme: Programme, shedder_id: UUID) -> Iterator[str]:
    """A man's own log in plain words, oldest first. That it was given goes on record first."""
    told: list[tuple[Told, str]] = []
    for name, service in programme.services.items():
        deed = by_command(
            "give_log", Action.EXPORT, {shedder_id}, object_kind="shedder", object_id=shedder_id
        )
        with service.database.read() as session:
            records = session.scalars(
                select(AuditRecord).where(AuditRecord.id.in_(of_man(shedder_id))).order_by(AuditRecord.id)
            ).all()
        service.put_on_record(deed)
        summaries = SUMMARIES | {route.name: route.summary for route in ROUTES[name]}
        told += [(words.tell(record, summaries), name) for record in records]
    zone = programme.registry.settings.zone
    for one, name in sorted(told, key=lambda entry: entry[0].at):
        when = one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        yield f"{when}  {name:<10} {one.who}: {one.what} {one.right}".rstrip()
    if not told:
        yield "Nothing is on record about him."
