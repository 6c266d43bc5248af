"""The registry's lifecycles, each declared once (DOMAIN: Lifecycles)."""

from enum import StrEnum

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
