"""When a man is work-ready, and who may say so."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from services.mentoring.domain.lifecycles import STEP_DONE, StepState
from shared.actor import Actor, Role


class _Step(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def state(self) -> StepState: ...


def missing_steps(steps: Iterable[_Step]) -> list[str]:
    """The required steps that are neither completed nor waived."""
    return [step.code for step in steps if step.required and step.state not in STEP_DONE]


class _Proposal(Protocol):
    @property
    def readiness_proposed_by(self) -> UUID | None: ...
    @property
    def readiness_proposed_on_behalf_of(self) -> UUID | None: ...
    @property
    def asked_to_confirm(self) -> UUID | None: ...


def may_confirm(proposal: _Proposal, actor: Actor) -> bool:
    """A coordinator, or the other mentor who was asked; never one of those who proposed it.

    Those are the one who did, and the one on whose behalf he did it; and who confirms on behalf of somebody
    is two people as well. None may be on both sides, else one human could be the second person of himself.
    """
    proposers = _proposers(proposal)
    if not proposers or proposers & actor.people:
        return False
    return actor.role is not Role.MENTOR or proposal.asked_to_confirm == actor.mentor_id


def may_take_back(proposal: _Proposal, actor: Actor) -> bool:
    """Who proposed it and the one on whose behalf he did; and who acts on behalf of either."""
    return bool(_proposers(proposal) & actor.people)


def _proposers(proposal: _Proposal) -> set[UUID]:
    people = (proposal.readiness_proposed_by, proposal.readiness_proposed_on_behalf_of)
    return {one for one in people if one is not None}
