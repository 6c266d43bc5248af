"""Who may: a policy names the roles an endpoint is for and, in words, the relation they must stand in.

Deny by default is kept in two places. A route without a policy does not start (`shared.http.routes`);
and a request whose use case never asked for its policy is rolled back (`UnitOfWork.require`).
The relation itself is enforced where it cannot be forgotten: each service's `queries.visible` builds
every statement that finds or lists, so that what a caller stands in no relation to is not found.
"""

from dataclasses import dataclass

from shared.actor import Actor, Role, words
from shared.errors import Forbidden


@dataclass(frozen=True)
class Policy:
    """Roles that may do `name`; integrators may when their client holds `scope`.

    What is read by a policy is about people, and every read is put on record, unless it is not `personal`.
    Only what is read by an `emergency` policy is shown by emergency access too.
    """

    name: str
    roles: frozenset[Role]
    relation: str = ""
    scope: str | None = None
    personal: bool = True
    emergency: bool = False

    @property
    def right(self) -> str:
        """The right that it gives, for the record."""
        return f"{self.name}, {self.relation}" if self.relation else self.name

    def allows(self, actor: Actor) -> bool:
        if actor.is_system:
            return True
        if actor.role is Role.INTEGRATOR:
            return self.scope is not None and self.scope in actor.scopes
        return actor.role in self.roles

    def check(self, actor: Actor) -> None:
        """Refuse a caller whose role may not do this. Raises `Forbidden`."""
        if not self.allows(actor):
            raise Forbidden(f"To {self.name} you must be: {self.who()}.")

    def who(self) -> str:
        people = words(self.roles - {Role.SYSTEM})
        client = f"a client with the scope {self.scope}" if self.scope else ""
        return " or ".join(part for part in (people, client) if part) or "the system itself"


def policy(
    name: str,
    *roles: Role,
    relation: str = "",
    scope: str | None = None,
    personal: bool = True,
    emergency: bool = False,
) -> Policy:
    """A row of a service's permission table, on one line."""
    return Policy(name, frozenset(roles), relation, scope, personal, emergency)


OWN_ACCOUNT = "oneself"
"""The relation of a policy about the caller's own account: a token may be of somebody who has none."""
PUBLIC = Policy("do this", frozenset(), relation="anyone, signed in or not")
"""For those who have not signed in yet. Its use case is given the service and no caller: see `Route`."""
