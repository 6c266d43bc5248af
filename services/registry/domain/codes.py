"""The codes that the registry's things are described with."""

from enum import StrEnum


class Focus(StrEnum):
    """What a shed is mostly for."""

    SPORT = "sport"
    DIGITAL = "digital"
    LANGUAGE = "language"
    SOCIAL = "social"
    CRAFTS = "crafts"
    OTHER = "other"


class NewMen(StrEnum):
    """A shed's own dial for new men."""

    OPEN = "open"
    LIMITED = "limited"
    FULL = "full"


class SessionMode(StrEnum):
    """How a session was held."""

    IN_SHED = "in_shed"
    ONLINE = "online"
    TELEPHONE = "telephone"


class Purpose(StrEnum):
    """What a consent is for."""

    REFERRAL = "referral"
    MENTORING = "mentoring"
    HEALTH_MEASUREMENT = "health_measurement"
    EVALUATION = "evaluation"


class ConsentMethod(StrEnum):
    """How a man gave his consent."""

    SPOKEN = "spoken"
    SIGNED = "signed"
    DIGITAL = "digital"


class AskedHow(StrEnum):
    """How a man asked to be erased."""

    SPOKEN = "spoken"
    WRITTEN = "written"
    DIGITAL = "digital"


class ErasureGround(StrEnum):
    """Why a man is erased: he asked, the period ended, or he came back with a backup."""

    ASKED = "asked"
    RETENTION = "retention"
    RESTORED = "restored"


class RefuseErasureReason(StrEnum):
    """Why an erasure that was asked for is not carried out."""

    PARTICIPANT_CHANGED_HIS_MIND = "participant_changed_his_mind"
    NOT_ASKED_BY_HIM = "not_asked_by_him"
    LEGAL_DUTY = "legal_duty"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why what is held on a man must stay for now."""

    LEGAL_CLAIM = "legal_claim"
    COMPLAINT = "complaint"
    INVESTIGATION = "investigation"
    OTHER = "other"


class EmergencyReason(StrEnum):
    """Why a coordinator must look at a man who is not of his partner's sheds."""

    DANGER_TO_HIMSELF = "danger_to_himself"
    DANGER_TO_OTHERS = "danger_to_others"
    MEDICAL_EMERGENCY = "medical_emergency"
    OTHER_EMERGENCY = "other_emergency"


class LinkPurpose(StrEnum):
    """What a link that works once is for."""

    INVITATION = "invitation"
    RESET = "reset"


class LinkMailState(StrEnum):
    """What became of an e-mail with a link: it waits, a mail server took it, or none will."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_TAKEN = "not_taken"


class NoticeKind(StrEnum):
    """What waits for somebody, as an e-mail tells him."""

    REFERRAL_CAME = "referral_came"
    REFERRAL_ANSWERED = "referral_answered"
    REFERRAL_ENDED = "referral_ended"
    REFERRAL_INHERITED = "referral_inherited"
    QUESTION_CAME = "question_came"
    QUESTION_ANSWERED = "question_answered"
    MENTEE_PROPOSED = "mentee_proposed"
    READINESS_PROPOSED = "readiness_proposed"
    READINESS_LAPSED = "readiness_lapsed"
    READINESS_DECLINED = "readiness_declined"
    REMINDED = "reminded"
    COVER_NAMED = "cover_named"
    COVERED = "covered"
    COVER_ENDED = "cover_ended"


class SpokenLanguage(StrEnum):
    """The languages that people who work with the programme are spoken to in."""

    NL = "nl"
    FR = "fr"
    EN = "en"


class MailWhen(StrEnum):
    """When somebody wants to be told by e-mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class SignInMethod(StrEnum):
    """How somebody proved who he is."""

    PASSWORD = "password"  # noqa: S105 - a word, and nobody's password
    PASSKEY = "passkey"
    OPENID = "openid"
