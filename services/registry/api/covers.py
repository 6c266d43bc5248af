"""Cover over HTTP: naming a stand-in, and standing in."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from services.registry.domain import permissions as may
from services.registry.domain.access import COVER, CoverAction, CoverState
from services.registry.queries import covering, lists_of_covers
from services.registry.use_cases import covers
from shared.actor import Role
from shared.http.fields import Code, Day
from shared.http.history_api import history_route
from shared.http.routes import Route, create, listing, read, transition
from shared.http.schemas import Answer, Input, LifecycleAnswer, Nothing, Paged


class NameCover(Input):
    absent_account_id = fields.UUID(metadata={"description": "Who is absent; else yourself."})
    stand_in_account_id = fields.UUID(required=True)
    from_day = Day(metadata={"description": "The first day; else today."})
    until_day = Day(required=True, metadata={"description": "The last day."})


class Cover(LifecycleAnswer):
    lifecycle = COVER
    path = "/registry/covers/{id}"

    id = fields.UUID(required=True)
    absent_account_id = fields.UUID(required=True)
    absent_name = fields.String(required=True)
    stand_in_account_id = fields.UUID(required=True)
    stand_in_name = fields.String(required=True)
    from_day = fields.Date(required=True)
    until_day = fields.Date(required=True)
    named_by = fields.UUID(required=True)
    state = Code(CoverState, required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.UUID(allow_none=True, metadata={"description": "Null: its last day was over."})


class CoverQuery(Paged):
    state = Code(CoverState)


class StandIn(Answer):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    shed_names = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Of the sheds that he serves as an ambassador."},
    )
    mentor_id = fields.UUID(allow_none=True, metadata={"description": "Which mentor he is, if he is one."})


class Covered(StandIn):
    role = Code(Role, required=True)


_ONE = "/covers/<uuid:cover_id>"


def _standing_in(path: str, act: Callable[..., Any]) -> Route:
    """The sign-in changes, not the cover, so no version of it is asked for."""
    return Route("POST", path, act, may.TAKE_UP_COVER, Cover, Nothing, idempotent=True, of_sign_in=True)


ROUTES = [
    listing("/covers", lists_of_covers.list_covers, may.SEE_COVERS, Cover, CoverQuery),
    listing("/accounts/covered", lists_of_covers.list_covered, may.NAME_COVER, Covered),
    listing("/accounts/<uuid:account_id>/stand_ins", lists_of_covers.list_stand_ins, may.NAME_COVER, StandIn),
    create("/covers", covers.name_cover, may.NAME_COVER, NameCover, Cover),
    read(_ONE, covers.read_cover, may.SEE_COVERS, Cover),
    transition(f"{_ONE}/end", covers.end_cover, COVER, CoverAction.END, Nothing, Cover, if_match=False),
    _standing_in(f"{_ONE}/take_up", covers.take_up_cover),
    _standing_in("/covers/lay_down", covers.lay_down_cover),
    history_route(_ONE, COVER, covering.covers, may.SEE_COVERS),
]
