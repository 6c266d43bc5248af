"""What stood in a back end's databases at one moment, put back before each test that begins from there.

It is much quicker than having people do it all anew, and is nothing else than what they did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, update

from deploy.programme import Programme
from services.mentoring.models.base import Base as MentoringBase
from services.referrals.models.base import Base as ReferralsBase
from services.registry.models.base import Base as RegistryBase
from shared.database.columns import SharedBase
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.outbox import FeedState

OF_MIGRATIONS = {"step_definition", "feed_state"}
"""Tables whose rows migrations put there: a test begins with those, or with them set right."""

BASES = {"registry": RegistryBase, "referrals": ReferralsBase, "mentoring": MentoringBase}

Rows = list[tuple[Table, list[dict[str, Any]]]]


@dataclass
class Kept:
    """The rows of each service's database, and how far its feed was published."""

    rows: dict[str, Rows]
    relayed: dict[str, int]

    @classmethod
    def of(cls, programme: Programme) -> "Kept":
        kept = cls({}, {})
        for name, service in programme.services.items():
            with service.database.engine.connect() as connection:
                kept.rows[name] = _rows(connection, name)
                kept.relayed[name] = connection.scalars(select(FeedState.relayed_position)).one()
        return kept

    def put_back(self, connection: Connection, name: str, epochs: Mapping[str, UUID]) -> None:
        """Fill an emptied database. The feeds that it followed live again under their new epochs."""
        for table, rows in self.rows[name]:
            connection.execute(insert(table), rows)
        connection.execute(update(FeedState).values(relayed_position=self.relayed[name]))
        for producer, epoch in epochs.items():
            of_it = update(ConsumerCursor).where(ConsumerCursor.producer == producer)
            connection.execute(of_it.values(epoch=str(epoch)))


def _rows(connection: Connection, name: str) -> Rows:
    tables = [*SharedBase.metadata.sorted_tables, *BASES[name].metadata.sorted_tables]
    found = [
        (table, [dict(row) for row in connection.execute(select(table)).mappings()])
        for table in tables
        if table.name not in OF_MIGRATIONS
    ]
    return [(table, rows) for table, rows in found if rows]
