"""The registry's tables, a module per aggregate."""

from services.registry.models.activities import Activity, Attendance, Session
from services.registry.models.ambassadors import Ambassador, AmbassadorShed
from services.registry.models.base import Base
from services.registry.models.consents import Consent
from services.registry.models.facts import (
    JobFact,
    MentorFact,
    MentorshipFact,
    PathwayFact,
    ReferralFact,
)
from services.registry.models.shedders import Membership, Shedder
from services.registry.models.sheds import Partner, Shed
from services.registry.models.timeline import TimelineEntry

__all__ = [
    "Activity",
    "Ambassador",
    "AmbassadorShed",
    "Attendance",
    "Base",
    "Consent",
    "JobFact",
    "Membership",
    "MentorFact",
    "MentorshipFact",
    "Partner",
    "PathwayFact",
    "ReferralFact",
    "Session",
    "Shed",
    "Shedder",
    "TimelineEntry",
]
