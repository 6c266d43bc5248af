"""What a service does when the registry tells that a man is erased, or is under a legal hold."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields

from shared import erased
from shared.messaging.events import Event
from shared.messaging.handlers import Handler, Told
from shared.unit_of_work import UnitOfWork

Erase = Callable[[UnitOfWork[Any], UUID, date], None]


class _Erased(Told):
    erasure_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)
    on = fields.Date(required=True)


class _Held(Told):
    hold_id = fields.UUID(required=True)
    shedder_id = fields.UUID(required=True)


def erasure_handlers(erase: Erase) -> list[Handler]:
    """The handlers, given how a service erases what it holds on a man."""

    def shedder_erased(work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
        """Rule 4: erase what is held on the man, keep the counts, and give a receipt."""
        work.erased.add(told["shedder_id"])
        erase(work, told["shedder_id"], told["on"])
        receipt = {"shedder_id": told["shedder_id"], "on": work.today}
        work.record("receipt.given", told["erasure_id"], receipt)

    return [
        Handler("shedder.erased", _Erased, shedder_erased, of_the_erased=True),
        Handler("hold.placed", _Held, _hold_placed),
        Handler("hold.lifted", _Held, _hold_lifted),
    ]


def _hold_placed(work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
    """Know that nothing of the man may go for now."""
    erased.hold(work.session, told["shedder_id"], told["hold_id"])


def _hold_lifted(work: UnitOfWork[Any], _event: Event, told: dict[str, Any]) -> None:
    """Know that it may again."""
    erased.release(work.session, told["shedder_id"], told["hold_id"])
