"""The registry's lifecycles, each declared once."""

from enum import StrEnum

from services.registry.domain.codes import RefuseErasureReason
from shared.actor import Role
from shared.lifecycle import Lifecycle, Transition, states

_STAFF = frozenset({Role.AMBASSADOR, Role.COORDINATOR})


class ConsentState(StrEnum):
    ACTIVE = "active"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class ConsentAction(StrEnum):
    REPLACE = "replace"
    WITHDRAW = "withdraw"


CONSENT = Lifecycle(
    name="consent",
    initial=ConsentState.ACTIVE,
    transitions=(
        Transition(
            ConsentAction.REPLACE,
            states(ConsentState.ACTIVE),
            ConsentState.REPLACED,
            frozenset({Role.SYSTEM}),
            event="consent.given",
        ),
        Transition(
            ConsentAction.WITHDRAW,
            states(ConsentState.ACTIVE),
            ConsentState.WITHDRAWN,
            _STAFF,
            event="consent.withdrawn",
        ),
    ),
)


class ShedState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ShedAction(StrEnum):
    CLOSE = "close"


SHED = Lifecycle(
    name="shed",
    initial=ShedState.OPEN,
    transitions=(
        Transition(
            ShedAction.CLOSE,
            states(ShedState.OPEN),
            ShedState.CLOSED,
            frozenset({Role.COORDINATOR}),
            event="shed.closed",
        ),
    ),
)


class AmbassadorState(StrEnum):
    ACTIVE = "active"
    GONE = "gone"


class AmbassadorAction(StrEnum):
    LEAVE = "leave"


AMBASSADOR = Lifecycle(
    name="ambassador",
    initial=AmbassadorState.ACTIVE,
    transitions=(
        Transition(
            AmbassadorAction.LEAVE,
            states(AmbassadorState.ACTIVE),
            AmbassadorState.GONE,
            frozenset({Role.COORDINATOR}),
            event="ambassador.left",
        ),
    ),
)


class AccountState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    CLOSED = "closed"


class AccountAction(StrEnum):
    ACTIVATE = "activate"
    CLOSE = "close"


ACCOUNT = Lifecycle(
    name="account",
    initial=AccountState.INVITED,
    transitions=(
        Transition(
            AccountAction.ACTIVATE,
            states(AccountState.INVITED),
            AccountState.ACTIVE,
            frozenset({Role.SYSTEM}),
            event="account.activated",
        ),
        Transition(
            AccountAction.CLOSE,
            states(AccountState.INVITED, AccountState.ACTIVE),
            AccountState.CLOSED,
            frozenset({Role.ADMINISTRATOR}),
            event="account.closed",
        ),
    ),
)
"""Whoever holds the link of an invitation activates it, by choosing a password; no role may do it for him."""


class ErasureState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    CARRIED_OUT = "carried_out"
    COMPLETE = "complete"
    REFUSED = "refused"


class ErasureAction(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    CARRY_OUT = "carry_out"
    COMPLETE = "complete"


_DECIDE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_SYSTEM = frozenset({Role.SYSTEM})

ERASURE = Lifecycle(
    name="erasure",
    initial=ErasureState.ASKED,
    transitions=(
        Transition(
            ErasureAction.CONFIRM,
            states(ErasureState.ASKED),
            ErasureState.CONFIRMED,
            _DECIDE,
            event="erasure.confirmed",
        ),
        Transition(
            ErasureAction.REFUSE,
            states(ErasureState.ASKED),
            ErasureState.REFUSED,
            _DECIDE,
            event="erasure.refused",
            needs=("reason",),
            reasons=RefuseErasureReason,
        ),
        Transition(
            ErasureAction.CARRY_OUT,
            states(ErasureState.CONFIRMED),
            ErasureState.CARRIED_OUT,
            _SYSTEM,
            event="shedder.erased",
        ),
        Transition(
            ErasureAction.COMPLETE,
            states(ErasureState.CARRIED_OUT),
            ErasureState.COMPLETE,
            _SYSTEM,
            event="erasure.completed",
        ),
    ),
)
"""The second person's `confirm` carries it out in the same transaction; it is complete when all services
have answered. Neither is left for somebody to remember, so the system does both."""


class HoldState(StrEnum):
    PLACED = "placed"
    LIFTED = "lifted"


class HoldAction(StrEnum):
    LIFT = "lift"


HOLD = Lifecycle(
    name="legal hold",
    initial=HoldState.PLACED,
    transitions=(
        Transition(
            HoldAction.LIFT,
            states(HoldState.PLACED),
            HoldState.LIFTED,
            frozenset({Role.ADMINISTRATOR}),
            event="hold.lifted",
        ),
    ),
)
