"""For whom accounts speak, by name: an ambassador, a care organisation, a mentor, a partner."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.actor import SPEAKS_FOR, Role
from shared.web.client import Refusal
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Visit

ACCOUNTS = "/registry/accounts"
_LISTS: Mapping[str, str] = {
    "ambassador_id": "/registry/ambassadors/names",
    "organisation_id": "/referrals/organisations",
    "mentor_id": "/mentoring/mentors/names",
    "partner_id": "/registry/partners",
}
_HIMSELF = frozenset({Role.AMBASSADOR, Role.MENTOR})
"""In these roles somebody speaks for himself alone, so one account is enough."""
_HAS_ONE = _("%(name)s: has an account")


def spoken_for(account: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
    """What the one is called for whom an account speaks; None where it is nobody, or nobody known."""
    relation = SPEAKS_FOR.get(Role(account["role"]))
    return known.get(account[relation]) if relation else None


def names_for(visit: Visit, accounts: list[dict[str, Any]]) -> dict[str, str]:
    """By id, the names of those for whom these accounts speak.

    So a page is shown without a name when the service that knows it does not answer.
    """
    relations = {SPEAKS_FOR.get(Role(one["role"])) for one in accounts} - {None}
    names: dict[str, str] = {}
    for relation in relations:
        assert relation is not None
        try:
            names |= {one["id"]: one["name"] for one in whole_list(visit, _LISTS[relation])}
        except Refusal as refusal:
            if refusal.status < 500:
                raise
    return names


def choices(visit: Visit, role: Role, but: str = "") -> list[tuple[str, str]]:
    """Those for whom an account in this role may speak, with what tells two of one name apart.

    Who has an account is marked, if it is not the one that is changed (`but`).
    """
    relation = SPEAKS_FOR[role]
    found = [one for one in whole_list(visit, _LISTS[relation]) if not one.get("left_on")]
    partners: dict[str, str] = {}
    if role in _HIMSELF:
        partners = {one["id"]: one["name"] for one in whole_list(visit, _LISTS["partner_id"])}
    have = _have_an_account(visit, role, but) if role in _HIMSELF else frozenset()
    return [(one["id"], _called(one, partners, one["id"] in have)) for one in found]


def _have_an_account(visit: Visit, role: Role, but: str) -> frozenset[str]:
    accounts = whole_list(visit, ACCOUNTS, role=role.value)
    return frozenset(
        one[SPEAKS_FOR[role]] for one in accounts if one["state"] != "closed" and one["id"] != but
    )


def with_place(name: str, where: Iterable[str | None]) -> str:
    """A name with what tells it from another like it, as far as that is known."""
    known = ", ".join(one for one in where if one)
    return f"{name} ({known})" if known else name


def _called(one: Mapping[str, Any], partners: Mapping[str, str], has_one: bool) -> str:
    partner = partners.get(one.get("partner_id") or "")
    where = [*one.get("shed_names", ()), one.get("municipality"), partner]
    called = with_place(one["name"], where)
    return gettext(_HAS_ONE, name=called) if has_one else called
