"""Who must know of what: which events somebody must act on, and whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.registry.domain.codes import NoticeKind

STALE = timedelta(days=2)
"""What happened longer ago is no news: an imported past, or a feed that is read anew."""


class Whose(StrEnum):
    """Whom an event is for."""

    ORGANISATION = "organisation"
    SENDER = "sender"
    MENTOR = "mentor"
    COORDINATORS = "coordinators"
    STAND_IN = "stand_in"
    ABSENT = "absent"
    ALL_OF_THE_COVER = "all_of_the_cover"


@dataclass(frozen=True)
class Rule:
    """Of an event of this name these must know, as this kind of thing; a question is for the other side."""

    kind: NoticeKind
    whose: Whose


RULES: Mapping[str, Rule] = {
    "referral.requested": Rule(NoticeKind.REFERRAL_CAME, Whose.ORGANISATION),
    "referral.reopened": Rule(NoticeKind.REFERRAL_CAME, Whose.ORGANISATION),
    "referral.accepted": Rule(NoticeKind.REFERRAL_ANSWERED, Whose.SENDER),
    "referral.waitlisted": Rule(NoticeKind.REFERRAL_ANSWERED, Whose.SENDER),
    "referral.declined": Rule(NoticeKind.REFERRAL_ANSWERED, Whose.SENDER),
    "referral.completed": Rule(NoticeKind.REFERRAL_ENDED, Whose.SENDER),
    "referral.failed": Rule(NoticeKind.REFERRAL_ENDED, Whose.SENDER),
    "referral.expired": Rule(NoticeKind.REFERRAL_ENDED, Whose.SENDER),
    "referral.inherited": Rule(NoticeKind.REFERRAL_INHERITED, Whose.COORDINATORS),
    "mentorship.proposed": Rule(NoticeKind.MENTEE_PROPOSED, Whose.MENTOR),
    "pathway.readiness_proposed": Rule(NoticeKind.READINESS_PROPOSED, Whose.COORDINATORS),
    "pathway.readiness_declined": Rule(NoticeKind.READINESS_DECLINED, Whose.MENTOR),
    "pathway.lapsed": Rule(NoticeKind.READINESS_LAPSED, Whose.MENTOR),
    "cover.named": Rule(NoticeKind.COVER_NAMED, Whose.STAND_IN),
    "cover.ended": Rule(NoticeKind.COVER_ENDED, Whose.ALL_OF_THE_COVER),
}
BESIDES: Mapping[str, Rule] = {"cover.named": Rule(NoticeKind.COVERED, Whose.ABSENT)}
"""Whom else an event is told, as another kind of thing."""

BY_SIDE: Mapping[tuple[str, str], Rule] = {
    ("question.asked", "organisation"): Rule(NoticeKind.QUESTION_CAME, Whose.SENDER),
    ("question.asked", "sender"): Rule(NoticeKind.QUESTION_CAME, Whose.ORGANISATION),
    ("question.answered", "organisation"): Rule(NoticeKind.QUESTION_ANSWERED, Whose.ORGANISATION),
    ("question.answered", "sender"): Rule(NoticeKind.QUESTION_ANSWERED, Whose.SENDER),
    ("referral.reminded", "organisation"): Rule(NoticeKind.REMINDED, Whose.ORGANISATION),
    ("referral.reminded", "sender"): Rule(NoticeKind.REMINDED, Whose.SENDER),
}
"""By the event and by a side: of a question the one that asked, of a reminder the one that is reminded."""


def rules_of(event: str, side: str | None = None) -> list[Rule]:
    """The rules of an event; none when nobody must know of it."""
    found = (BY_SIDE.get((event, side)) if side else RULES.get(event), BESIDES.get(event))
    return [rule for rule in found if rule]
