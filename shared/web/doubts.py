"""What is most often a slip is asked about first, with all that was typed; who presses once more means it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from shared.http.schemas import Input
from shared.web.pages import Visit


@dataclass(frozen=True)
class Doubt:
    """What is asked, in `words` at a `field`; `about` is what it is about: the same once more is meant."""

    field: str
    about: str
    words: str

    @property
    def said(self) -> dict[str, Any]:
        """What the form says when it is shown again."""
        return {"by_field": {self.field: self.words}, "asked": self.about}


Doubts: TypeAlias = Callable[[Visit, Mapping[str, Any]], Doubt | None]
"""What is asked about a body that is right; nothing where it is a likely one."""


def asked_before(visit: Visit) -> str:
    """What was asked about already, as the form holds it."""
    return visit.typed.get("_asked", "")


def to_ask(doubts: Doubts | None, schema: Input, visit: Visit, values: Mapping[str, Any]) -> Doubt | None:
    """What is to be asked first, and was not yet. What is wrong with it is said before, by the API."""
    doubt = doubts(visit, values) if doubts is not None and not schema.validate(values) else None
    return doubt if doubt is not None and asked_before(visit) != doubt.about else None
