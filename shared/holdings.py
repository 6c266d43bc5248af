"""What a service holds on a man, declared once per service: its tables, and what erasing does to each.

Erasing, the export that a man is given and the test that no column was forgotten all read the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NOTHING = ""
"""What stands in the place of words that a column must have."""


@dataclass(frozen=True)
class Holding:
    """One table with rows about men.

    A row is about the man whose id stands in `about`, or about the one that the row of `through` is about
    (`about` then names the column that points there). Erasing deletes the rows, or puts `blanked` into
    them. `kept` names the words and numbers that say nothing about him once the rest is gone; ids, codes
    and dates stay in any case, for they are what figures count. What stands in `secrets` opens something:
    no export has it.
    """

    table: str
    title: str
    about: str = "shedder_id"
    through: str | None = None
    deleted: bool = False
    blanked: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    alias: str = ""

    @property
    def name(self) -> str:
        """What it is called: its table, or its alias where a table holds things of several kinds."""
        return self.alias or self.table

    @property
    def leaves(self) -> frozenset[str]:
        """The columns whose fate is declared one by one."""
        return frozenset(self.blanked) | frozenset(self.kept)


@dataclass(frozen=True)
class PersonalData:
    """Everything a service holds on men: parents before what hangs on them, and why no other table counts."""

    holdings: tuple[Holding, ...]
    excused: Mapping[str, str]

    def by_name(self) -> dict[str, Holding]:
        return {holding.name: holding for holding in self.holdings}

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(holding.table for holding in self.holdings)


def history_of(parent: str, title: str) -> Holding:
    """What was done with the things of another holding: its words go, its codes stay."""
    return Holding(
        "history",
        title,
        about="thing_id",
        through=parent,
        blanked={"remark": None, "details": None},
        kept=("action", "source", "target", "reason"),
        alias=f"{parent}_history",
    )


@dataclass(frozen=True)
class Kind:
    """A kind of data that stays for a period after what it belongs to has ended.

    It is one holding, all that erasing takes of it or only `columns`; the period begins when its root
    (the referral, the pathway) ended, in one of `states` if any are named. `days` is the period where the
    configuration names none.
    """

    name: str
    says: str
    holding: str
    days: int
    columns: tuple[str, ...] | None = None
    states: tuple[StrEnum, ...] = ()


SHARED_EXCUSED = {
    "audit_record": "who did what, when and by what right: it must stay for years, and holds ids and codes",
    "audit_subject": "whom a record of the audit is about, by id: a man may ask for his own log",
    "audit_seal": "hashes over the audit",
    "request_count": "how often a caller asked in the last minutes",
    "outbox": "events: ids, codes and dates, which a test holds them to",
    "feed_state": "where the feed stands",
    "consumer_cursor": "how far other feeds were read",
    "parked_event": "events that wait: ids, codes and dates; what is malformed goes by its retention period",
    "stored_answer": "answers of the last day, each a copy; those that name him or his things are blanked",
    "kept_form": "what was typed into a form that is shown again: an hour, sealed, its key not kept",
    "erased_subject": "the ledger itself: the ids of those who are erased, so that nothing brings them back",
    "held_subject": "ids of those whose data must stay for now",
}
"""The tables that every service has, and why none of them is among what it holds on a man."""

UNREADABLE = Kind("unreadable_events", "what came as an event and could not be read", "parked_event", days=90)
"""In every service. One that can be read is kept until it was applied: it has ids, codes and dates only."""
