"""Questions and answers over HTTP."""

from marshmallow import fields

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.queries import lists
from services.referrals.use_cases import questions
from shared.http.routes import action, create, listing, read
from shared.http.schemas import Answer, Code, FreeText, Input


class AskQuestion(Input):
    question = FreeText(required=True, longest=1000)


class AnswerQuestion(Input):
    answer = FreeText(required=True, longest=1000)


class Question(Answer):
    id = fields.UUID(required=True)
    referral_id = fields.UUID(required=True)
    asked_by = Code(Side, required=True)
    question = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    answer = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


_OF_ONE = "/referrals/<uuid:referral_id>/questions"
_ONE = "/questions/<uuid:question_id>"

ROUTES = [
    listing(_OF_ONE, lists.list_questions, may.SEE_QUESTIONS, Question),
    create(_OF_ONE, questions.ask_question, may.ASK_QUESTION, AskQuestion, Question, place="/questions"),
    read(_ONE, questions.read_question, may.SEE_QUESTIONS, Question),
    action(f"{_ONE}/answer", questions.answer_question, may.ANSWER_QUESTION, AnswerQuestion, Question),
]
