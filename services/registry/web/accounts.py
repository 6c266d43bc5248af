"""Accounts by pages, as an administrator keeps them: the list, and one with what may be done about it."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, request

from services.registry.domain.lifecycles import AccountState
from services.registry.web.speaking_for import ACCOUNTS, names_for, spoken_for
from shared.actor import PEOPLE, Role
from shared.web.lists import named
from shared.web.pages import Page, Visit
from shared.web.words import word

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
A_SCREEN = 25
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "role": tuple(sorted(PEOPLE)),
    "state": tuple(AccountState),
}
"""By which of what the list may be of some accounts alone."""


def accounts(visit: Visit) -> Response:
    """The accounts, newest first, of one role or state where that is asked for."""
    wanted = {name: request.args.get(name, "") for name in _SHOWN}
    wanted = {name: code for name, code in wanted.items() if code in _SHOWN[name]}
    told = visit.ask(ACCOUNTS, **wanted, limit=A_SCREEN, cursor=request.args.get("cursor"))
    items = told.document["items"]
    known = names_for(visit, items)
    return visit.show(
        "accounts.html",
        accounts=[one | {"speaks_for": spoken_for(one, known)} for one in items],
        wanted=wanted,
        choices={
            "role": [(code, word(code)) for code in _SHOWN["role"]],
            "state": [(code, word(code, "account")) for code in _SHOWN["state"]],
        },
        may_invite=_by_passwords(visit),
        more=told.cursor,
    )


def one_account(visit: Visit, account_id: UUID) -> Response:
    """One account: whose it is, for whom he speaks, what became of it, and what may be done about it."""
    assert visit.actor is not None
    one = visit.ask(f"{ACCOUNTS}/{account_id}").document
    steps = visit.ask(f"{ACCOUNTS}/{account_id}/history").document["items"]
    return visit.show(
        "one_account.html",
        account=one,
        speaks_for=spoken_for(one, names_for(visit, [one])),
        steps=steps,
        who=named(visit, ACCOUNTS, (step["actor_id"] for step in steps)),
        is_own=account_id == visit.actor.id,
        by_link=_by_passwords(visit) and one["email"] is not None,
    )


def _by_passwords(visit: Visit) -> bool:
    """Whether links open anything here: not where everybody comes by the OpenID provider."""
    openid = visit.service.settings.openid
    return not (openid and openid.only)


PAGES = [
    Page("/accounts", accounts, ADMINISTRATOR),
    Page("/accounts/<uuid:account_id>", one_account, ADMINISTRATOR),
]
