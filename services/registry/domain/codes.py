"""The codes that the registry's things are described with (DOMAIN: The things)."""

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
