"""What a repeated request is answered: what it was then, as far as its caller may see it now.

A stored answer outlives what it was made of: consent is withdrawn, a man is erased, a mentorship ends. So
the thing is read again, through the route that reads it, and only what is still shown of it is given again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.http.routes import Route
from shared.http.schemas import Answer
from shared.unit_of_work import UnitOfWork

_VARIABLE = re.compile(r"<uuid:(\w+)>")


@dataclass(frozen=True)
class Reader:
    """The route that reads one thing of a kind, and what it calls the thing's identifier."""

    route: Route
    variable: str

    def read(self, work: UnitOfWork[Any], stored: str) -> Any:
        """The thing of a stored answer. Raises `NotFound` when the caller may see it no more."""
        return self.route.act(work, **{self.variable: UUID(json.loads(stored)["id"])})


def readers(routes: Sequence[Route]) -> Mapping[type[Answer], Reader]:
    """For each kind of answer, the route that reads one."""
    return {
        route.answer: Reader(route, found[0])
        for route in routes
        if route.method == "GET" and not route.paged and route.answer is not None
        if len(found := _VARIABLE.findall(route.path)) == 1
    }


def only_seen(stored: str, seen: Mapping[str, Any]) -> str:
    """The stored answer without the fields that are not shown any more."""
    document = json.loads(stored)
    kept = {name: value for name, value in document.items() if name in seen}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
