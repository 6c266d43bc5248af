"""The programme figures, each with its definition (DOMAIN: the programme in five sentences).

A person counts once in whatever scope is asked for. A period includes its first and its last day.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Date, Integer, Select, String, cast, func, select
from sqlalchemy.orm import Session as Database

from services.registry.domain import permissions as may
from services.registry.models import (
    Attendance,
    JobFact,
    Membership,
    MentorFact,
    PathwayFact,
    ReferralFact,
    Session,
    Shed,
)
from services.registry.queries import visible
from services.registry.queries.figures_hidden import without_small_numbers
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
    "referrals": "Referrals that were requested within the period, by their present state and by need.",
    "referrals.answer_time": "Days from the request to the first answer, without those on which the "
    "organisation waited for us; the median of all answered, and how many kept the promised days.",
    "mentors.trained": "Mentors whose training ended within the period. They belong to no shed, so with a "
    "shed asked for there is no such figure.",
    "work_ready.men": "Men who were confirmed work-ready for the first time within the period.",
    "jobs.men": "Men whose first paid job began within the period.",
    "jobs.all": "All paid jobs that began within the period.",
    "jobs.at_13_weeks": "Of those first jobs, what is known at the checkpoint: unknown is never counted as "
    "not employed. Not recorded: the day has come and nobody has said. At 26 weeks likewise.",
}
CHECKPOINTS = ("employed", "not_employed", "unknown", "not_recorded", "not_yet_due")


@dataclass(frozen=True)
class Scope:
    """Which part of the programme, and which days."""

    country: str | None = None
    partner_id: UUID | None = None
    shed_id: UUID | None = None
    since: date = date(1900, 1, 1)
    until: date = date(2100, 12, 31)

    @property
    def is_whole(self) -> bool:
        return self.country is None and self.partner_id is None and self.shed_id is None

    def sheds(self) -> list[ColumnElement[bool]]:
        wanted = ((Shed.country, self.country), (Shed.partner_id, self.partner_id), (Shed.id, self.shed_id))
        return [column == value for column, value in wanted if value is not None]

    def shed_ids(self) -> Select[UUID]:
        return select(Shed.id).where(*self.sheds())

    def during(self, column: Any) -> ColumnElement[bool]:
        return column.between(self.since, self.until)  # type: ignore[no-any-return]

    def here(self, column: Any) -> list[ColumnElement[bool]]:
        """That a row's shed is within the scope; no condition when all sheds are."""
        return [] if self.is_whole else [column.in_(self.shed_ids())]

    def of_its_men(self, column: Any) -> list[ColumnElement[bool]]:
        """That a row is about a man who belongs or belonged to a shed of the scope."""
        if self.is_whole:
            return []
        return [column.in_(select(Membership.shedder_id).where(Membership.shed_id.in_(self.shed_ids())))]


def read_figures(work: Work, *, query: Mapping[str, Any]) -> dict[str, Any]:
    """Read the programme figures of a country, a partner or a shed, and of a period."""
    work.require(may.READ_FIGURES)
    scope = _scope(query)
    figures = figures_of(work.session, scope, work.today)
    if not _may_see_small_numbers(work, work.actor, scope):
        figures = without_small_numbers(figures, may.SMALLEST_SHOWN)
    asked = {
        name: query[name] for name in ("country", "partner_id", "shed_id", "since", "until") if name in query
    }
    return {"asked": asked, "as_of": work.today, **figures, "definitions": DEFINITIONS}


def _scope(query: Mapping[str, Any]) -> Scope:
    since, until = query.get("since", Scope.since), query.get("until", Scope.until)
    if until < since:
        raise InvalidInput([FieldError(("until",), "It must not lie before since.", "query")])
    return Scope(query.get("country"), query.get("partner_id"), query.get("shed_id"), since, until)


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
        "participation": _participation(database, scope),
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
        select(Shed.neighbourhood, nth.label("nth"))
        .join(Membership, Membership.shed_id == Shed.id)
        .where(
            *scope.sheds(),
            Membership.joined_on <= scope.until,
            Membership.left_on.is_(None) | (Membership.left_on >= scope.since),
        )
        .subquery()
    )
    counted = (
        select(func.coalesce(belonged.c.neighbourhood, "unknown"), func.count())
        .where(belonged.c.nth == 1)
        .group_by(belonged.c.neighbourhood)
    )
    by_neighbourhood: dict[str, int] = dict(sorted(database.execute(counted).all()))
    return {"taking_part": sum(by_neighbourhood.values()), "by_neighbourhood": by_neighbourhood}


