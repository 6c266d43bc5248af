"""The tables of referrals, a module per aggregate."""

from services.referrals.models.answer_links import AnswerLink
from services.referrals.models.appointments import Appointment
from services.referrals.models.base import Base
from services.referrals.models.directory import CareService, Location, Organisation
from services.referrals.models.known import (
    KNOWN,
    KnownAmbassador,
    KnownAmbassadorShed,
    KnownConsent,
    KnownMembership,
    KnownShed,
)
from services.referrals.models.questions import Question
from services.referrals.models.referrals import Outcome, Referral
from services.referrals.models.reminders import Reminder

__all__ = [
    "KNOWN",
    "AnswerLink",
    "Appointment",
    "Base",
    "CareService",
    "KnownAmbassador",
    "KnownAmbassadorShed",
    "KnownConsent",
    "KnownMembership",
    "KnownShed",
    "Location",
    "Organisation",
    "Outcome",
    "Question",
    "Referral",
    "Reminder",
]
