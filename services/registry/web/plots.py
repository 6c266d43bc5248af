"""Plots as SVG, drawn here: lengths are parts of the width, so that letters stay readable on a phone.

What a template needs stands in each: texts, and places in per cent. What is hidden is not drawn, not as none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

MOST_BARS = 16
"""More of them are no picture; the table has them all."""
LONGEST_BAR = 82
"""In per cent: beside the longest its number must find room."""
WIDE, HIGH = 1000, 100
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, its number (None: not told), and how long it is, in per cent."""

    label: str
    value: int | float | None
    length: float


@dataclass(frozen=True)
class Bars:
    """Bars below each other. `left_out` are those of the table that are not drawn."""

    bars: Sequence[Bar]
    left_out: int
    kind: str = "bars"


@dataclass(frozen=True)
class Line:
    """Two lines over the weeks. A week without a number, or a hidden one, is a gap."""

    first: date
    last: date
    top: int
    men: str
    others: str
    kind: str = "line"


def bars(rows: Sequence[Sequence[Any]], *, newest: bool = False) -> Bars | None:
    """The bars of a table's first rows (or its last), by their number; None when there is nothing to draw."""
    chosen = rows[-MOST_BARS:] if newest else rows[:MOST_BARS]
    longest = max((row[1] for row in chosen if row[1] is not None), default=0)
    if not longest:
        return None
    drawn = [
        Bar(str(label), value, round(LONGEST_BAR * (value or 0) / longest, 2)) for label, value in chosen
    ]
    return Bars(drawn, len(rows) - len(drawn))


def line(rows: Sequence[Sequence[Any]]) -> Line | None:
    """The lines of the weeks; None when nobody came, or too few are told to draw one."""
    top = max((number for _, *numbers in rows for number in numbers if number is not None), default=0)
    if not top or len(rows) < 2:
        return None
    first, last = rows[0][0], rows[-1][0]
    days = (last - first).days
    drawn = list(_with_gaps(rows))

    def path(column: int) -> str:
        points = [
            (
                WIDE * (row[0] - first).days / days,
                None if row[column] is None else HIGH - HIGH * row[column] / top,
            )
            for row in drawn
        ]
        return _path(points)

    return Line(first, last, top, path(1), path(2))


def _with_gaps(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows, with one without numbers wherever a week or more is missing between two."""
    for row, after in pairwise(rows):
        yield row
        if after[0] - row[0] > A_WEEK:
            yield row[0] + A_WEEK, None, None
    yield rows[-1]


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """An SVG path through the points, lifted where one is missing; a lone point is a dot's breadth."""
    steps, is_down = [], False
    for x, y in points:
        if y is None:
            is_down = False
        elif is_down:
            steps.append(f"L{x:.1f} {y:.1f}")
        else:
            steps.append(f"M{x:.1f} {y:.1f}h1")
            is_down = True
    return "".join(steps)
