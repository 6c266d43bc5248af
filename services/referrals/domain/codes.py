"""The codes that referrals and the directory are described with."""

from enum import StrEnum


class NeedCategory(StrEnum):
    MENTAL_HEALTH = "mental_health"
    PHYSICAL_HEALTH = "physical_health"
    LONELINESS = "loneliness"
    DEBT = "debt"
    HOUSING = "housing"
    ADDICTION = "addiction"
    LANGUAGE = "language"
    WORK = "work"
    OTHER = "other"


class Urgency(StrEnum):
    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"


class Stage(StrEnum):
    """How far along a referral is, as those who work on it look at it."""

    TO_ANSWER = "to_answer"
    WAITING = "waiting"
    UNDER_WAY = "under_way"
    ENDED = "ended"


class TakingReferrals(StrEnum):
    YES = "yes"
    WAITING_LIST = "waiting_list"
    NO = "no"


class LinkUse(StrEnum):
    """What an organisation can do by an answer link."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASK = "ask"


class DeclineReason(StrEnum):
    """Why an organisation declines. "He said no" and "we said no" never share a code."""

    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    SERVICE_NOT_OFFERED = "service_not_offered"
    ALREADY_HELPED = "already_helped"
    PARTICIPANT_DECLINED = "participant_declined"
    COULD_NOT_REACH = "could_not_reach"
    OTHER = "other"


class FailReason(StrEnum):
    """Why an accepted referral came to nothing."""

    COULD_NOT_REACH = "could_not_reach"
    DID_NOT_COME = "did_not_come"
    PARTICIPANT_DECLINED = "participant_declined"
    NO_LONGER_ELIGIBLE = "no_longer_eligible"
    OTHER = "other"


class WithdrawReason(StrEnum):
    """Why the sending side takes a referral back."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    PARTICIPANT_CHANGED_HIS_MIND = "participant_changed_his_mind"
    HELPED_ELSEWHERE = "helped_elsewhere"
    MOVED_AWAY = "moved_away"
    PARTICIPANT_ERASED = "participant_erased"
    OTHER = "other"


class ReopenReason(StrEnum):
    """Why a referral that had ended is taken up again."""

    PARTICIPANT_CAME_BACK = "participant_came_back"
    PLACE_AVAILABLE = "place_available"
    ANSWERED_BY_MISTAKE = "answered_by_mistake"
    OTHER = "other"


class CorrectReason(StrEnum):
    """Why a referral should never have been."""

    WRONG_PERSON = "wrong_person"
    WRONG_SERVICE = "wrong_service"
    ENTERED_TWICE = "entered_twice"
    OTHER = "other"


class Result(StrEnum):
    """What came of a need."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    NOT = "not"


class AskedBy(StrEnum):
    """Who asked for an appointment to be moved or cancelled."""

    SHEDDER = "shedder"
    ORGANISATION = "organisation"
    SENDER = "sender"


class Side(StrEnum):
    """The two sides of a referral."""

    ORGANISATION = "organisation"
    SENDER = "sender"