def _participation(database: Database, scope: Scope) -> dict[str, Any]:
    monday = _monday(database, Session.held_on).label("monday")
    held = [*scope.here(Session.shed_id), scope.during(Session.held_on)]
    came = (
        select(monday, Attendance.shedder_id)
        .join(Attendance, Attendance.session_id == Session.id)
        .where(*held)
        .distinct()
        .cte("came")
    )
    named: dict[date, int] = dict(
        database.execute(select(came.c.monday, func.count()).group_by(came.c.monday)).all()
    )
    unnamed = select(monday, func.sum(Session.anonymous_headcount)).where(*held).group_by(monday)
    anonymous = dict(database.execute(unnamed).all())
    weeks = [
        {
            "week": _week_name(start),
            "monday": start,
            "men": named.get(start, 0),
            "anonymous_headcount": anonymous[start],
        }
        for start in sorted(anonymous)
    ]
    return {"weeks": weeks, "quarters": _quarters(database, came)}


def _quarters(database: Database, came: CTE) -> list[dict[str, Any]]:
    quarter = _quarter(database, came.c.monday).label("quarter")
    per_man = select(quarter, func.count().label("weeks")).group_by(quarter, came.c.shedder_id).subquery()
    counted = (
        select(per_man.c.quarter, per_man.c.weeks, func.count())
        .group_by(per_man.c.quarter, per_man.c.weeks)
        .order_by(per_man.c.quarter)
    )
    steady: dict[str, int] = {}
    for name, weeks, men in database.execute(counted):
        enough = 2 * weeks >= _weeks_in(name)
        steady[name] = steady.get(name, 0) + (men if enough else 0)
    return [
        {"quarter": name, "weeks": _weeks_in(name), "men_in_half_the_weeks": men}
        for name, men in steady.items()
    ]


def _weeks_in(quarter: str) -> int:
    year, number = quarter.split("-Q")
    return weeks_in_quarter(int(year), int(number))


def weeks_in_quarter(year: int, number: int) -> int:
    """How many Thursdays a quarter has: 12, 13 or 14."""
    first = date(year, 3 * number - 2, 1)
    last = date(year + number // 4, (3 * number) % 12 + 1, 1) - timedelta(days=1)
    to_thursday = (3 - first.weekday()) % 7
    return ((last - first).days - to_thursday) // 7 + 1


def _monday(database: Database, day: Any) -> ColumnElement[date]:
    """The Monday of a day's ISO week, in the words of either database."""
    if database.get_bind().dialect.name == "sqlite":
        return func.date(day, "-6 days", "weekday 1", type_=Date())
    return cast(func.date_trunc("week", day), Date)


def _quarter(database: Database, monday: Any) -> ColumnElement[str]:
    """The quarter in which a week's Thursday lies, as "2019-Q1", in the words of either database."""
    if database.get_bind().dialect.name == "sqlite":
        thursday = func.date(monday, "+3 days")
        number = (cast(func.strftime("%m", thursday), Integer) + 2) // 3
        return func.strftime("%Y", thursday) + "-Q" + cast(number, String)
    return func.to_char(monday + 3, 'YYYY-"Q"Q')


def _week_name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _referrals(database: Database, scope: Scope) -> dict[str, Any]:
    requested = [*scope.here(ReferralFact.shed_id), scope.during(ReferralFact.requested_on)]
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
    if scope.partner_id is not None:
        wanted = wanted.where(MentorFact.partner_id == scope.partner_id)
    return _count(database, wanted)


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
