"""The codes that mentors, pathways and jobs are described with."""

from enum import StrEnum


class RejectedBy(StrEnum):
    """Who said no at the first meeting."""

    MENTOR = "mentor"
    SHEDDER = "shedder"


class RejectReason(StrEnum):
    """Why a match was not made."""

    NO_CLICK = "no_click"
    LANGUAGE = "language"
    TIMES_DO_NOT_FIT = "times_do_not_fit"
    OTHER_SECTOR_WANTED = "other_sector_wanted"
    PARTICIPANT_ERASED = "participant_erased"
    OTHER = "other"


class PauseReason(StrEnum):
    ILLNESS = "illness"
    AWAY = "away"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OTHER = "other"


class StopReason(StrEnum):
    """Why a mentorship or a pathway ended before its aim."""

    PARTICIPANT_STOPPED = "participant_stopped"
    MENTOR_STOPPED = "mentor_stopped"
    MOVED_AWAY = "moved_away"
    ILLNESS = "illness"
    NO_CONTACT = "no_contact"
    PARTICIPANT_ERASED = "participant_erased"
    OTHER = "other"


class Contract(StrEnum):
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    AGENCY = "agency"
    SELF_EMPLOYED = "self_employed"
    SUPPORTED = "supported"


class CheckpointStatus(StrEnum):
    """What is known at a checkpoint. Unknown is never counted as not employed."""

    EMPLOYED = "employed"
    NOT_EMPLOYED = "not_employed"
    UNKNOWN = "unknown"


class KnownBy(StrEnum):
    """How a checkpoint is known."""

    SELF_REPORTED = "self_reported"
    EMPLOYER = "employer"
    PAYSLIP = "payslip"


class ContactMode(StrEnum):
    """How mentor and man met."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    TELEPHONE = "telephone"


CHECKPOINT_WEEKS = (4, 13, 26, 52)
SUSTAINED_AT_WEEKS = 26
