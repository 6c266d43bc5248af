"""Questions and answers between the two sides of a referral, by pages."""

from services.referrals.api.questions import AnswerQuestion, AskQuestion
from services.referrals.web.answers import ONE, PAGE
from shared.actor import Role
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.pages import Visit

BOTH_SIDES = (Role.CARE_WORKER, Role.AMBASSADOR, Role.COORDINATOR)

QUESTION = Ask("question", _("Your question"), _("Ask only what you need in order to decide."))


def _to_referral(_visit: Visit, told: Told) -> str:
    return PAGE.format(referral_id=told.document["referral_id"])


PAGES = pages_of(
    [
        FormPage(
            "ask", "/referrals/{referral_id}/ask", f"{ONE}/questions", AskQuestion,
            _("Ask a question"), _("Send the question"), BOTH_SIDES, PAGE,
            asks=(QUESTION,), about=ONE,
        ),
        FormPage(
            "answer", "/referrals/{referral_id}/questions/{question_id}/answer",
            "/referrals/questions/{question_id}/answer", AnswerQuestion,
            _("Answer the question"), _("Send the answer"), BOTH_SIDES, PAGE,
            asks=(Ask("answer", _("Your answer")),),
            about="/referrals/questions/{question_id}", goes_to=_to_referral, template="answer.html",
        ),
    ]
)  # fmt: skip
