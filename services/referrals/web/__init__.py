"""The pages of referrals, a module per task that a person does."""

from services.referrals.web import answers, appointments, inbox, late, questions, referral

PAGES = [
    *inbox.PAGES,
    *referral.PAGES,
    *answers.PAGES,
    *appointments.PAGES,
    *questions.PAGES,
    *late.PAGES,
]
