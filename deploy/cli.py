"""The operator's commands. Each prints what it did, and ends with 1 when it could not."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from deploy.alone_cli import migrate, rebuild, serve, worker
from deploy.backup_cli import backup, restore
from deploy.environment import embedded_environment, home
from deploy.nginx_cli import nginx
from deploy.opened import opened
from deploy.personal_data_cli import erasures, retention, subject
from deploy.secrets_cli import secrets
from shared.actor import SCOPES, Role
from shared.settings import SettingsError

_opened = opened()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Referral and mentoring case management: start it, load it, look after it."""


@cli.command()
@click.option("--empty", is_flag=True, help="Do not load the example programme.")
def start(empty: bool) -> None:
    """Set up what is missing, start everything, and load the example programme if nothing is loaded."""
    from deploy.start import start_everything  # noqa: PLC0415

    start_everything(with_example=not empty)


@cli.command(hidden=True)
@click.option("--empty", is_flag=True)
@_opened
def welcome(programme: Any, empty: bool) -> None:
    """Load the example if nothing is loaded, and say where to look. `start` runs it beside the server."""
    from deploy.welcome import welcome_newcomer  # noqa: PLC0415

    welcome_newcomer(programme, with_example=not empty)


@cli.command()
def doctor() -> None:
    """Say in words what is wrong with this set-up. Ends with 1 when something is."""
    from deploy.doctor import Level, examine  # noqa: PLC0415

    wrong = 0
    for finding in examine(os.environ):
        click.echo(str(finding))
        wrong += finding.level is Level.WRONG
    click.echo(f"{wrong} things are wrong." if wrong else "Nothing is wrong.")
    if wrong:
        sys.exit(1)


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
@click.argument("role", type=click.Choice([role.value for role in Role if role is not Role.SYSTEM]))
@click.option("--for", "named", metavar="REF", help="Own reference, id, or (for a partner) name.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="For an integrator.",
)
@click.option("--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 31))
@_opened
def token(programme: Any, role: str, named: str | None, scopes: tuple[str, ...], hours: int) -> None:
    """Issue a signed token for one role, and print it."""
    from deploy.tokens import UnknownName, issue, person  # noqa: PLC0415

    if (role == Role.INTEGRATOR) != bool(scopes):
        raise click.UsageError("An integrator needs one --scope at least, and nobody else has any.")
    try:
        actor = person(programme, role, named, scopes)
        click.echo(issue(actor, timedelta(hours=hours)))
    except (UnknownName, SettingsError) as error:
        raise click.ClickException(str(error)) from None


@cli.command()
@click.argument("email")
@click.option("--name", required=True, help="What he is called.")
@click.option("--another", is_flag=True, help="Also when there is an administrator already.")
@_opened
def administrator(programme: Any, email: str, name: str, another: bool) -> None:
    """Make the first administrator, and print the link by which he chooses his password."""
    from deploy.administrators import NotMade, make_administrator  # noqa: PLC0415

    try:
        given = make_administrator(programme, email, name, another=another)
    except NotMade as error:
        raise click.ClickException(str(error)) from None
    click.echo(given.link)
    click.echo(
        f"""It works once, until {given.works_until:%Y-%m-%d %H:%M} UTC. Give it to nobody else.
Open it in a browser: there you choose your password, and then sign in.""",
        err=True,
    )


@cli.command()
@click.option("--url", default=None, help="Where the system runs; else SBS_ORIGIN.")
def story(url: str | None) -> None:
    """Walk one man's story through the running system, over HTTP alone."""
    from deploy.story import tell  # noqa: PLC0415

    environment = embedded_environment()
    if not tell(url or environment["SBS_ORIGIN"], home() / "tokens"):
        sys.exit(1)


@cli.command(hidden=True)
@click.argument("history", type=click.Choice(["registry", "referrals", "mentoring", "shared"]))
@click.argument("message")
def revise(history: str, message: str) -> None:
    """Write the next migration of a service (or of the shared tables) from what its models have."""
    from deploy.revise import write_migration  # noqa: PLC0415

    click.echo(write_migration(history, message, embedded_environment()))


@cli.group()
def audit() -> None:
    """Who saw or did what: verify that it is whole, give a man his own log."""


@audit.command("verify")
@_opened
def verify_audit(programme: Any) -> None:
    """Walk the chain of every service, and name the first record that is broken."""
    from deploy.audit import verify_all  # noqa: PLC0415

    if not verify_all(programme, click.echo):
        sys.exit(1)


@audit.command("log")
@click.argument("shedder")
@_opened
def give_log(programme: Any, shedder: str) -> None:
    """Give a man, by his id or your own reference, his log from all services in plain words."""
    from deploy.audit import find_man, log_of  # noqa: PLC0415

    found = find_man(programme, shedder)
    if found is None:
        raise click.ClickException("There is no man with this id or reference, or more than one.")
    for line in log_of(programme, found):
        click.echo(line)


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


for command in (
    serve,
    worker,
    migrate,
    rebuild,
    secrets,
    backup,
    restore,
    subject,
    retention,
    erasures,
    nginx,
):
    cli.add_command(command)
