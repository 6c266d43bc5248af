"""Weekly participation: the men who came in a week, and in at least half the weeks of a quarter."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Integer, String, cast, func, select
from sqlalchemy.orm import Session as Database

from services.registry.models import Attendance, Session
from services.registry.queries.scope import Scope


def participation(database: Database, scope: Scope) -> dict[str, Any]:
    """Who came, per ISO week and per quarter (`figures.DEFINITIONS` says what exactly counts)."""
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
