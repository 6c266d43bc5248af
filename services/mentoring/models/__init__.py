"""The tables of mentoring, a module per aggregate."""

from services.mentoring.models.base import Base
from services.mentoring.models.jobs import Checkpoint, Job
from services.mentoring.models.known import (
    KNOWN,
    KnownConsent,
    KnownMembership,
    KnownShed,
    Obstacle,
)
from services.mentoring.models.mentors import Mentor
from services.mentoring.models.mentorships import MentoringSession, Mentorship
from services.mentoring.models.pathways import Evidence, Pathway, Step, StepDefinition

__all__ = [
    "KNOWN",
    "Base",
    "Checkpoint",
    "Evidence",
    "Job",
    "KnownConsent",
    "KnownMembership",
    "KnownShed",
    "Mentor",
    "MentoringSession",
    "Mentorship",
    "Obstacle",
    "Pathway",
    "Step",
    "StepDefinition",
]
