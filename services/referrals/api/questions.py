"""Questions and answers over HTTP."""

from typing import Any

from marshmallow import fields

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.queries import lists
from services.referrals.use_cases import questions
from shared.actor import Actor
from shared.http.fields import Code, FreeText
from shared.http.routes import action, create, listing, read
from shared.http.schemas import Answer, Input


class AskQuestion(Input):
    question = FreeText(required=True, longest=1000)


class AnswerQuestion(Input):
    answer = FreeText(required=True, longest=1000)


class Question(Answer):
    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    asked_by = Code(Side, required=True)
    question = fields.String()
    created_at = fields.AwareDateTime(required=True)
    answer = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)

    def shown_to(self, actor: Actor, thing: Any) -> frozenset[str] | None:
        gone = thing.referral.is_consent_withdrawn
        return self.without(may.hidden_of_question(may.speaks_as(actor), consent_withdrawn=gone))


_OF_ONE = "/referrals/<uuid:referral_id>/questions"
_ONE = "/questions/<uuid:question_id>"

ROUTES = [
    listing(_OF_ONE, lists.list_questions, may.SEE_QUESTIONS, Question),
    create(_OF_ONE, questions.ask_question, may.ASK_QUESTION, AskQuestion, Question, place="/questions"),
    read(_ONE, questions.read_question, may.SEE_QUESTIONS, Question),
    action(f"{_ONE}/answer", questions.answer_question, may.ANSWER_QUESTION, AnswerQuestion, Question),
]
