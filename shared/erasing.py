"""Erasing what a service holds on a man, and giving it to him: both read the service's declared holdings."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, MetaData, Table, delete, select, update
from sqlalchemy.orm import Session

from shared import erased
from shared.database.columns import SharedBase
from shared.errors import NotFound
from shared.history import HistoryEntry
from shared.holdings import Holding, PersonalData
from shared.http.idempotency import StoredAnswer

Condition = ColumnElement[bool]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Held:
    """The holdings of one service, joined to its tables."""

    def __init__(self, metadata: MetaData, data: PersonalData) -> None:
        self.data = data
        self._tables = {**metadata.tables, "history": SharedBase.metadata.tables[HistoryEntry.__tablename__]}
        self._by_name = data.by_name()

    def table(self, holding: Holding) -> Table:
        return self._tables[holding.table]

    def root(self, holding: Holding) -> Holding:
        """The holding that names the man himself."""
        return holding if holding.through is None else self.root(self._by_name[holding.through])

    def rows(self, holding: Holding, of_root: Callable[[Table], Condition]) -> Condition:
        """Which rows hang on those of the root that a condition picks."""
        table = self.table(holding)
        if holding.through is None:
            return of_root(table)
        parent = self._by_name[holding.through]
        picked = select(self.table(parent).c.id).where(self.rows(parent, of_root))
        return table.c[holding.about].in_(picked)

    def about(self, holding: Holding, subject_id: UUID) -> Condition:
        """Which rows are about a man."""
        column = self.root(holding).about
        return self.rows(holding, lambda table: table.c[column] == subject_id)

    def erase(self, session: Session, subject_id: UUID, erased_on: date) -> None:
        """Erase a man: enter him in the ledger, then empty or delete every row about him. Idempotent.

        Rows come before what hangs on them, so that whoever adds to one at this moment either came first,
        and is erased too, or finds it changed.
        """
        session.flush()
        erased.remember(session, subject_id, erased_on)
        ids = {str(subject_id)} | self._ids(session, subject_id)
        for holding in self.data.holdings:
            self.empty(session, holding, self.about(holding, subject_id))
        _blank_answers(session, ids | self._ids(session, subject_id))
        session.expire_all()

    def empty(
        self, session: Session, holding: Holding, which: Condition, columns: Sequence[str] | None = None
    ) -> None:
        """Delete some rows of a holding, or blank them: all that erasing blanks, or these columns."""
        table = self.table(holding)
        if holding.deleted:
            session.execute(delete(table).where(which))
            return
        values = {
            name: value for name, value in holding.blanked.items() if columns is None or name in columns
        }
        if values and "version" in table.c:
            values["version"] = table.c.version + 1
        if values:
            session.execute(update(table).where(which).values(values))

    def export(self, session: Session, subject_id: UUID) -> dict[str, Any]:
        """Everything held on a man but secrets: per table its title and its rows, as plain JSON."""
        return {
            holding.name: {"title": holding.title, "rows": self._plain_rows(session, holding, subject_id)}
            for holding in self.data.holdings
        }

    def _plain_rows(self, session: Session, holding: Holding, subject_id: UUID) -> list[dict[str, Any]]:
        table = self.table(holding)
        shown = [column for column in table.c if column.name not in holding.secrets]
        wanted = select(*shown).where(self.about(holding, subject_id)).order_by(*table.primary_key)
        rows = [dict(row) for row in session.execute(wanted).mappings()]
        plain: list[dict[str, Any]] = json.loads(json.dumps(rows, default=str))
        return plain

    def _ids(self, session: Session, subject_id: UUID) -> set[str]:
        """The ids of everything about him."""
        ids: set[str] = set()
        for holding in self.data.holdings:
            table = self.table(holding)
            if "id" in table.c:
                found = select(table.c.id).where(self.about(holding, subject_id))
                ids.update(str(one) for one in session.scalars(found))
        return ids


def _blank_answers(session: Session, ids: set[str]) -> None:
    """Blank the stored answers that name any of these ids. The key stays used: a request that is sent again
    must not register him again, so it is told that there is no such thing.
    """
    stored = select(StoredAnswer.actor_id, StoredAnswer.key, StoredAnswer.body)
    named = [
        (actor_id, key)
        for actor_id, key, body in session.execute(stored.execution_options(yield_per=500))
        if not ids.isdisjoint(_ID.findall(body))
    ]
    gone = {"type": f"urn:sbs:problem:{NotFound.kind}", "title": NotFound.title, "status": 404}
    for actor_id, key in named:
        session.execute(
            update(StoredAnswer)
            .where(StoredAnswer.actor_id == actor_id, StoredAnswer.key == key)
            .values(status=404, headers={}, body=json.dumps(gone))
        )
