"""Whom the events of the others must be told to: beside what a handler does, it is noted who must know."""

from typing import Any

from marshmallow import fields

from services.registry.settings import Work
from services.registry.use_cases.notices import note
from shared.messaging.events import Event
from shared.messaging.handlers import Handle, Handler, Told


class _OfAReferral(Told):
    referral_id = fields.UUID(required=True)
    ambassador_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True)


class _QuestionMoved(_OfAReferral):
    asked_by = fields.String(required=True)


class _ReferralReminded(_OfAReferral):
    whom = fields.String(required=True)


def telling(handle: Handle) -> Handle:
    """The same handler, which notes as well who must know of the event."""

    def handle_and_note(work: Work, event: Event, told: dict[str, Any]) -> None:
        handle(work, event, told)
        _note(work, event, told)

    handle_and_note.__doc__ = handle.__doc__
    return handle_and_note


def _note(work: Work, event: Event, told: dict[str, Any]) -> None:
    """Let the side that it is for know; on the timeline there is nothing of it."""
    note(work, event.name, event.id, event.time, told)


QUESTIONS = Handler("question.*", _QuestionMoved, _note)
REMINDERS = Handler("referral.reminded", _ReferralReminded, _note)
