"""Parked events: what an operator lists, looks at and tries again."""

import json
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from deploy.programme import Programme
from shared.actor import system_actor
from shared.messaging import parked


def lines(programme: Programme) -> Iterator[str]:
    """A line per parked event, or one that says there is none."""
    found = False
    for name, service in programme.services.items():
        with service.database.read() as session:
            for row in parked.listed(session):
                found = True
                yield _line(name, row)
    if not found:
        yield "No event is parked."


def _line(service: str, row: parked.ParkedEvent) -> str:
    when = f"again at {row.next_attempt_at:%H:%M:%S}" if row.next_attempt_at else "rests"
    what = f"{row.type or 'unreadable'} at {row.position or '-'} from {row.producer}"
    return f"{row.id}  in {service}: {what}, tried {row.attempts} times, {when}. {row.reason}"


def whole(programme: Programme, identity: UUID) -> str | None:
    """Everything that is kept of one parked event."""
    for name, service in programme.services.items():
        with service.database.read() as session:
            row = session.get(parked.ParkedEvent, identity)
            if row is not None:
                return "\n".join(
                    [
                        f"in        {name}, from {row.producer}, position {row.position}",
                        f"reason    {row.reason}",
                        f"attempts  {row.attempts}, next {row.next_attempt_at or 'when it is retried'}",
                        f"parked    {row.parked_at}",
                        _pretty(row.document),
                    ]
                )
    return None


def retry(programme: Programme, identities: Sequence[UUID] | None, say: Callable[[str], None]) -> bool:
    """Try them now, and say what came of it. True when none is left of those that were tried."""
    left = 0
    for worker in programme.workers():
        service = worker.service
        with service.begin(system_actor()) as work:
            chosen = parked.retry_now(work.session, work.now, identities)
        if not chosen:
            continue
        for consumer in worker.consumers:
            while consumer.retry_parked():
                pass
        with service.database.read() as session:
            still = [row for row in parked.listed(session) if identities is None or row.id in identities]
        left += len(still)
        say(f"{service.name}: {chosen} tried, {len(still)} still parked.")
    return left == 0


def _pretty(document: str) -> str:
    try:
        return json.dumps(json.loads(document), indent=2)
    except ValueError:
        return document
