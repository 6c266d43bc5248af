"""The history of whatever has a lifecycle: a row for each transition, with who, when and why."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.actor import Role
from shared.database.columns import Id, SharedBase, Text, coded
from shared.database.paging import Page, page_of
from shared.lifecycle import Transition
from shared.unit_of_work import UnitOfWork


class HistoryEntry(SharedBase):
    """One transition of one thing. `details`: codes and moments that only this transition has."""

    __tablename__ = "history"

    id: Mapped[Id]
    thing_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_role: Mapped[Role] = mapped_column(coded(Role))
    on_behalf_of: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[Text | None]
    details: Mapped[dict[str, Any] | None]

    thing = None
    """Whose history it is, where `entries_of` read it."""

    @property
    def shedder_id(self) -> UUID | None:
        """The man whom it is about, where it is about one."""
        return getattr(self.thing, "shedder_id", None)

    __table_args__ = (Index("ix_history_thing", "thing_id", "at", "id"),)


def entry(
    work: UnitOfWork[Any],
    thing_id: UUID,
    transition: Transition,
    source: StrEnum,
    *,
    reason: StrEnum | None = None,
    remark: str | None = None,
    details: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> HistoryEntry:
    """That this caller took a transition from `source`, now or at another moment: a row to be added."""
    return HistoryEntry(
        thing_id=thing_id,
        action=transition.action.value,
        source=source.value,
        target=transition.target.value,
        at=at or work.now,
        actor_id=work.actor.id,
        actor_role=work.actor.role,
        on_behalf_of=work.actor.on_behalf_of,
        reason=reason.value if reason else None,
        remark=remark,
        details=dict(details) if details else None,
    )


def entries_of(work: UnitOfWork[Any], thing: Any, query: Mapping[str, Any]) -> Page:
    """A thing's history, oldest first; each entry knows the thing, which decides who sees what of it."""
    statement = select(HistoryEntry).where(HistoryEntry.thing_id == thing.id)
    page = page_of(work.session, statement, [HistoryEntry.at, HistoryEntry.id], query)
    for one in page.items:
        one.thing = thing
    return page
