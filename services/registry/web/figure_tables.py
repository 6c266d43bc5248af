"""The programme figures as large numbers and as tables: the page, the plots and the files all show these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.words import word

Cell = str | int | float | date | None
"""None: the API does not tell it to this visitor."""
NONE = "–"
MANY_ROWS = 16


@dataclass(frozen=True)
class Headline:
    """One large number, and what it counts in plain words."""

    label: str
    value: Cell
    definition: str
    hidden: str


@dataclass(frozen=True)
class Table:
    """A table of figures. `hidden` is what stands for a number that is not told, and `note` says why.

    A page draws the `plot` of it; one that is `long` it shows when asked.
    """

    name: str
    title: str
    definition: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    hidden: str = NONE
    plot: str = ""
    long: bool = False
    note: str = ""


def headlines(figures: Mapping[str, Any]) -> list[Headline]:
    """The figures that stand alone."""
    few, among = _hidden_alone(figures), _hidden_among(figures)
    answer_time = figures["referrals"]["answer_time"]
    values: Sequence[tuple[str, Cell, str, str]] = (
        (_("Sheds open"), figures["sheds"]["open_at_end"], _OPEN, NONE),
        (_("Sheds that opened"), figures["sheds"]["opened"], _OPENED, NONE),
        (_("Men who take part"), figures["men"]["taking_part"], _MEN_HERE, few),
        (_("Referrals"), figures["referrals"]["requested"], _REFERRALS, few),
        (
            _("Days to an answer"),
            answer_time["median_days"],
            _DAYS,
            among if answer_time["answered"] is None else NONE,
        ),
        (_("Answered as promised"), answer_time["within_promise"], _KEPT, among),
        (_("Mentors trained"), figures["mentors"]["trained"], _MENTORS, _of_no_partner(figures)),
        (_("Men who became work-ready"), figures["work_ready"]["men"], _WORK_READY, few),
        (_("Men in a first paid job"), figures["jobs"]["men"], _FIRST_JOBS, few),
        (_("Paid jobs in all"), figures["jobs"]["all"], _JOBS, few),
    )
    return [Headline(gettext(label), value, gettext(said), hidden) for label, value, said, hidden in values]


def tables(figures: Mapping[str, Any]) -> list[Table]:
    """Every figure, in tables; the last has those that stand alone."""
    return [make(figures) for make in _TABLES]


def _alone(figures: Mapping[str, Any]) -> Table:
    rows = [
        (one.label, one.hidden if one.value is None else one.value, one.definition)
        for one in headlines(figures)
    ]
    return Table("figures", gettext(_("All the numbers")), "", _said(_FIGURE, _NUMBER, _COUNTED), rows)


def _weeks(figures: Mapping[str, Any]) -> Table:
    weeks = figures["participation"]["weeks"]
    rows = [(date.fromisoformat(week["monday"]), week["men"], week["anonymous_headcount"]) for week in weeks]
    title, headings = gettext(_("Who came, week by week")), _said(_WEEK, _BY_NAME, _OTHERS)
    return Table(
        "weeks", title, gettext(_WEEKS), headings, rows, _hidden_alone(figures), plot="line", long=True
    )


def _quarters(figures: Mapping[str, Any]) -> Table:
    quarters = figures["participation"]["quarters"]
    rows = [(spoken_quarter(one["quarter"]), one["men_in_half_the_weeks"]) for one in quarters]
    title, headings = gettext(_("Men who came in at least half of the weeks")), _said(_QUARTER, _MEN)
    return Table("quarters", title, gettext(_STEADY), headings, rows, _hidden_alone(figures), plot="newest")


def spoken_quarter(quarter: str) -> str:
    """A quarter as one says it: "2019-Q1" is the first of 2019."""
    year, number = quarter.split("-Q")
    return gettext(_("%(year)s, quarter %(number)s"), year=year, number=number)


def _neighbourhoods(figures: Mapping[str, Any]) -> Table:
    counts = figures["men"]["by_neighbourhood"]
    known = {gettext(_("Not known")) if name == "unknown" else name: count for name, count in counts.items()}
    made = Table(
        "neighbourhoods", gettext(_("Men by neighbourhood")), gettext(_WHERE), _said(_PLACE, _MEN), ()
    )
    return _breakdown(figures, made, known)


def _states(figures: Mapping[str, Any]) -> Table:
    counts = {word(state): count for state, count in figures["referrals"]["by_state"].items()}
    made = Table("states", gettext(_("Referrals by state")), gettext(_NOW), _said(_STATE, _SENT), ())
    return _breakdown(figures, made, counts)


def _needs(figures: Mapping[str, Any]) -> Table:
    counts = {word(need): count for need, count in figures["referrals"]["by_need"].items()}
    made = Table("needs", gettext(_("Referrals by need")), gettext(_REFERRALS), _said(_NEED, _SENT), ())
    return _breakdown(figures, made, counts)


def _jobs_at(weeks: int, title: str) -> Callable[[Mapping[str, Any]], Table]:
    def make(figures: Mapping[str, Any]) -> Table:
        counts = figures["jobs"][f"at_{weeks}_weeks"]
        known = {word(code, "checkpoint"): count for code, count in counts.items()}
        made = Table(f"jobs {weeks}", gettext(title), gettext(_CHECKPOINT), _said(_KNOWN, _MEN), ())
        return _breakdown(figures, made, known, in_order=True)

    return make


def _breakdown(
    figures: Mapping[str, Any], made: Table, counts: Mapping[str, int | None], *, in_order: bool = False
) -> Table:
    """A count by something, the largest first unless it has an order of its own; hidden ones at the end."""
    rows = list(counts.items())
    if not in_order:
        rows.sort(key=lambda row: (row[1] is None, -(row[1] or 0), row[0]))
    hides = any(count is None for count in counts.values())
    note = gettext(_HIDES, smallest=figures["hidden_below"]) if hides and "hidden_below" in figures else ""
    hidden, long = _hidden_among(figures), len(rows) > MANY_ROWS
    return replace(made, rows=rows, hidden=hidden, plot="bars", long=long, note=note)


def _said(*texts: str) -> list[str]:
    return [gettext(text) for text in texts]


def _hidden_alone(figures: Mapping[str, Any]) -> str:
    """What stands for a number that is hidden because it is small, and for no other reason."""
    smallest = figures.get("hidden_below")
    return gettext(_("fewer than %(smallest)s"), smallest=smallest) if smallest else NONE


def _hidden_among(figures: Mapping[str, Any]) -> str:
    """What stands for one that may be hidden because a smaller one could be worked out from it."""
    return gettext(_("hidden")) if "hidden_below" in figures else NONE


def _of_no_partner(figures: Mapping[str, Any]) -> str:
    """What stands for the mentors of one partner, where others are of none; of a shed there are never any."""
    return NONE if "shed_id" in figures["asked"] else gettext(_("not known per partner"))


_FIGURE, _NUMBER, _COUNTED = _("Figure"), _("Number"), _("What is counted")
_WEEK, _BY_NAME, _OTHERS = _("Week of"), _("Men by name"), _("Others, without a name")
_QUARTER, _PLACE, _STATE, _NEED = _("Quarter"), _("Neighbourhood"), _("State"), _("Need")
_KNOWN, _MEN, _SENT = _("What is known"), _("Men"), _("Referrals")

_OPEN = _("Sheds that were open on the last day.")
_OPENED = _("Sheds that opened in these days.")
_MEN_HERE = _("Men who belonged to a shed in these days. Each man counts once.")
_REFERRALS = _("Referrals that were sent in these days. Those that were entered in error do not count.")
_DAYS = _(
    "How long half of the answers took, or less. Days on which the organisation waited for us do not count."
)
_KEPT = _("Referrals that were answered within the days that the organisation promises.")
_MENTORS = _(
    "Mentors whose training ended in these days. Of one shed there is no such number; "
    "where mentors are of no partner, it is not known per partner."
)
_WORK_READY = _("Men who were confirmed work-ready for the first time in these days.")
_FIRST_JOBS = _("Men whose first paid job began in these days.")
_JOBS = _("All paid jobs that began in these days.")
_WEEKS = _("Men who came at least once in the week, each counted once; and those who came and gave no name.")
_STEADY = _("Men who came in at least half of the weeks of the quarter.")
_WHERE = _("The men who take part, each in the neighbourhood of the first of his sheds.")
_NOW = _("The referrals that were sent in these days, as they are now.")
_CHECKPOINT = _(
    "Of the men whose first job began in these days: how it was by then. "
    "What is not known never counts as no work."
)
_HIDES = _(
    "Numbers below %(smallest)s are hidden, and where it is needed another one with them, "
    "so that nobody can be found by counting."
)

_TABLES = (
    _weeks,
    _quarters,
    _neighbourhoods,
    _states,
    _needs,
    _jobs_at(13, _("First jobs after 13 weeks")),
    _jobs_at(26, _("First jobs after 26 weeks")),
    _alone,
)
