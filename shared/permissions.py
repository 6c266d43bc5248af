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
    """Roles that may do `name`; integrators may when their client holds `scope`."""

    name: str
    roles: frozenset[Role]
    relation: str = ""
    scope: str | None = None

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


def policy(name: str, *roles: Role, relation: str = "", scope: str | None = None) -> Policy:
    """A row of a service's permission table, on one line."""
    return Policy(name, frozenset(roles), relation, scope)


PUBLIC = Policy("read this", frozenset(), relation="anyone, signed in or not")
"""For health, the API's own description and the landing page: nothing about anybody."""
