"""Which sheds ambassadors serve now, by name: what tells two of one name apart."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import AmbassadorShed, Shed

Known = TypeVar("Known")


def with_shed_names(session: Session, people: Sequence[Known], ambassador_id: str) -> Sequence[Known]:
    """Set on each `shed_names`; who is no ambassador by that attribute of his serves none."""
    served = _served(session, [getattr(one, ambassador_id) for one in people])
    for one in people:
        one.shed_names = served.get(getattr(one, ambassador_id), [])  # type: ignore[attr-defined]
    return people


def _served(session: Session, ambassador_ids: Sequence[UUID | None]) -> dict[Any, list[str]]:
    rows = (
        select(AmbassadorShed.ambassador_id, Shed.name)
        .join(Shed, Shed.id == AmbassadorShed.shed_id)
        .where(AmbassadorShed.ambassador_id.in_(ambassador_ids), AmbassadorShed.until.is_(None))
        .order_by(Shed.name, Shed.id)
    )
    names: dict[Any, list[str]] = {}
    for ambassador_id, name in session.execute(rows):
        names.setdefault(ambassador_id, []).append(name)
    return names
