"""What has been kept for as long as it may: listed by a dry run, and let go without one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from deploy.deliver import deliver_all
from deploy.erasures import HELD, clean_all
from deploy.programme import Programme
from services.mentoring.domain.personal_data import KINDS as MENTORING
from services.mentoring.models import KnownShed as MentoringShed
from services.referrals.domain.personal_data import KINDS as REFERRALS
from services.referrals.models import KnownShed as ReferralsShed
from services.registry.domain.codes import ErasureGround
from services.registry.domain.personal_data import INACTIVE
from services.registry.queries.inactive import inactive_since
from services.registry.use_cases.erasures import erase_for
from shared.actor import system_actor
from shared.cleaning import tables
from shared.clock import day_of
from shared.holdings import UNREADABLE, Kind
from shared.messaging.parked import ParkedEvent
from shared.retention import Due, Periods, due_rows, let_go, periods
from shared.unit_of_work import UnitOfWork

SHEDS: dict[str, Any] = {"referrals": ReferralsShed.__table__, "mentoring": MentoringShed.__table__}
KINDS = (INACTIVE, *REFERRALS, *MENTORING, UNREADABLE)

CLEAN_TRIES = 10

Find = Callable[[UnitOfWork[Any], Periods], list[Due]]
Drop = Callable[[UnitOfWork[Any], Sequence[Due]], None]


@dataclass(frozen=True)
class Rule:
    """A kind of data in one service: what of it is due, and how it goes."""

    service: str
    kind: Kind
    find: Find
    drop: Drop


def retain(programme: Programme, *, dry_run: bool, say: Callable[[str], None]) -> int:
    """List what is due, and let it go unless this is a dry run; say how many that are.

    Events are delivered first, so that a legal hold which was placed a moment ago is known everywhere.
    """
    asked = periods(programme.environ.get("SBS_RETENTION_FILE"), KINDS)
    deliver_all(programme)
    total = 0
    for rule in rules():
        with programme.services[rule.service].begin(system_actor(), reading=dry_run) as work:
            due = rule.find(work, asked)
            if not dry_run:
                rule.drop(work, due)
        total += len(due)
        _tell(rule, due, asked, say)
    if total and not dry_run:
        deliver_all(programme)
        _clean(programme, say)
    return total


def _clean(programme: Programme, say: Callable[[str], None]) -> None:
    """Let the databases go of the old bytes too; who is in the way is waited for, for a while."""
    clean_all(programme)
    for name, service in programme.services.items():
        if not any(service.database.clean(tables(HELD[name])) for _ in range(CLEAN_TRIES)):
            say(f"{name} is busy: old bytes of what is gone stay in its log until this runs again.")


def rules() -> list[Rule]:
    """Every kind in every service."""
    held = [_of_table(name, kind) for name, kinds in _BY_SERVICE.items() for kind in kinds]
    unreadable = [Rule(name, UNREADABLE, _unreadable, _drop_unreadable) for name in HELD]
    return [Rule("registry", INACTIVE, _inactive, _erase_inactive), *held, *unreadable]


_BY_SERVICE = {"referrals": REFERRALS, "mentoring": MENTORING}


def _of_table(name: str, kind: Kind) -> Rule:
    return Rule(
        name,
        kind,
        lambda work, asked: due_rows(work.session, HELD[name], kind, SHEDS[name], asked, work.today),
        lambda work, due: let_go(work.session, HELD[name], kind, due),
    )


def _inactive(work: UnitOfWork[Any], asked: Periods) -> list[Due]:
    last_day = work.today - timedelta(days=asked.shortest(INACTIVE))
    found = (Due(man, man, country, since) for man, country, since in inactive_since(work.session, last_day))
    return [due for due in found if asked.is_over(INACTIVE, due, work.today)]


def _erase_inactive(work: UnitOfWork[Any], due: Iterable[Due]) -> None:
    for one in due:
        erase_for(work, one.id, ErasureGround.RETENTION)


def _unreadable(work: UnitOfWork[Any], asked: Periods) -> list[Due]:
    resting = select(ParkedEvent.id, ParkedEvent.parked_at).where(ParkedEvent.event_id.is_(None))
    rows = work.session.execute(resting.order_by(ParkedEvent.parked_at, ParkedEvent.id))
    found = (Due(identity, None, None, day_of(parked_at, work.settings.zone)) for identity, parked_at in rows)
    return [due for due in found if asked.is_over(UNREADABLE, due, work.today)]


def _drop_unreadable(work: UnitOfWork[Any], due: Iterable[Due]) -> None:
    ids = [one.id for one in due]
    work.session.execute(delete(ParkedEvent).where(ParkedEvent.id.in_(ids)))


def _tell(rule: Rule, due: Sequence[Due], asked: Periods, say: Callable[[str], None]) -> None:
    say(f"{rule.kind.name} in {rule.service}: {len(due)}  ({rule.kind.says})")
    for one in due:
        days = asked.days(rule.kind, one.country)
        whose = f" of {one.shedder_id}" if one.shedder_id not in (None, one.id) else ""
        where = f" in {one.country}" if one.country else ""
        say(f"  {one.id}{whose}{where}, since {one.since}, {days} days")
