"""How much room a mentor has, and what keeps him from being matched."""

from collections.abc import Sequence

from sqlalchemy import func, select

from services.mentoring.domain.lifecycles import TAKES_ROOM
from services.mentoring.domain.matching import not_matchable
from services.mentoring.models import Mentor, Mentorship
from services.mentoring.settings import Work


def with_room(work: Work, mentors: Sequence[Mentor]) -> Sequence[Mentor]:
    """Set on each mentor `mentees` (how many he has) and `not_matchable` (why not, as codes)."""
    counted = (
        select(Mentorship.mentor_id, func.count())
        .where(Mentorship.mentor_id.in_([mentor.id for mentor in mentors]), Mentorship.state.in_(TAKES_ROOM))
        .group_by(Mentorship.mentor_id)
    )
    mentees = dict(work.session.execute(counted).all())
    for mentor in mentors:
        count = mentees.get(mentor.id, 0)
        reasons = not_matchable(mentor, count, work.today, work.settings.validity)
        mentor.mentees = count  # type: ignore[attr-defined]
        mentor.not_matchable = reasons  # type: ignore[attr-defined]
    return mentors
