"""Starting the embedded default: this process becomes gunicorn, and a short-lived child welcomes."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
from gunicorn.util import parse_address  # type: ignore[import-untyped]

from deploy.environment import ORIGIN, embedded_environment
from deploy.programme import Programme
from shared.settings import SettingsError

CONFIGURATION = Path(__file__).parent / "gunicorn_embedded.py"
BIND = ORIGIN.removeprefix("http://")


def start_everything(*, with_example: bool) -> None:
    """Migrate, start a child that loads and tells where to look, and become the server.

    Becoming it, instead of watching over it, leaves one process that Ctrl-C or a supervisor talks to.
    """
    try:
        environment = embedded_environment()
        _may_listen(environment.get("SBS_BIND", BIND))
        programme = Programme(environment)
        programme.migrate()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    programme.dispose()
    environment.setdefault("SBS_LOG_LEVEL", "WARNING")
    welcome = ["welcome"] if with_example else ["welcome", "--empty"]
    subprocess.Popen([sys.executable, "-m", "deploy", *welcome], env=environment)  # noqa: S603
    arguments = ["gunicorn", "--config", str(CONFIGURATION), "deploy.embedded:application()"]
    # Ctrl-C waits until gunicorn can stop cleanly: its configuration lets it through again.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606


def _may_listen(bind: str) -> None:
    """Raises `SettingsError` when the address is none or is taken: gunicorn would try it for seconds."""
    try:
        address = parse_address(bind)
        if isinstance(address, tuple):
            with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
    except (OSError, OverflowError, RuntimeError) as error:
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise SettingsError(f"SBS_BIND is not right: nothing can listen on {bind}: {reason}.") from None
