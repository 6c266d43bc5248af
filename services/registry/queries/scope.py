"""Which part of the programme a figure is about, and which days."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from services.registry.models import Membership, Shed


@dataclass(frozen=True)
class Scope:
    """Which part of the programme, and which days."""

    country: str | None = None
    partner_id: UUID | None = None
    shed_id: UUID | None = None
    since: date = date(1900, 1, 1)
    until: date = date(2100, 12, 31)

    @property
    def is_whole(self) -> bool:
        return self.country is None and self.partner_id is None and self.shed_id is None

    def sheds(self) -> list[ColumnElement[bool]]:
        wanted = ((Shed.country, self.country), (Shed.partner_id, self.partner_id), (Shed.id, self.shed_id))
        return [column == value for column, value in wanted if value is not None]

    def shed_ids(self) -> Select[UUID]:
        return select(Shed.id).where(*self.sheds())

    def during(self, column: Any) -> ColumnElement[bool]:
        return column.between(self.since, self.until)  # type: ignore[no-any-return]

    def here(self, column: Any) -> list[ColumnElement[bool]]:
        """That a row's shed is within the scope; no condition when all sheds are."""
        return [] if self.is_whole else [column.in_(self.shed_ids())]

    def of_its_men(self, column: Any) -> list[ColumnElement[bool]]:
        """That a row is about a man who belongs or belonged to a shed of the scope."""
        if self.is_whole:
            return []
        return [column.in_(select(Membership.shedder_id).where(Membership.shed_id.in_(self.shed_ids())))]
