"""Starting the embedded default: this process becomes gunicorn, and a short-lived child welcomes."""

import os
import subprocess
import sys
from pathlib import Path

import click

from deploy.environment import embedded_environment
from deploy.programme import Programme
from shared.settings import SettingsError

CONFIGURATION = Path(__file__).parent / "gunicorn.conf.py"


def start_everything() -> None:
    """Migrate, start a child that loads and tells where to look, and become the server.

    Becoming it, instead of watching over it, leaves one process that Ctrl-C or a supervisor talks to.
    """
    environment = embedded_environment()
    try:
        programme = Programme(environment)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    programme.migrate()
    programme.dispose()
    environment.setdefault("SBS_LOG_LEVEL", "WARNING")
    subprocess.Popen([sys.executable, "-m", "deploy", "welcome"], env=environment)
    arguments = ["gunicorn", "--config", str(CONFIGURATION), "deploy.embedded:application()"]
    os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606
