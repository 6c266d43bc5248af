"""Who is acting: a person in one role, a machine client, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Who uses it, as roles; `system` is a service acting by itself."""

    AMBASSADOR = "ambassador"
    CARE_WORKER = "care_worker"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"
    SYSTEM = "system"


PEOPLE = frozenset(Role) - {Role.INTEGRATOR, Role.SYSTEM}
"""The roles that people have: machine clients are registered otherwise, and the system has no account."""
SEE_AS_AN_ORGANISATION = "referrals:read"
ANSWER_AS_AN_ORGANISATION = "referrals:answer"
SCOPES = (
    "directory:read",
    "directory:write",
    "events:read",
    "figures:read",
    "import",
    ANSWER_AS_AN_ORGANISATION,
    SEE_AS_AN_ORGANISATION,
)
"""What a machine client may be allowed; each is named by the policies that it opens."""
OF_AN_ORGANISATION = frozenset({SEE_AS_AN_ORGANISATION, ANSWER_AS_AN_ORGANISATION})
"""With these a client is to a care organisation what its care workers are, so its token names it."""
OF_A_SERVICE = "of a service"
"""What another service's worker has besides `events:read`: it may ask as often as it must. No client can be
given this."""
SPEAKS_FOR = {
    Role.AMBASSADOR: "ambassador_id",
    Role.CARE_WORKER: "organisation_id",
    Role.MENTOR: "mentor_id",
    Role.COORDINATOR: "partner_id",
}
"""Whom a role speaks for. Without it there is no telling what is his own, so no token goes without."""
COVERED = frozenset({Role.AMBASSADOR, Role.CARE_WORKER, Role.MENTOR})
"""The roles in which a stand-in may act for somebody who is absent."""


@dataclass(frozen=True)
class Actor:
    """One caller in one role.

    `id` is the account or the client. The other identifiers say whom the role speaks for: an
    ambassador and a mentor for themselves, a care worker for an organisation, a coordinator for a
    partner. What they stand in relation to is looked up at every call, never carried along.

    `on_behalf_of` is the account of an absent person for whom a stand-in acts. `emergency_shedder_id` is the
    one man whom the caller may see, for an hour, by emergency access. `sign_in_id` is the sign-in that a
    person came by; a client's token has none. `by_link` says that it is nobody's account, but whoever holds
    the link of this `id`.
    """

    id: UUID
    role: Role
    ambassador_id: UUID | None = None
    organisation_id: UUID | None = None
    mentor_id: UUID | None = None
    partner_id: UUID | None = None
    scopes: frozenset[str] = frozenset()
    on_behalf_of: UUID | None = None
    emergency_shedder_id: UUID | None = None
    sign_in_id: UUID | None = None
    by_link: bool = False

    @property
    def people(self) -> frozenset[UUID]:
        """The accounts that have a hand in it: his own, and that on whose behalf he acts."""
        return frozenset(one for one in (self.id, self.on_behalf_of) if one is not None)

    @property
    def is_system(self) -> bool:
        return self.role is Role.SYSTEM

    def without_emergency(self) -> "Actor":
        """The same caller in his own right only."""
        return replace(self, emergency_shedder_id=None) if self.emergency_shedder_id else self

    def asking_for(self, shedder_id: UUID | None) -> "Actor":
        """The caller of a list: by emergency access only where it is asked for that one man."""
        return self if shedder_id == self.emergency_shedder_id else self.without_emergency()

    @property
    def ref_owner(self) -> str:
        """Whose own references this caller writes: refs are unique per owner (see `external_ref`)."""
        own = self.on_behalf_of or self.id
        owner = self.partner_id or self.organisation_id or (own if not self.is_system else None)
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
