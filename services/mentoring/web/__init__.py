"""The pages of mentoring, a module per task that a person does."""

from services.mentoring.web import (
    confirming,
    jobs,
    matching,
    mentee,
    mentees,
    mentors,
    mentorships,
    readiness,
    steps,
)

PAGES = [
    *mentees.PAGES,
    *mentee.PAGES,
    *steps.PAGES,
    *readiness.PAGES,
    *mentorships.PAGES,
    *jobs.PAGES,
    *matching.PAGES,
    *mentors.PAGES,
    *confirming.PAGES,
]
