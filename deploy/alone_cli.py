"""The commands that run one service by itself."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.opened import opened
from shared.settings import SettingsError
from shared.tokens import SERVICES

SERVICE = click.Choice(SERVICES)


def _in_words(command: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    try:
        command(*args, **kwargs)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("service", type=SERVICE)
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=8, show_default=True, help="In each.", type=click.IntRange(1, 64))
def serve(service: str, processes: int, threads: int) -> None:
    """Serve one service over HTTP until it is stopped; it answers first what it was asked."""
    from deploy import alone  # noqa: PLC0415 (help should not wait for it)

    _in_words(alone.serve, service, processes=processes, threads=threads)


@click.command()
@click.argument("service", type=SERVICE)
@click.option("--alive", type=click.Path(path_type=Path), help="A file to touch for as long as all is well.")
def worker(service: str, alive: Path | None) -> None:
    """Relay, receive and keep the time for one service until it is stopped. Several wait for each other."""
    from deploy import alone  # noqa: PLC0415

    _in_words(alone.work, service, alive)


@click.command()
@click.argument("service", type=SERVICE)
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when anything differs.")
def rebuild(service: str, check: bool) -> None:
    """Make anew what a service keeps of others' events (figures too), and put right what differs.

    The service may run meanwhile.
    """
    from deploy.rebuild import rebuild_one  # noqa: PLC0415

    if not rebuild_one(service, check=check):
        sys.exit(1)


@click.command()
@click.argument("service", type=SERVICE, required=False)
@click.option(
    "--grant-to", metavar="ROLE", help="The application's own role on PostgreSQL; may hold {service}."
)
def migrate(service: str | None, grant_to: str | None) -> None:
    """Bring the database of one service to the present schema; without a name, all three."""
    from deploy import alone  # noqa: PLC0415

    if service is None:
        _migrate_all(grant_to=grant_to)
    else:
        _in_words(alone.bring_up_to_date, service, grant_to)
        click.echo(f"The database of {service} is at the present schema.")


@opened(migrated=False)
def _migrate_all(programme: Any, grant_to: str | None) -> None:
    _in_words(programme.migrate, grant_to)
    click.echo("The databases of registry, referrals and mentoring are at the present schema.")
