"""`make bench`: a table of ratios with their floors, all measured in one run. docs/performance.md tells of them."""

from collections.abc import Callable, Iterator
from functools import partial

import click
import structlog

from tests.backends import available
from tests.benchmarks import figures, flow, hot, listing, pace, pages, running
from tests.benchmarks.cost import Ratio


@click.command()
@click.option("--rounds", default=10, show_default=True, help="How often each is done, by turns.")
@click.option("--each", default=100, show_default=True, help="Requests of a kind in a round.")
@click.option("--referrals", default=1_000_000, show_default=True, help="How many a list is taken from.")
@click.option("--men", default=1_000_000, show_default=True, help="Whose figures are asked for.")
@click.option("--rows", default=2_000, show_default=True, help="Men imported in a round.")
@click.option(
    "--only", multiple=True, help="Only these parts: hot, pages, lists, flow, figures, running, pace."
)
def bench(rounds: int, each: int, referrals: int, men: int, rows: int, only: tuple[str, ...]) -> None:
    """Print what each costs, its floor, their ratio and the bar that the design sets."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    parts: dict[str, Callable[[], Iterator[Ratio]]] = {
        "hot": partial(hot.measure, rounds, each),
        "pages": partial(pages.measure, rounds, each),
        "lists": partial(listing.measure, rounds, each, referrals),
        "flow": partial(flow.measure, rounds, rows),
        "figures": partial(figures.measure, rounds, men),
        "running": running_systems,
        "pace": at_a_pace,
    }
    for part, measure in parts.items():
        if not only or part in only:
            click.echo(f"\n{part}")
            for row in measure():
                tell(row)


def running_systems() -> Iterator[Ratio]:
    """The whole system, started as a user does, on every back end that answers."""
    for kind in available():
        for name, figure in running.measure(kind):
            yield Ratio(f"{name}, {kind}", figure, "")


def at_a_pace() -> Iterator[Ratio]:
    """A hundred events a second, on every back end that answers."""
    for kind in available():
        for name, figure in pace.measure(kind):
            yield Ratio(f"{name}, {kind}", figure, "")


def tell(row: Ratio) -> None:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    click.echo(
        f"  {row.name:<44} {row.ours:>12} {row.floor:>12} {ratio:>7}  {row.bar:<8} {row.more}".rstrip()
    )


bench()
