"""What is next with a mentee, how long it has been quiet, and who of them needs his mentor most.

It is read from what the API says of him; nothing here decides what may be done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.mentoring.domain.lifecycles import STEP_DONE

Thing = Mapping[str, Any]

LONG_QUIET = 28
"""So many days without a word are told as too long."""
A_YEAR = 365
"""So many days and they have lost touch: it is told in years, and others come first."""


class Next(StrEnum):
    """What comes next. What is asked of the mentor by a day that has come is due."""

    FIRST_MEETING = "first_meeting"
    CHECKPOINT = "checkpoint"
    RESUME = "resume"
    ENROL = "enrol"
    STEP = "step"
    PROPOSE = "propose"
    NOT_YET = "not_yet"
    CONFIRMATION = "confirmation"
    FIND_JOB = "find_job"
    HOLD_JOB = "hold_job"
    NOTHING = "nothing"


DUE = (Next.FIRST_MEETING, Next.CHECKPOINT)
BY = {Next.PROPOSE: ("propose_readiness", "prepare"), Next.CONFIRMATION: ("confirm", "reconfirm")}
"""The actions on his pathway by which it is done, where there are such."""


@dataclass(frozen=True)
class WhatNext:
    """What comes next, with what there is to say of it: the step's title, or a job, its weeks and the day."""

    kind: Next
    title: str = ""
    weeks: int = 0
    on: str = ""
    job_id: str = ""


@dataclass(frozen=True)
class Mentee:
    """A man whom a mentor guides, with his pathway and his jobs where there are any."""

    mentorship: Thing
    pathway: Thing | None = None
    jobs: Sequence[Thing] = field(default_factory=tuple)

    def next(self, today: date) -> WhatNext:
        """What comes next with him."""
        if self.mentorship["state"] == "proposed":
            return WhatNext(Next.FIRST_MEETING)
        if self.mentorship["state"] == "paused":
            return WhatNext(Next.RESUME)
        return next_on(self.pathway, self.jobs, today) if self.pathway else WhatNext(Next.ENROL)

    @property
    def last_contact(self) -> str | None:
        """The day of their last session, or of the meeting at which both said yes; None: none is noted.

        A proposal or a step that is ticked off is no contact: nobody need have spoken with the man for it.
        """
        days = (self.mentorship["last_contact_on"], self.mentorship["began_on"])
        return max((day for day in days if day), default=None)

    def quiet_days(self, today: date) -> int:
        """The days since their last contact; since the match was proposed where none is noted."""
        last: str = self.last_contact or self.mentorship["proposed_on"]
        return (today - date.fromisoformat(last)).days

    def quiet_years(self, today: date) -> int:
        """The whole years since their last contact, when they have lost touch; else 0."""
        return self.quiet_days(today) // A_YEAR

    def is_quiet_too_long(self, today: date) -> bool:
        """Whether they have not been in touch for long; who pauses need not be."""
        return self.quiet_days(today) >= LONG_QUIET and self.mentorship["state"] != "paused"

    def is_late(self, today: date) -> bool:
        """Whether somebody should have done something with him: spoken with him, or asked about his job."""
        return self.next(today).kind == Next.CHECKPOINT or self.is_quiet_too_long(today)


def next_on(pathway: Thing, jobs: Sequence[Thing], today: date) -> WhatNext:
    """What comes next on a pathway."""
    checkpoint = next_checkpoint(jobs)
    if checkpoint is not None and checkpoint.on <= today.isoformat():
        return replace(checkpoint, kind=Next.CHECKPOINT)
    state = pathway["state"]
    if state == "work_ready":
        return _on_readiness(pathway) or WhatNext(Next.FIND_JOB)
    if state in ("employed", "sustained"):
        return checkpoint or WhatNext(Next.NOTHING)
    if state == "stopped":
        return WhatNext(Next.ENROL)
    return _before_ready(pathway)


def action_for(coming: WhatNext, offered: Sequence[str]) -> str | None:
    """By which of the actions that are offered on his pathway it is done; None where by none of them."""
    return next((action for action in BY.get(coming.kind, ()) if action in offered), None)


def _before_ready(pathway: Thing) -> WhatNext:
    missing = pathway["missing_steps"]
    if missing:
        return WhatNext(
            Next.STEP, next(step["title"] for step in pathway["steps"] if step["code"] in missing)
        )
    # One who has just enrolled may have nothing to do; readiness is proposed once he prepares.
    return _on_readiness(pathway) or WhatNext(Next.PROPOSE)


def _on_readiness(pathway: Thing) -> WhatNext | None:
    """What follows from a proposal that waits, or that a second person answered with "not yet"."""
    if pathway["readiness_proposed_on"]:
        return WhatNext(Next.CONFIRMATION)
    return WhatNext(Next.NOT_YET) if pathway["readiness_declined_on"] else None


def next_checkpoint(jobs: Iterable[Thing]) -> WhatNext | None:
    """The first checkpoint of a job that is held that nobody has recorded, nor a later one."""
    coming = []
    for job in jobs:
        last = max((one["weeks"] for one in job["checkpoints"]), default=0)
        asked = [one for one in job["checkpoints_to_record"] if one["weeks"] > last]
        if job["state"] == "held" and asked:
            coming.append(WhatNext(Next.HOLD_JOB, "", asked[0]["weeks"], asked[0]["due_on"], job["id"]))
    return min(coming, key=lambda one: one.on, default=None)


def steps_done(pathway: Thing) -> tuple[int, int]:
    """How many of the required steps are done, and how many there are."""
    required = [step for step in pathway["steps"] if step["required"]]
    return len([step for step in required if step["state"] in STEP_DONE]), len(required)


def in_need(mentees: Iterable[Mentee], today: date) -> list[Mentee]:
    """Who needs his mentor most stands first: what is due, then the longest quiet.

    Who lost touch with him years ago stands behind those whom he sees, and who pauses stands last.
    """

    def need(one: Mentee) -> tuple[bool, bool, bool, int]:
        coming = one.next(today)
        due = coming.kind in DUE
        lost_touch = not due and one.quiet_years(today) > 0
        return coming.kind is Next.RESUME, not due, lost_touch, -one.quiet_days(today)

    return sorted(mentees, key=need)
