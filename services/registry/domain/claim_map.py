"""The claim map: which role the operator's OpenID provider gives somebody here, and for whom he speaks in it.

A TOML document, read once. Roles stand in order, each with the groups that give it:

    groups = "groups"            # the claim that holds the groups; "realm_access.roles" reaches inside
    several = "refuse"           # whoever has two of the roles below; "first": the first of them counts

    [[roles]]
    role = "administrator"
    groups = ["sbs-administrators"]

    [[roles]]
    role = "care_worker"
    groups = ["sbs-care", "sbs-care-south"]
    speaks_for = "department"    # the claim that says for whom; an identifier, or one of these words:
    means = { south = "019a2f6e-7a54-7c3e-9d3b-0a4f5b6c7d8e" }
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.actor import PEOPLE, SPEAKS_FOR, Role, words
from shared.errors import Forbidden

_KEYS = frozenset({"groups", "several", "roles"})
_KEYS_OF_A_ROLE = frozenset({"role", "groups", "speaks_for", "means"})


@dataclass(frozen=True)
class Given:
    """A role, and whom it speaks for: by the name of the identifier, `partner_id` and the like."""

    role: Role
    speaks_for: Mapping[str, UUID]


@dataclass(frozen=True)
class Entry:
    """One role of the map: the groups that give it, and how its claims say for whom it speaks."""

    role: Role
    groups: frozenset[str]
    speaks_for: str | None = None
    means: Mapping[str, UUID] = field(default_factory=dict)

    def given_by(self, claims: Mapping[str, Any]) -> Given:
        """Raises `Forbidden` when the claims do not say for whom this role speaks."""
        if self.speaks_for is None:
            return Given(self.role, {})
        told = _claim(claims, self.speaks_for)
        identity = self._identity(told) if isinstance(told, str) else None
        if identity is None:
            raise Forbidden(f"Your OpenID provider does not say for whom you speak as {words([self.role])}.")
        return Given(self.role, {SPEAKS_FOR[self.role]: identity})

    def _identity(self, told: str) -> UUID | None:
        if self.means:
            return self.means.get(told)
        try:
            return UUID(told)
        except ValueError:
            return None


@dataclass(frozen=True)
class ClaimMap:
    """Which claims give which role. The order of the entries counts where the map says so."""

    groups: str
    entries: tuple[Entry, ...]
    first_counts: bool = False

    @classmethod
    def parse(cls, text: str) -> "ClaimMap":
        """The map of a TOML document. Raises `ValueError`, naming all that is wrong with it."""
        document = tomllib.loads(text)
        faults = list(_faults(document))
        if faults:
            raise ValueError(" ".join(faults))
        entries = tuple(_entry(row) for row in document["roles"])
        return cls(document["groups"], entries, document.get("several") == "first")

    def given_by(self, claims: Mapping[str, Any]) -> Given:
        """What the claims make of somebody. Raises `Forbidden` when that is nothing, or two things."""
        told = _claim(claims, self.groups)
        groups = {told} if isinstance(told, str) else set(_words(told))
        fitting = [entry for entry in self.entries if entry.groups & groups]
        if not fitting:
            raise Forbidden("Your OpenID provider gives you no role in this programme.")
        if len(fitting) > 1 and not self.first_counts:
            roles = words(entry.role for entry in fitting)
            raise Forbidden(f"Your OpenID provider gives you more than one role in this programme: {roles}.")
        return fitting[0].given_by(claims)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none of it, a dot reaches into an object."""
    if name in claims:
        return claims[name]
    outer, _, inner = name.partition(".")
    within = claims.get(outer)
    return _claim(within, inner) if inner and isinstance(within, dict) else None


def _words(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _entry(row: Mapping[str, Any]) -> Entry:
    means = {word: UUID(identity) for word, identity in row.get("means", {}).items()}
    return Entry(Role(row["role"]), frozenset(row["groups"]), row.get("speaks_for"), means)


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"There is no setting {name!r}." for name in sorted(document.keys() - _KEYS))
    if not _is_word(document.get("groups")):
        yield 'Say with groups = "..." which claim holds the groups.'
    if document.get("several", "refuse") not in ("refuse", "first"):
        yield 'several is "refuse" or "first".'
    rows = document.get("roles")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        yield "There must be at least one [[roles]]."
        return
    for row in rows:
        yield from (f"Role {row.get('role')!r}: {fault}" for fault in _faults_of(row))


def _faults_of(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"there is no setting {name!r}." for name in sorted(row.keys() - _KEYS_OF_A_ROLE))
    groups = row.get("groups")
    if not isinstance(groups, list) or not groups or not all(_is_word(group) for group in groups):
        yield "groups is a list of the groups that give it."
    if row.get("role") not in PEOPLE:
        yield f"a role is one of {', '.join(sorted(PEOPLE))}."
        return
    yield from _faults_of_relation(Role(row["role"]), row)


def _faults_of_relation(role: Role, row: Mapping[str, Any]) -> Iterator[str]:
    if role not in SPEAKS_FOR:
        if row.keys() & {"speaks_for", "means"}:
            yield "it speaks for nobody."
    elif not _is_word(row.get("speaks_for")):
        yield f"say with speaks_for which claim holds its {SPEAKS_FOR[role]}."
    means = row.get("means", {})
    if not isinstance(means, dict) or not all(_is_identifier(identity) for identity in means.values()):
        yield "means is a table of words, each with the identifier that it stands for."


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_identifier(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False
