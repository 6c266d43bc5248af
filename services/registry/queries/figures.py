"""The programme figures, each with its definition.

A person counts once in whatever scope is asked for. A period includes its first and its last day.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as Database

from services.registry.domain import permissions as may
from services.registry.models import (
    JobFact,
    Membership,
    MentorFact,
    PathwayFact,
    ReferralFact,
    Shed,
)
from services.registry.queries import visible
from services.registry.queries.figures_hidden import without_small_numbers
from services.registry.queries.participation import participation
from services.registry.queries.scope import Scope
from services.registry.settings import Work
from shared.actor import Actor, Role
from shared.database.finding import find_or_none
from shared.errors import FieldError, InvalidInput

DEFINITIONS = {
    "sheds.opened": "Sheds that opened within the period.",
    "sheds.open_at_end": "Sheds that were open on the period's last day.",
    "men.taking_part": "Men who belonged to a shed at some time within the period, each counted once.",
    "men.by_neighbourhood": "The same men, each in the neighbourhood of the first of his sheds.",
    "participation.weeks": "Per ISO week, men who came to at least one session, each counted once, "
    "and beside them the head-count of those who gave no name.",
    "participation.quarters": "Per quarter, men who came in at least half of its weeks. "
    "A week belongs to the quarter in which its Thursday lies.",
    "referrals": "Referrals that were requested within the period, by their present state and by need; "
    "without those that were entered in error. A state or need that none has is left out.",
    "referrals.answer_time": "Days from the request to the first answer, without those on which the "
    "organisation waited for us; the median of all answered, and how many kept the promised days.",
    "mentors.trained": "Mentors whose training ended within the period. They belong to no shed, so with a "
    "shed asked for there is no such figure (null). Some are of no partner: with a partner asked for it is "
    "not known, and null, where such a mentor is of a country of its sheds.",
    "work_ready.men": "Men who were confirmed work-ready for the first time within the period.",
    "jobs.men": "Men whose first paid job began within the period.",
    "jobs.all": "All paid jobs that began within the period.",
    "jobs.at_13_weeks": "Of those first jobs, what is known at the checkpoint: unknown is never counted as "
    "not employed. Not recorded: the day has come and nobody has said. At 26 weeks likewise.",
}
UNKNOWN = "unknown"
CHECKPOINTS = ("employed", "not_employed", "unknown", "not_recorded", "not_yet_due")


def read_figures(work: Work, *, query: Mapping[str, Any]) -> dict[str, Any]:
    """Read the programme figures of a country, a partner or a shed, and of a period."""
    work.require(may.READ_FIGURES)
    scope = _scope(query)
    sees_small = _may_see_small_numbers(work, work.actor, scope)
    if not sees_small:
        _refuse_comparing(query)
    figures = figures_of(work.session, scope, work.today)
    if not sees_small:
        figures = without_small_numbers(figures, may.SMALLEST_SHOWN)
    asked = {
        name: query[name] for name in ("country", "partner_id", "shed_id", "since", "until") if name in query
    }
    return {"asked": asked, "as_of": work.today, **figures, "definitions": DEFINITIONS}


def _scope(query: Mapping[str, Any]) -> Scope:
    since, until = query.get("since", Scope.since), query.get("until", Scope.until)
    if until < since:
        raise InvalidInput([FieldError(("until",), "The last day must not lie before the first.", "query")])
    return Scope(query.get("country"), query.get("partner_id"), query.get("shed_id"), since, until)


def _refuse_comparing(query: Mapping[str, Any]) -> None:
    """Two questions that differ by one shed or one day would tell of one man."""
    faults = []
    if "shed_id" in query:
        faults.append(
            FieldError(("shed_id",), "The figures of one shed are for its own coordinator.", "query")
        )
    if "since" in query and not _begins_quarter(query["since"]):
        faults.append(FieldError(("since",), "Ask for whole quarters: from the first day of one.", "query"))
    if "until" in query and not _begins_quarter(query["until"] + timedelta(days=1)):
        faults.append(FieldError(("until",), "Ask for whole quarters: to the last day of one.", "query"))
    if faults:
        raise InvalidInput(faults)


def _begins_quarter(day: date) -> bool:
    return day.day == 1 and day.month % 3 == 1


def _may_see_small_numbers(work: Work, actor: Actor, scope: Scope) -> bool:
    """The system, and a coordinator who asks about his own partner's sheds: he may see the men themselves."""
    if actor.role is not Role.COORDINATOR:
        return actor.is_system
    if scope.partner_id is not None and scope.partner_id == actor.partner_id:
        return True
    return find_or_none(work.session, visible.own_sheds(actor), scope.shed_id) is not None


def figures_of(database: Database, scope: Scope, today: date) -> dict[str, Any]:
    """All figures of a scope, nothing hidden."""
    return {
        "sheds": _sheds(database, scope, today),
        "men": _men(database, scope),
        "participation": participation(database, scope),
        "referrals": _referrals(database, scope),
        "mentors": {"trained": _mentors_trained(database, scope)},
        "work_ready": {"men": _work_ready(database, scope)},
        "jobs": _jobs(database, scope, today),
    }


