"""Everything that the three services hold on one man, written into one file."""

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from deploy.erasures import HELD
from deploy.programme import Programme
from services.registry.models import Shedder
from shared.erased import ErasedSubject
from shared.subject_access import PartMissing, as_page, joined


class UnknownMan(Exception):
    """There is no such man, or he was erased."""


def find_man(programme: Programme, named: str) -> UUID:
    """The man with this id or own reference. With the registry down an id is taken as it is."""
    try:
        return UUID(named)
    except ValueError:
        pass
    with programme.registry.database.read() as session:
        found = session.scalars(select(Shedder.id).where(Shedder.external_ref == named)).all()
    if len(found) != 1:
        raise UnknownMan(f"{len(found)} men have the reference {named}: name him by his id.")
    return found[0]


def write(programme: Programme, shedder_id: UUID, path: Path) -> list[str]:
    """Write what is held on him; the services that are missing in it. Raises `UnknownMan`."""
    parts = {name: partial(_part, programme, name, shedder_id) for name in programme.services}
    document = joined(shedder_id, programme.registry.clock.now(), parts)
    if not any(part["rows"] for held in document["services"].values() for part in held.values()):
        raise UnknownMan("No service that answers holds anything on this man.")
    text = as_page(document) if path.suffix == ".html" else json.dumps(document, indent=1, ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return [gone["service"] for gone in document["missing"]]


def _part(programme: Programme, name: str, shedder_id: UUID) -> Mapping[str, Any]:
    try:
        with programme.services[name].database.read() as session:
            if session.get(ErasedSubject, shedder_id) is not None:
                raise UnknownMan("He was erased.")
            return HELD[name].export(session, shedder_id)
    except DBAPIError:
        raise PartMissing("Its database did not answer.") from None
