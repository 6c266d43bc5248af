"""Hiding small numbers from those who may not know any person.

A count from 1 to `smallest - 1` is hidden, and with it as many of the next smallest as it takes until what
is hidden cannot be had from the total by subtraction. Source: the practice described in the domain
research, section 4 (ONS uses 10 for publication, 5 within).
"""

from collections.abc import Mapping

HIDDEN = None


def hide_small(cells: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """The cells of one breakdown whose total is shown, with small ones hidden."""
    hidden = {name for name, count in cells.items() if 0 < count < smallest}
    others = sorted((count, name) for name, count in cells.items() if count >= smallest)
    while hidden and others and _tells(cells, hidden, smallest):
        hidden.add(others.pop(0)[1])
    return {name: HIDDEN if name in hidden else count for name, count in cells.items()}


def _tells(cells: Mapping[str, int], hidden: set[str], smallest: int) -> bool:
    """Whether the sum of the hidden cells, which anybody can have, leaves but one possibility."""
    total, largest = sum(cells[name] for name in hidden), max(cells[name] for name in hidden)
    all_alike = total in (len(hidden), len(hidden) * (smallest - 1))
    return len(hidden) == 1 or (largest < smallest and all_alike)


def hide_one(count: int | None, smallest: int) -> int | None:
    """A figure that stands alone."""
    return HIDDEN if count is not None and 0 < count < smallest else count
