"""The lifecycles of a referral and of its appointments, each declared once."""

from enum import StrEnum

from services.referrals.domain.codes import (
    CorrectReason,
    DeclineReason,
    FailReason,
    ReopenReason,
    Stage,
    WithdrawReason,
)
from shared.actor import ANSWER_AS_AN_ORGANISATION, Role
from shared.lifecycle import Lifecycle, Transition, states

CARE_WORKER = frozenset({Role.CARE_WORKER})
SENDERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
SYSTEM = frozenset({Role.SYSTEM})
BY_CLIENTS = ((Role.CARE_WORKER, ANSWER_AS_AN_ORGANISATION),)
"""What a care worker may do, a client of his organisation may do by this scope."""


class ReferralState(StrEnum):
    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENTERED_IN_ERROR = "entered_in_error"


class ReferralAction(StrEnum):
    SEND = "send"
    OPEN = "open"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    DECLINE = "decline"
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REOPEN = "reopen"
    CORRECT = "correct"


_S, _A = ReferralState, ReferralAction

LIVE = states(_S.REQUESTED, _S.RECEIVED, _S.WAITLISTED, _S.ACCEPTED, _S.IN_PROGRESS)
"""A referral that is on its way: no second one of the same man for the same service."""
TAKES_BACK = LIVE
"""Whether he came is taken back, noted by mistake, while his referral is one of these; then it stands."""
OPEN = LIVE | states(_S.DRAFT)
AWAITING_ANSWER = states(_S.REQUESTED, _S.RECEIVED)
DISCLOSED = states(_S.ACCEPTED, _S.IN_PROGRESS, _S.COMPLETED, _S.FAILED)
"""When the receiver sees the disclosure: from acceptance on."""
UNDER_WAY = states(_S.ACCEPTED, _S.IN_PROGRESS)
"""While the organisation works on it: it books appointments."""
STAGES = {
    Stage.TO_ANSWER: AWAITING_ANSWER,
    Stage.WAITING: states(_S.WAITLISTED),
    Stage.UNDER_WAY: UNDER_WAY,
    Stage.ENDED: states(_S.DECLINED, _S.COMPLETED, _S.FAILED, _S.WITHDRAWN, _S.EXPIRED, _S.ENTERED_IN_ERROR),
}
"""What is to be done with a referral once it was sent: which states a person looks at together."""
SENDABLE_ON = states(_S.DECLINED, _S.FAILED, _S.EXPIRED)
"""Who sent it may try another service: they said no, it came to nothing, or nobody answered."""
DAYS_TO_SEND_ON = 30
"""So long after its end such a referral still waits for who sent it; then he has let it be."""

REFERRAL = Lifecycle(
    name="referral",
    scopes=BY_CLIENTS,
    initial=_S.DRAFT,
    transitions=(
        Transition(_A.SEND, states(_S.DRAFT), _S.REQUESTED, SENDERS, "referral.requested"),
        Transition(_A.OPEN, states(_S.REQUESTED), _S.RECEIVED, CARE_WORKER, "referral.received"),
        Transition(
            _A.ACCEPT,
            states(_S.REQUESTED, _S.RECEIVED, _S.WAITLISTED),
            _S.ACCEPTED,
            CARE_WORKER,
            "referral.accepted",
        ),
        Transition(
            _A.WAITLIST,
            states(_S.REQUESTED, _S.RECEIVED, _S.ACCEPTED),
            _S.WAITLISTED,
            CARE_WORKER,
            "referral.waitlisted",
            needs=("expected_on",),
        ),
        Transition(
            _A.DECLINE,
            states(_S.REQUESTED, _S.RECEIVED, _S.WAITLISTED),
            _S.DECLINED,
            CARE_WORKER,
            "referral.declined",
            needs=("reason",),
            reasons=DeclineReason,
        ),
        Transition(_A.START, states(_S.ACCEPTED), _S.IN_PROGRESS, CARE_WORKER, "referral.started"),
        Transition(
            _A.COMPLETE,
            states(_S.IN_PROGRESS),
            _S.COMPLETED,
            CARE_WORKER,
            "referral.completed",
            needs=("outcomes", "sentence"),
        ),
        Transition(
            _A.FAIL,
            states(_S.ACCEPTED, _S.IN_PROGRESS, _S.WAITLISTED),
            _S.FAILED,
            CARE_WORKER,
            "referral.failed",
            needs=("reason",),
            reasons=FailReason,
        ),
        Transition(
            _A.WITHDRAW, OPEN, _S.WITHDRAWN, SENDERS | SYSTEM, "referral.withdrawn",
            needs=("reason",), reasons=WithdrawReason,
        ),
        Transition(_A.EXPIRE, AWAITING_ANSWER, _S.EXPIRED, SYSTEM, "referral.expired"),
        Transition(
            _A.REOPEN,
            states(_S.DECLINED, _S.FAILED, _S.EXPIRED),
            _S.RECEIVED,
            CARE_WORKER | {Role.COORDINATOR},
            "referral.reopened",
            needs=("reason",),
            reasons=ReopenReason,
        ),
        Transition(
            _A.CORRECT,
            frozenset(_S) - {_S.ENTERED_IN_ERROR},
            _S.ENTERED_IN_ERROR,
            frozenset({Role.COORDINATOR}),
            "referral.corrected",
            needs=("reason",),
            reasons=CorrectReason,
        ),
    ),
)  # fmt: skip


class AppointmentState(StrEnum):
    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


class AppointmentAction(StrEnum):
    RESCHEDULE = "reschedule"
    ATTEND = "attend"
    MISS = "miss"
    CANCEL = "cancel"
    TAKE_BACK = "take_back"


TO_COME = states(AppointmentState.BOOKED, AppointmentState.RESCHEDULED)

APPOINTMENT = Lifecycle(
    name="appointment",
    scopes=BY_CLIENTS,
    initial=AppointmentState.BOOKED,
    transitions=(
        Transition(
            AppointmentAction.RESCHEDULE,
            TO_COME,
            AppointmentState.RESCHEDULED,
            CARE_WORKER,
            "appointment.rescheduled",
            needs=("starts_at", "asked_by", "why"),
        ),
        Transition(
            AppointmentAction.ATTEND, TO_COME, AppointmentState.ATTENDED, CARE_WORKER, "appointment.attended"
        ),
        Transition(
            AppointmentAction.MISS, TO_COME, AppointmentState.MISSED, CARE_WORKER, "appointment.missed"
        ),
        Transition(
            AppointmentAction.CANCEL,
            TO_COME,
            AppointmentState.CANCELLED,
            CARE_WORKER | SYSTEM,
            "appointment.cancelled",
            needs=("asked_by", "why"),
        ),
        Transition(
            AppointmentAction.TAKE_BACK,
            states(AppointmentState.ATTENDED, AppointmentState.MISSED),
            AppointmentState.BOOKED,
            CARE_WORKER,
            "appointment.taken_back",
            needs=("why",),
        ),
    ),
)