def _count(database: Database, statement: Select[Any]) -> int:
    return database.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _sheds(database: Database, scope: Scope, today: date) -> dict[str, int]:
    last_day = min(scope.until, today)
    here = select(Shed.id).where(*scope.sheds())
    still_open = Shed.closed_on.is_(None) | (Shed.closed_on > last_day)
    return {
        "opened": _count(database, here.where(scope.during(Shed.opened_on))),
        "open_at_end": _count(database, here.where(Shed.opened_on <= last_day, still_open)),
    }


def _men(database: Database, scope: Scope) -> dict[str, Any]:
    nth = func.row_number().over(
        partition_by=Membership.shedder_id, order_by=(Membership.joined_on, Membership.id)
    )
    belonged = (
        select(func.coalesce(Shed.neighbourhood, UNKNOWN).label("neighbourhood"), nth.label("nth"))
        .join(Membership, Membership.shed_id == Shed.id)
        .where(
            *scope.sheds(),
            Membership.joined_on <= scope.until,
            Membership.left_on.is_(None) | (Membership.left_on >= scope.since),
        )
        .subquery()
    )
    counted = (
        select(belonged.c.neighbourhood, func.count())
        .where(belonged.c.nth == 1)
        .group_by(belonged.c.neighbourhood)
    )
    by_neighbourhood: dict[str, int] = dict(sorted(database.execute(counted).all()))
    return {"taking_part": sum(by_neighbourhood.values()), "by_neighbourhood": by_neighbourhood}


def _referrals(database: Database, scope: Scope) -> dict[str, Any]:
    requested = [
        *scope.here(ReferralFact.shed_id),
        scope.during(ReferralFact.requested_on),
        ReferralFact.state != "entered_in_error",
    ]
    by_state = _grouped(database, ReferralFact.state, requested)
    answered = [*requested, ReferralFact.answer_days.is_not(None)]
    days = _grouped(database, ReferralFact.answer_days, answered)
    kept = select(ReferralFact.referral_id).where(
        *answered, ReferralFact.answer_days <= ReferralFact.promised_days
    )
    return {
        "requested": sum(by_state.values()),
        "by_state": by_state,
        "by_need": _grouped(database, ReferralFact.need_category, requested),
        "answer_time": {
            "answered": sum(days.values()),
            "median_days": _median(days),
            "within_promise": _count(database, kept),
        },
    }


def _grouped(database: Database, column: Any, conditions: Sequence[Any]) -> dict[Any, int]:
    statement = select(column, func.count()).where(*conditions).group_by(column).order_by(column)
    return dict(database.execute(statement).all())


def _median(days: Mapping[int, int]) -> float | None:
    """The middle of a counted distribution; between the two middle ones when there are two."""
    total = sum(days.values())
    if total == 0:
        return None
    values = sorted(Counter(days).elements())
    return (values[(total - 1) // 2] + values[total // 2]) / 2


def _mentors_trained(database: Database, scope: Scope) -> int | None:
    if scope.shed_id is not None:
        return None
    wanted = select(MentorFact.mentor_id).where(scope.during(MentorFact.trained_on))
    if scope.country is not None:
        wanted = wanted.where(MentorFact.country == scope.country)
    if scope.partner_id is None:
        return _count(database, wanted)
    here = select(Shed.country).where(Shed.partner_id == scope.partner_id)
    if _count(database, wanted.where(MentorFact.partner_id.is_(None), MentorFact.country.in_(here))):
        return None  # whose they are nobody says, so no number of this partner would be right
    return _count(database, wanted.where(MentorFact.partner_id == scope.partner_id))


def _work_ready(database: Database, scope: Scope) -> int:
    first = (
        select(func.min(PathwayFact.work_ready_on).label("day"))
        .where(PathwayFact.work_ready_on.is_not(None), *scope.of_its_men(PathwayFact.shedder_id))
        .group_by(PathwayFact.shedder_id)
        .subquery()
    )
    return _count(database, select(first.c.day).where(first.c.day.between(scope.since, scope.until)))


def _jobs(database: Database, scope: Scope, today: date) -> dict[str, Any]:
    began = [scope.during(JobFact.started_on), *scope.of_its_men(JobFact.shedder_id)]
    first = [*began, JobFact.is_first]
    men = select(JobFact.shedder_id).where(*first).distinct()
    return {
        "men": _count(database, men),
        "all": _count(database, select(JobFact.job_id).where(*began)),
        "at_13_weeks": _checkpoints(database, JobFact.weeks_13, first, today - timedelta(weeks=13)),
        "at_26_weeks": _checkpoints(database, JobFact.weeks_26, first, today - timedelta(weeks=26)),
    }


def _checkpoints(
    database: Database, known: Any, conditions: Sequence[Any], due_if_started_by: date
) -> dict[str, int]:
    due = JobFact.started_on <= due_if_started_by
    rows = database.execute(select(known, due, func.count()).where(*conditions).group_by(known, due))
    counts = dict.fromkeys(CHECKPOINTS, 0)
    for status, is_due, count in rows:
        counts[status or ("not_recorded" if is_due else "not_yet_due")] += count
    return counts
