"""Questions and answers on a referral; while the organisation waits for an answer, its clock stands still."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.referrals.domain import permissions as may
from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import AWAITING_ANSWER, LIVE
from services.referrals.models import Question, Referral
from services.referrals.queries import visible
from services.referrals.settings import Work
from services.referrals.use_cases.answer_link_words import Why
from services.referrals.use_cases.answer_links import give_answer_link
from shared.database.finding import find
from shared.errors import Conflict, Forbidden, TransitionNotAllowed


def ask_question(work: Work, *, referral_id: UUID, values: Mapping[str, Any]) -> Question:
    """Ask the other side a question."""
    referral = find(work.session, visible.referrals(work.actor), referral_id, for_change=True)
    work.require(may.ASK_QUESTION)
    if referral.state not in LIVE:
        raise TransitionNotAllowed("Nothing is asked any more on this referral.", state=referral.state.value)
    side = may.side_of(may.speaks_as(work.actor))
    question = Question(
        referral_id=referral.id,
        asked_by=side,
        asker_id=work.actor.id,
        question=values["question"],
        created_at=work.now,
    )
    work.session.add(question)
    if side is Side.ORGANISATION and referral.state in AWAITING_ANSWER:
        referral.clock = referral.clock.stop(work.today)
    work.session.flush()
    work.record("question.asked", question.id, _told_of(question, referral))
    return question


def answer_question(work: Work, *, question_id: UUID, values: Mapping[str, Any]) -> Question:
    """Answer a question of the other side."""
    question = find(work.session, visible.questions(work.actor), question_id, for_change=True)
    work.require(may.ANSWER_QUESTION)
    if question.asked_by is may.side_of(may.speaks_as(work.actor)):
        raise Forbidden("The other side answers this question.")
    if question.answered_at is not None:
        raise Conflict("This question was answered.")
    referral = work.session.get_one(Referral, question.referral_id, with_for_update=True)
    if referral.state not in LIVE:
        raise TransitionNotAllowed("Nothing is asked any more on this referral.", state=referral.state.value)
    work.expect_version(question)
    question.answer = values["answer"]
    question.answered_at, question.answerer_id = work.now, work.actor.id
    work.session.flush()
    stands = question.asked_by is Side.ORGANISATION and referral.clock_stopped_on is not None
    if stands and not _still_waits(work, referral):
        referral.clock = referral.clock.resume(work.today)
        work.session.flush()
    work.record("question.answered", question.id, _told_of(question, referral))
    if question.asked_by is Side.ORGANISATION:
        give_answer_link(work, referral, Why.ANSWERED)
    return question


def read_question(work: Work, *, question_id: UUID) -> Question:
    """Read one question, with its answer."""
    question = find(work.session, visible.questions(work.actor), question_id)
    work.require(may.SEE_QUESTIONS)
    return question


def _still_waits(work: Work, referral: Referral) -> bool:
    unanswered = select(Question.id).where(
        Question.referral_id == referral.id,
        Question.asked_by == Side.ORGANISATION,
        Question.answered_at.is_(None),
    )
    return work.session.scalar(unanswered.limit(1)) is not None


def _told_of(question: Question, referral: Referral) -> dict[str, Any]:
    return {
        "question_id": question.id,
        "referral_id": referral.id,
        "ambassador_id": referral.owner_id,
        "organisation_id": referral.organisation_id,
        "asked_by": question.asked_by,
    }
