"""The pages of referrals, a module per task that a person does."""

from services.referrals.web import (
    answer_links,
    answers,
    appointments,
    calendar,
    inbox,
    late,
    mine,
    questions,
    refer,
    referral,
    reminding,
    sending,
)

PAGES = [
    *inbox.PAGES,
    *mine.PAGES,
    *late.PAGES,
    *refer.PAGES,
    *referral.PAGES,
    *sending.PAGES,
    *answers.PAGES,
    *appointments.PAGES,
    *calendar.PAGES,
    *questions.PAGES,
    *answer_links.PAGES,
    *reminding.PAGES,
]
