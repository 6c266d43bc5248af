"""Making anew, for an operator, what one service keeps of the others' events."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from deploy import alone
from deploy.environment import embedded_environment
from deploy.programme import Programme
from shared.messaging.feed import FeedUnavailable
from shared.messaging.rebuilding import NotRebuilt, Rebuilding, in_words
from shared.settings import SettingsError


def rebuild_one(name: str, *, check: bool) -> bool:
    """Do it, and say what came of it. True when all was, or now is, as the events say."""
    try:
        with _opened(name) as rebuilding:
            differences = rebuilding.run(check=check)
    except (SettingsError, NotRebuilt, FeedUnavailable) as error:
        raise click.ClickException(str(error)) from None
    in_words(differences, click.echo, check=check)
    return not (check and any(differences))


@contextmanager
def _opened(name: str) -> Iterator[Rebuilding]:
    """By itself where the service has a key for the others' feeds, else with all three in this process."""
    if any(os.environ.get(setting) for setting in ("SBS_FEED_KEY", "SBS_FEED_KEY_FILE")):
        service = alone.service_of(name)
        try:
            yield alone.rebuilding(name, service)
        finally:
            service.database.dispose()
        return
    programme = Programme(embedded_environment())
    programme.migrate()
    try:
        yield alone.rebuilding(name, programme.services[name], programme.feeds())
    finally:
        programme.dispose()
