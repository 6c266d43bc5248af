"""One service by itself, as it runs for real: its web server, its worker, its database brought up to date.

Each needs the settings of its own service, and no other's. What is not set is not made up here, as it is for
the embedded default.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from shared.database.migrate import is_in_use, migrate
from shared.messaging.feed import Feed, HttpFeed
from shared.messaging.rebuilding import Rebuilding
from shared.observability import configure_logging
from shared.settings import CommonSettings, SettingsError
from shared.tokens import feed_token
from shared.unit_of_work import Service

CONFIGURATION = Path(__file__).parent / "gunicorn_conf.py"
PORTS = {"registry": 8001, "referrals": 8002, "mentoring": 8003}
"""Where each listens when SBS_BIND says nothing: where nginx looks for it."""
LONGEST_STOP = 25.0
ALIVE_EVERY, LONGEST_ROUND = 5.0, 60.0
STOPPING = (signal.SIGINT, signal.SIGTERM)


def service_of(name: str, environ: Mapping[str, str] = os.environ) -> Service[Any]:
    """The service, not started. Raises `SettingsError`."""
    settings = import_module(f"services.{name}.settings").Settings.from_environ(environ)
    service: Service[Any] = import_module(f"services.{name}.app").create_service(settings)
    return service


def serve(name: str, *, processes: int, threads: int) -> None:
    """Become gunicorn with the web application of one service. Raises `SettingsError`."""
    service_of(name).database.dispose()
    environment = {"SBS_BIND": f"127.0.0.1:{PORTS[name]}"} | os.environ
    how = ["--config", str(CONFIGURATION), "--workers", str(processes), "--threads", str(threads)]
    # Ctrl-C waits until gunicorn can stop cleanly: its configuration lets it through again.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    command = [sys.executable, "-m", "gunicorn", *how, f"services.{name}.app:from_environ()"]
    os.execve(sys.executable, command, environment)  # noqa: S606


def work(name: str, alive: Path | None) -> None:
    """Run the worker of one service until SIGTERM or SIGINT; what it has in hand then is finished.

    The file `alive` is touched for as long as everything in it comes round. Raises `SettingsError`.
    """
    stopping = threading.Event()
    for number in STOPPING:
        signal.signal(number, lambda *_: stopping.set())
    service = service_of(name)
    module = import_module(f"services.{name}.worker")
    worker = module.create_worker(service, feeds_of(service, module.HANDLERS))
    configure_logging()
    worker.start()
    while not stopping.wait(ALIVE_EVERY):
        if alive is not None and worker.comes_round(LONGEST_ROUND):
            alive.touch()
    worker.stop(LONGEST_STOP)
    service.database.dispose()


def feeds_of(service: Service[Any], producers: Mapping[str, Any]) -> Mapping[str, Feed]:
    """The feed of each producer over HTTP, shown a token of this service's own. Raises `SettingsError`."""
    settings: CommonSettings = service.settings
    if settings.feed_key is None:
        raise SettingsError("SBS_FEED_KEY is not set: the worker has nothing to show to the other services.")
    return {
        producer: HttpFeed(
            f"{settings.feed_url.replace('{service}', producer)}/{producer}/events",
            _tokens(service, settings.feed_key, producer),
        )
        for producer in producers
    }


def _tokens(service: Service[Any], key: str, producer: str) -> Callable[[], str]:
    now = service.clock.now
    return lambda: feed_token(key, service.name, producer, now())


def rebuilding(name: str, service: Service[Any], feeds: Mapping[str, Feed] | None = None) -> Rebuilding:
    """Making anew what a service keeps of others' events; their feeds are read over HTTP when none are given.

    Raises `SettingsError`.
    """
    messaging = import_module(f"services.{name}.messaging.handlers")
    handlers = import_module(f"services.{name}.worker").HANDLERS
    migrations: Path = import_module(f"services.{name}.app").MIGRATIONS
    found = feeds if feeds is not None else feeds_of(service, handlers)
    return Rebuilding(service, migrations, handlers, found, messaging.PROJECTIONS)


def bring_up_to_date(name: str, grant_to: str | None) -> None:
    """Migrate the database of one service, and let the application's role use what is there.

    Raises `SettingsError`.
    """
    service = service_of(name)
    try:
        own: Path = import_module(f"services.{name}.app").MIGRATIONS
        migrate(service.database, own, grant_to=grant_to)
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        raise not_migrated(name, error) from None
    finally:
        service.database.dispose()


def not_migrated(name: str, error: OperationalError | InterfaceError | ProgrammingError) -> SettingsError:
    """Why a database is not at the present schema, in a line."""
    if is_in_use(error):
        return SettingsError(
            f"The database of {name} was not migrated: others hold a table that a migration needs."
            " Nothing was changed; try again."
        )
    reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
    return SettingsError(f"The database of {name} cannot be used: {reason}. See SBS_DATABASE_URL.")
