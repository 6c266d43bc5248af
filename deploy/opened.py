"""Giving a command the programme to work with, and saying plainly what is wrong with the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from deploy.environment import embedded_environment
from shared.settings import SettingsError


def opened(*, migrated: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand the programme to a command as its first argument: at the present schema, unless it can do without.

    A command that must work while a database is down does not ask for it to be migrated.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(*args: Any, **kwargs: Any) -> None:
            from deploy.programme import Programme  # noqa: PLC0415 (help should not wait for it)

            try:
                programme = Programme(embedded_environment())
                if migrated:
                    programme.migrate()
            except SettingsError as error:
                raise click.ClickException(str(error)) from None
            try:
                command(programme, *args, **kwargs)
            finally:
                programme.dispose()

        return run

    return decorate
