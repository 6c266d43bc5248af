"""The operator's commands about personal data: giving a man his, letting go of it, keeping it gone."""

import sys
from pathlib import Path
from typing import Any

import click

from deploy.opened import opened
from shared.settings import SettingsError


def _page_or_json(_context: Any, _parameter: Any, path: Path) -> Path:
    if path.suffix not in (".json", ".html"):
        raise click.BadParameter("its name must end in .json or .html")
    return path


@click.command()
@click.argument("shedder")
@click.option("--out", required=True, type=click.Path(path_type=Path), callback=_page_or_json)
@opened(migrated=False)
def subject(programme: Any, shedder: str, out: Path) -> None:
    """Write everything that is held on a man (his id or own reference) into one file, to give to him."""
    from deploy.subject import UnknownMan, find_man, write  # noqa: PLC0415

    try:
        missing = write(programme, find_man(programme, shedder), out)
    except UnknownMan as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"Written to {out}. Give it to him alone.")
    for service in missing:
        click.echo(f"The part of {service} is missing: it did not answer.")
    if missing:
        sys.exit(1)


@click.command()
@click.option("--dry-run", is_flag=True, help="List what is due, change nothing.")
@opened()
def retention(programme: Any, dry_run: bool) -> None:
    """Let go of what was kept for as long as it may be; how long that is: SBS_RETENTION_FILE."""
    from deploy.retention import retain  # noqa: PLC0415

    try:
        total = retain(programme, dry_run=dry_run, say=click.echo)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{total} due. Nothing was changed." if dry_run else f"{total} were due, and are gone.")


@click.group()
def erasures() -> None:
    """The ledger of the erased: keep it outside the databases, replay it after a restore."""


@erasures.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@opened()
def export_erasures(programme: Any, file: Path) -> None:
    """Write the ledger (ids and days, no name) to a file, or add to the one that is there."""
    from deploy.erasures import BadLedger, export  # noqa: PLC0415

    try:
        click.echo(f"{export(programme, file)} in {file}.")
    except (BadLedger, OSError) as error:
        raise click.ClickException(str(error)) from None


@erasures.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@opened()
def replay_erasures(programme: Any, file: Path) -> None:
    """Erase again, in every service, whoever came back with a backup. Doing it twice changes nothing."""
    from deploy.erasures import BadLedger, read, replay  # noqa: PLC0415

    try:
        for line in replay(programme, read(file)):
            click.echo(line)
    except (BadLedger, OSError) as error:
        raise click.ClickException(str(error)) from None
