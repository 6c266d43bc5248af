"""Hiding small numbers from those who may not know any person.

A count from 1 to `smallest - 1` is hidden; where that leaves a single hidden cell beside a total,
the next smallest is hidden too, for it could be had by subtraction. Source: the practice described
in the domain research, section 4 (ONS uses 10 for publication, 5 within).
"""

from collections.abc import Mapping

HIDDEN = None


def hide_small(cells: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """The cells of one breakdown whose total is shown, with small ones hidden."""
    small = {name for name, count in cells.items() if 0 < count < smallest}
    if len(small) == 1:
        others = sorted((count, name) for name, count in cells.items() if count > 0 and name not in small)
        small |= {name for _, name in others[:1]}
    return {name: HIDDEN if name in small else count for name, count in cells.items()}


def hide_one(count: int | None, smallest: int) -> int | None:
    """A figure that stands alone."""
    return HIDDEN if count is not None and 0 < count < smallest else count
