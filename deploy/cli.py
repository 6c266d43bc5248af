"""The operator's commands. Each prints what it did, and ends with 1 when it could not."""

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from deploy.environment import embedded_environment, home
from shared.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Referral and mentoring case management: start it, load it, look after it."""


def _opened(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the programme, migrated; say plainly what is wrong with the settings."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from deploy.programme import Programme  # noqa: PLC0415 (help should not wait for it)

        try:
            programme = Programme(embedded_environment())
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        try:
            programme.migrate()
            command(programme, *args, **kwargs)
        finally:
            programme.dispose()

    return run


@cli.command()
def start() -> None:
    """Set up what is missing, start everything, and load the example programme if nothing is loaded."""
    from deploy.start import start_everything  # noqa: PLC0415

    start_everything()


@cli.command(hidden=True)
@_opened
def welcome(programme: Any) -> None:
    """Load the example if nothing is loaded, and say where to look. `start` runs it beside the server."""
    from deploy.welcome import welcome_newcomer  # noqa: PLC0415

    welcome_newcomer(programme)


@cli.command()
@_opened
def migrate(_programme: Any) -> None:
    """Bring the three databases to the present schema."""
    click.echo("The databases of registry, referrals and mentoring are at the present schema.")


@cli.command("import")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out, and write them to FILE.bad.csv to mend.")
@_opened
def import_(programme: Any, folder: Path, dry_run: bool, skip_bad: bool) -> None:
    """Import a folder of CSV files, or one file. Importing twice changes nothing."""
    from deploy.import_folder import import_folder  # noqa: PLC0415

    if not import_folder(programme, folder, dry_run=dry_run, skip_bad=skip_bad):
        sys.exit(1)


@cli.command()
@click.argument(
    "role",
    type=click.Choice(
        ["ambassador", "care_worker", "mentor", "coordinator", "evaluator", "administrator", "integrator"]
    ),
)
@click.option("--for", "named", metavar="REF", help="Own reference, id, or (for a partner) name.")
@click.option("--scope", "scopes", multiple=True, help="For an integrator, such as events:read.")
@click.option("--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 31))
@_opened
def token(programme: Any, role: str, named: str | None, scopes: tuple[str, ...], hours: int) -> None:
    """Issue a signed token for one role, and print it."""
    from deploy.tokens import UnknownName, issue, person  # noqa: PLC0415

    try:
        actor = person(programme, role, named, scopes)
        click.echo(issue(actor, timedelta(hours=hours)))
    except (UnknownName, SettingsError) as error:
        raise click.ClickException(str(error)) from None


@cli.command()
@click.option("--url", default=None, help="Where the system runs; else SBS_ORIGIN.")
def story(url: str | None) -> None:
    """Walk one man's story through the running system, over HTTP alone."""
    from deploy.story import tell  # noqa: PLC0415

    environment = embedded_environment()
    if not tell(url or environment["SBS_ORIGIN"], home() / "tokens"):
        sys.exit(1)


@cli.group()
def parked() -> None:
    """Events that could not be applied: list them, look at one, try them again."""


@parked.command("list")
@_opened
def list_parked(programme: Any) -> None:
    """List the parked events of all services."""
    from deploy.parked import lines  # noqa: PLC0415

    for line in lines(programme):
        click.echo(line)


@parked.command("show")
@click.argument("identity", type=click.UUID)
@_opened
def show_parked(programme: Any, identity: UUID) -> None:
    """Look at one parked event: why it is there, and what it says."""
    from deploy.parked import whole  # noqa: PLC0415

    found = whole(programme, identity)
    if found is None:
        raise click.ClickException("There is no parked event with this id.")
    click.echo(found)


@parked.command("retry")
@click.argument("identities", type=click.UUID, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Try all of them.")
@_opened
def retry_parked(programme: Any, identities: tuple[UUID, ...], everything: bool) -> None:
    """Try parked events again now, in their order."""
    from deploy.parked import retry  # noqa: PLC0415

    if not identities and not everything:
        raise click.UsageError("Name the events to retry, or say --all.")
    if not retry(programme, None if everything else identities, click.echo):
        sys.exit(1)
