"""Who is acting: a person in one role, a machine client, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The people of DOMAIN.md, "Who uses it"; `system` is a service acting by itself."""

    AMBASSADOR = "ambassador"
    CARE_WORKER = "care_worker"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"
    SYSTEM = "system"


PEOPLE = frozenset(Role) - {Role.SYSTEM, Role.INTEGRATOR}


@dataclass(frozen=True)
class Actor:
    """One caller in one role.

    `id` is the account or the client. The other identifiers say whom the role speaks for: an
    ambassador and a mentor for themselves, a care worker for an organisation, a coordinator for a
    partner. What they stand in relation to is looked up at every call, never carried along.
    """

    id: UUID
    role: Role
    ambassador_id: UUID | None = None
    organisation_id: UUID | None = None
    mentor_id: UUID | None = None
    partner_id: UUID | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_system(self) -> bool:
        return self.role is Role.SYSTEM

    @property
    def ref_owner(self) -> str:
        """Whose own references this caller writes: refs are unique per owner (see `external_ref`)."""
        owner = self.partner_id or self.organisation_id or (self.id if not self.is_system else None)
        return str(owner) if owner else PROGRAMME

    @property
    def readable_ref_owners(self) -> tuple[str, ...]:
        """The owners among whose references a look-up by reference searches, own ones first."""
        return (self.ref_owner, PROGRAMME)


PROGRAMME = "programme"
"""The owner of references that were loaded for the whole programme at once, by its operator."""

SYSTEM_ID = UUID(int=0)


def system_actor() -> Actor:
    """The service itself: consumers, timers and the operator's commands. No token carries this role."""
    return Actor(id=SYSTEM_ID, role=Role.SYSTEM)


def words(roles: Iterable[Role]) -> str:
    """The roles as an English enumeration: "ambassador, care worker"."""
    return ", ".join(sorted(role.value.replace("_", " ") for role in roles))
