"""Who typed what a form holds: a browser may be somebody else's by the time that it is sent.

Each form says it by a mark, which goes with what was typed wherever that is kept. It keeps honest people from
sending in their own name what another left on a page; what stands on a page, whoever sits there can read.
"""

from uuid import UUID

from flask import request

from shared.actor import Actor
from shared.errors import Forbidden
from shared.secrets import hash_of

WHOSE = "_whose"
"""The field of a form with the mark of who it was shown to."""


class TypedByAnother(Forbidden):
    """What was sent was typed by somebody else than who is signed in now."""


def mark(account_id: UUID | str) -> str:
    """What stands for an account in a form: always the same, and no way back to it."""
    return hash_of(f"typed by {account_id}")


def refuse_what_another_typed(actor: Actor | None) -> None:
    """Raises `TypedByAnother` when the form that was sent here was shown to somebody else."""
    whose = request.form.get(WHOSE)
    if actor is not None and whose and whose != mark(actor.id):
        raise TypedByAnother("Somebody else typed this.")
