"""The lifecycles of mentorship, pathway and step, each declared once."""

from enum import StrEnum

from services.mentoring.domain.codes import PauseReason, RejectReason, StopReason
from shared.actor import Role
from shared.lifecycle import Lifecycle, Transition, states

COORDINATOR = frozenset({Role.COORDINATOR})
GUIDES = frozenset({Role.MENTOR, Role.COORDINATOR})
SYSTEM = frozenset({Role.SYSTEM})


class MentorshipState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"


class MentorshipAction(StrEnum):
    ACTIVATE = "activate"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    STOP = "stop"


_M, _MA = MentorshipState, MentorshipAction
TAKES_ROOM = states(_M.PROPOSED, _M.ACTIVE, _M.PAUSED)
"""A mentorship that counts against the most mentees that a mentor takes at once."""

MENTORSHIP = Lifecycle(
    name="mentorship",
    initial=_M.PROPOSED,
    transitions=(
        Transition(
            _MA.ACTIVATE,
            states(_M.PROPOSED),
            _M.ACTIVE,
            GUIDES,
            "mentorship.activated",
            needs=("mentor_said_yes", "shedder_said_yes"),
        ),
        Transition(
            _MA.REJECT,
            states(_M.PROPOSED),
            _M.REJECTED,
            GUIDES | SYSTEM,
            "mentorship.rejected",
            needs=("rejected_by", "reason"),
            reasons=RejectReason,
        ),
        Transition(
            _MA.PAUSE,
            states(_M.ACTIVE),
            _M.PAUSED,
            GUIDES | SYSTEM,
            "mentorship.paused",
            needs=("reason",),
            reasons=PauseReason,
        ),
        Transition(_MA.RESUME, states(_M.PAUSED), _M.ACTIVE, GUIDES, "mentorship.resumed"),
        Transition(_MA.COMPLETE, states(_M.ACTIVE, _M.PAUSED), _M.COMPLETED, GUIDES, "mentorship.completed"),
        Transition(
            _MA.STOP,
            states(_M.ACTIVE, _M.PAUSED),
            _M.STOPPED,
            GUIDES | SYSTEM,
            "mentorship.stopped",
            needs=("reason",),
            reasons=StopReason,
        ),
    ),
)


class PathwayState(StrEnum):
    ENROLLED = "enrolled"
    PREPARING = "preparing"
    WORK_READY = "work_ready"
    EMPLOYED = "employed"
    SUSTAINED = "sustained"
    STOPPED = "stopped"


class PathwayAction(StrEnum):
    PREPARE = "prepare"
    CONFIRM = "confirm"
    RECONFIRM = "reconfirm"
    LAPSE = "lapse"
    EMPLOY = "employ"
    LOSE_JOB = "lose_job"
    SUSTAIN = "sustain"
    STOP = "stop"


_P, _PA = PathwayState, PathwayAction
OPEN_PATHWAY = states(_P.ENROLLED, _P.PREPARING, _P.WORK_READY, _P.EMPLOYED)
PROPOSABLE = states(_P.PREPARING, _P.WORK_READY)
"""When readiness may be proposed, for the first time or again."""
IN_WORK = states(_P.WORK_READY, _P.EMPLOYED, _P.SUSTAINED)
"""When a job may be recorded."""
CONFIRMING = frozenset({_PA.CONFIRM, _PA.RECONFIRM})

PATHWAY = Lifecycle(
    name="pathway",
    initial=_P.ENROLLED,
    transitions=(
        Transition(_PA.PREPARE, states(_P.ENROLLED), _P.PREPARING, GUIDES, "pathway.prepared"),
        Transition(_PA.CONFIRM, states(_P.PREPARING), _P.WORK_READY, GUIDES, "pathway.work_ready"),
        Transition(_PA.RECONFIRM, states(_P.WORK_READY), _P.WORK_READY, GUIDES, "pathway.reconfirmed"),
        Transition(_PA.LAPSE, states(_P.WORK_READY), _P.PREPARING, SYSTEM, "pathway.lapsed"),
        Transition(_PA.EMPLOY, states(_P.WORK_READY), _P.EMPLOYED, SYSTEM, "pathway.employed"),
        Transition(_PA.LOSE_JOB, states(_P.EMPLOYED), _P.WORK_READY, SYSTEM, "pathway.job_lost"),
        Transition(_PA.SUSTAIN, states(_P.EMPLOYED), _P.SUSTAINED, SYSTEM, "pathway.sustained"),
        Transition(
            _PA.STOP,
            OPEN_PATHWAY,
            _P.STOPPED,
            GUIDES | SYSTEM,
            "pathway.stopped",
            needs=("reason",),
            reasons=StopReason,
        ),
    ),
)
"""`employ`, `lose_job` and `sustain` follow from a job that is recorded, ended or checked: nobody does
them by themselves, so the system does."""


class ProposalAction(StrEnum):
    """How a proposal that a man is work-ready ends without a yes; his pathway stays in its state."""

    DECLINE_READINESS = "decline_readiness"
    TAKE_BACK_READINESS = "take_back_readiness"


PROPOSAL_EVENTS = {
    ProposalAction.DECLINE_READINESS: "pathway.readiness_declined",
    ProposalAction.TAKE_BACK_READINESS: "pathway.readiness_taken_back",
}


class StepState(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    WAIVED = "waived"


class StepAction(StrEnum):
    START = "start"
    COMPLETE = "complete"
    WAIVE = "waive"
    REOPEN = "reopen"


_T, _TA = StepState, StepAction
STEP_DONE = states(_T.COMPLETED, _T.WAIVED)

STEP = Lifecycle(
    name="step",
    initial=_T.NOT_STARTED,
    transitions=(
        Transition(_TA.START, states(_T.NOT_STARTED), _T.IN_PROGRESS, GUIDES, "step.started"),
        Transition(
            _TA.COMPLETE,
            states(_T.NOT_STARTED, _T.IN_PROGRESS),
            _T.COMPLETED,
            GUIDES,
            "step.completed",
            needs=("evidence",),
        ),
        Transition(
            _TA.WAIVE,
            states(_T.NOT_STARTED, _T.IN_PROGRESS),
            _T.WAIVED,
            COORDINATOR,
            "step.waived",
            needs=("why",),
        ),
        Transition(_TA.REOPEN, STEP_DONE, _T.IN_PROGRESS, GUIDES, "step.reopened", needs=("why",)),
    ),
)


class JobState(StrEnum):
    HELD = "held"
    ENDED = "ended"


class JobAction(StrEnum):
    END = "end"


JOB = Lifecycle(
    name="job",
    initial=JobState.HELD,
    transitions=(Transition(JobAction.END, states(JobState.HELD), JobState.ENDED, GUIDES, "job.ended"),),
)
