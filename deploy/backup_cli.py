"""The commands that write a backup and come back from one."""

from pathlib import Path
from typing import Any

import click

from deploy.environment import home
from deploy.not_done import NotDone
from deploy.opened import opened
from shared.settings import SettingsError
from shared.tokens import SERVICES

LEDGER_NEEDED = """A man who was erased since that backup would come back. Name the ledger that
`./sbs erasures export` keeps: --erasures FILE. If there is none: --no-ledger; then only those are erased
again whom the present databases, as far as they can be read, know as erased."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@opened()
def backup(programme: Any, folder: Path) -> None:
    """Back up the three databases, as of one moment, into a new FOLDER. It may run beside people at work."""
    from deploy.backup import backup as write  # noqa: PLC0415

    try:
        write(programme, folder)
    except NotDone as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}.") from None
    click.echo(f"Written to {folder}. It is about people: keep it as you keep the databases; the keys apart.")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--erasures", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--no-ledger", is_flag=True, help="There is no ledger of the erased.")
@click.option("--only", multiple=True, type=click.Choice(SERVICES))
@opened(migrated=False)
def restore(
    programme: Any, folder: Path, erasures: Path | None, no_ledger: bool, only: tuple[str, ...]
) -> None:
    """Put the databases back as they are in the backup in FOLDER. Stop everything else first."""
    from deploy.backup import restore as put_back  # noqa: PLC0415
    from deploy.erasures import BadLedger  # noqa: PLC0415

    if bool(erasures) == no_ledger:
        raise click.UsageError(LEDGER_NEEDED)
    ledger = erasures or home() / "erasures"
    try:
        put_back(programme, folder, ledger, click.echo, only)
    except (NotDone, BadLedger, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from None
    click.echo(f"Restored. {ledger} holds everyone who was erased.")
