"""Machine clients: their lifecycle, and which scopes fit which owner."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from shared.actor import ANSWER_AS_AN_ORGANISATION, SEE_AS_AN_ORGANISATION, Role
from shared.lifecycle import Lifecycle, Transition, states


class ClientState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class ClientAction(StrEnum):
    REVOKE = "revoke"


CLIENT = Lifecycle(
    name="client",
    initial=ClientState.ACTIVE,
    transitions=(
        Transition(
            ClientAction.REVOKE,
            states(ClientState.ACTIVE),
            ClientState.REVOKED,
            frozenset({Role.ADMINISTRATOR}),
            event="client.revoked",
        ),
    ),
)

MOST_CREDENTIALS = 2
"""As many secrets are valid at a time, and as many keys: the old one and the one that takes its place."""

_OF_THE_PROGRAMME = frozenset({"directory:read", "directory:write", "events:read", "figures:read"})
_OF_A_PARTNER = frozenset({"directory:read", "figures:read", "import"})
_OF_AN_ORGANISATION = frozenset(
    {"directory:read", "directory:write", SEE_AS_AN_ORGANISATION, ANSWER_AS_AN_ORGANISATION}
)


def scopes_fault(
    scopes: Iterable[str], *, organisation_id: UUID | None, partner_id: UUID | None
) -> str | None:
    """Why these scopes do not fit a client with this owner, in words; None when they do.

    The feed tells of everybody, so it is the programme's; records are imported for one partner; referrals
    are answered by the care organisation that they are addressed to, which sees what it answers.
    """
    held = set(scopes)
    if not held:
        return "A client without any scope may do nothing."
    owner, fitting = "the programme", _OF_THE_PROGRAMME
    if organisation_id is not None:
        owner, fitting = "a care organisation", _OF_AN_ORGANISATION
    elif partner_id is not None:
        owner, fitting = "a partner", _OF_A_PARTNER
    if strange := held - fitting:
        return f"A client of {owner} is not given: {', '.join(sorted(strange))}."
    if ANSWER_AS_AN_ORGANISATION in held and SEE_AS_AN_ORGANISATION not in held:
        return f"{ANSWER_AS_AN_ORGANISATION} goes with {SEE_AS_AN_ORGANISATION}."
    return None
