"""The pages of referrals, a module per task that a person does."""

from services.referrals.web import answers, appointments, calendar, inbox, questions, referral

PAGES = [
    *inbox.PAGES,
    *referral.PAGES,
    *answers.PAGES,
    *appointments.PAGES,
    *calendar.PAGES,
    *questions.PAGES,
]
