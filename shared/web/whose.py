"""Who typed what a form holds, and for whom: a browser may be somebody else's by the time that it is sent.

Each form says it by a mark, which goes with what was typed wherever that is kept. It keeps honest people from
sending in their own name what another left on a page, or what they typed while they stood in for somebody;
what stands on a page, whoever sits there can read.
"""

from uuid import UUID

from flask import request

from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.secrets import hash_of
from shared.web.language import later as _

WHOSE = "_whose"
"""The field of a form with the mark of who it was shown to."""


class TypedByAnother(Forbidden):
    """What was sent was typed by somebody else than who is signed in now."""

    words = (
        _("Somebody else typed this"),
        _("Nothing was changed. Whoever typed it can sign in here, go back, and send it."),
    )


class TypedForAnother(Conflict):
    """What was sent was typed while its sender worked for another than now: for himself, or a colleague."""

    words = (
        _("You work for somebody else now"),
        _(
            "You began or ended standing in for a colleague since you opened this page, so nothing was done "
            "with what you typed."
        ),
    )


def mark(actor: Actor) -> str:
    """What stands in a form for who works here, and for whom: always the same, and no way back to them."""
    absent = f".{_mark(actor.on_behalf_of)}" if actor.on_behalf_of else ""
    return f"{_mark(actor.id)}{absent}"


def is_mark_of(whose: str, account_id: UUID | str) -> bool:
    """Whether a form was shown to this account, whoever he stood in for then."""
    return whose.partition(".")[0] == _mark(account_id)


def _mark(account_id: UUID | str) -> str:
    return hash_of(f"typed by {account_id}")


def refuse_what_another_typed(actor: Actor | None) -> None:
    """Raises `TypedByAnother` when the form that was sent here was shown to somebody else.

    And `TypedForAnother` when it was to him, before he stood in for somebody, or while he still did.
    """
    whose = request.form.get(WHOSE)
    if actor is None or not whose or whose == mark(actor):
        return
    if is_mark_of(whose, actor.id):
        raise TypedForAnother("You typed this for somebody else than you work for now.")
    raise TypedByAnother("Somebody else typed this.")
