"""The registry's tables, a module per aggregate."""

from services.registry.models.accounts import (
    Account,
    Link,
    LinkMail,
    PendingSignIn,
    RecoveryCode,
    SignIn,
    SignInAttempts,
)
from services.registry.models.activities import Activity, Attendance, Session
from services.registry.models.ambassadors import Ambassador, AmbassadorShed
from services.registry.models.base import Base
from services.registry.models.clients import Client, ClientKey, ClientSecret, UsedAssertion
from services.registry.models.consents import Consent
from services.registry.models.covers import Cover
from services.registry.models.emergencies import EmergencyAccess
from services.registry.models.erasures import Erasure, ErasureReceipt, LegalHold
from services.registry.models.facts import (
    JobFact,
    MentorFact,
    MentorshipFact,
    PathwayFact,
    ReferralFact,
)
from services.registry.models.notices import Mail, Notice, Wish
from services.registry.models.passkeys import Passkey, PasskeyChallenge
from services.registry.models.shedders import Membership, Shedder
from services.registry.models.sheds import Partner, Shed
from services.registry.models.timeline import TimelineEntry

__all__ = [
    "Account",
    "Activity",
    "Ambassador",
    "AmbassadorShed",
    "Attendance",
    "Base",
    "Client",
    "ClientKey",
    "ClientSecret",
    "Consent",
    "Cover",
    "EmergencyAccess",
    "Erasure",
    "ErasureReceipt",
    "JobFact",
    "LegalHold",
    "Link",
    "LinkMail",
    "Mail",
    "Membership",
    "MentorFact",
    "MentorshipFact",
    "Notice",
    "Partner",
    "Passkey",
    "PasskeyChallenge",
    "PathwayFact",
    "PendingSignIn",
    "RecoveryCode",
    "ReferralFact",
    "Session",
    "Shed",
    "Shedder",
    "SignIn",
    "SignInAttempts",
    "TimelineEntry",
    "UsedAssertion",
    "Wish",
]
