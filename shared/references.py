"""Finding things by the sender's own references, in this service or, through its API, in another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
import structlog
from marshmallow import fields, validate
from sqlalchemy import Select

from shared.actor import Actor
from shared.errors import Unavailable
from shared.http.fields import Line
from shared.http.routes import Route
from shared.http.schemas import Answer, Input
from shared.imported_rows import References
from shared.permissions import Policy
from shared.unit_of_work import Service, UnitOfWork

MOST_AT_ONCE = 1000

log = structlog.get_logger()

Kinds = Mapping[str, Callable[[Actor], Select[Any]]]


def find_own(work: UnitOfWork[Any], kinds: Kinds, kind: str, refs: Iterable[str]) -> dict[str, UUID]:
    """The identifiers of those references that name a thing which the caller may see; his own come first."""
    visible = kinds[kind](work.actor)
    model = visible.column_descriptions[0]["entity"]
    found: dict[str, UUID] = {}
    wanted = sorted(set(refs))
    for owner in reversed(work.actor.readable_ref_owners):
        for start in range(0, len(wanted), MOST_AT_ONCE):
            some = wanted[start : start + MOST_AT_ONCE]
            statement = visible.with_only_columns(model.external_ref, model.id).where(
                model.ref_owner == owner, model.external_ref.in_(some)
            )
            found.update(dict(work.session.execute(statement).all()))
    return found


class FindReferences(Input):
    """Which of a kind of things; a service's own schema says which kinds it has."""

    refs = fields.List(Line(longest=100), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class FoundReferences(Answer):
    found = fields.Dict(fields.String(), fields.UUID(), required=True)


def references_route(kinds: Kinds, policy: Policy) -> Route:
    """`POST /references`: identifiers of this service's things, for an import into another service."""

    def find_references(work: UnitOfWork[Any], *, values: Mapping[str, Any]) -> dict[str, Any]:
        """Find things by your own references."""
        work.require(policy)
        found = find_own(work, kinds, values["kind"], values["refs"])
        if values["kind"] == "shedders":
            work.men.update(found.values())
        return {"found": found}

    one_of_ours = fields.String(required=True, validate=validate.OneOf(list(kinds)))
    body = type("FindReferences", (FindReferences,), {"kind": one_of_ours})
    return Route("POST", "/references", find_references, policy, FoundReferences, body)


@dataclass(frozen=True)
class OwnReferences:
    """The references of one service, looked up in its own database; of others, what was asked before."""

    work: UnitOfWork[Any]
    kinds: Kinds
    elsewhere: Mapping[str, Mapping[str, UUID]]

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]:
        if kind in self.kinds:
            return find_own(self.work, self.kinds, kind, refs)
        return self.elsewhere[kind]


@dataclass(frozen=True)
class Lookup:
    """How an import finds what its rows name: in its own service by kind, and elsewhere."""

    kinds: Kinds
    elsewhere: References


@dataclass(frozen=True)
class LocalReferences:
    """The references of a service that runs in this process, looked up as the given caller."""

    service: Service[Any]
    kinds: Kinds
    actor: Actor

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]:
        with self.service.begin(self.actor, reading=True) as work:
            return find_own(work, self.kinds, kind, refs)


@dataclass(frozen=True)
class HttpReferences:
    """The references of a service elsewhere, asked for with the caller's own token."""

    url: str
    authorization: str

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]:
        found: dict[str, UUID] = {}
        wanted = sorted(set(refs))
        for start in range(0, len(wanted), MOST_AT_ONCE):
            found.update(self._ask(kind, wanted[start : start + MOST_AT_ONCE]))
        return found

    def _ask(self, kind: str, refs: Sequence[str]) -> Mapping[str, UUID]:
        """Raises `Unavailable` when the other service gives no answer that can be used."""
        try:
            answer = requests.post(
                self.url,
                json={"kind": kind, "refs": refs},
                headers={"Authorization": self.authorization},
                timeout=30,
            )
            answer.raise_for_status()
            return {ref: UUID(one) for ref, one in answer.json()["found"].items()}
        except (requests.RequestException, ValueError, KeyError) as error:
            log.warning("references.unavailable", url=self.url, error=type(error).__name__)
            raise Unavailable("The service that knows the references does not answer just now.") from None


@dataclass(frozen=True)
class ByOwner:
    """Sends each kind to the service that owns it."""

    owners: Mapping[str, Any]

    def find(self, kind: str, refs: Iterable[str]) -> Mapping[str, UUID]:
        found: Mapping[str, UUID] = self.owners[kind].find(kind, refs)
        return found


KIND_OWNERS = {
    "sheds": "registry",
    "shedders": "registry",
    "ambassadors": "registry",
    "organisations": "referrals",
    "services": "referrals",
    "mentors": "mentoring",
}
"""Which service owns which kind of thing that a reference may name."""
