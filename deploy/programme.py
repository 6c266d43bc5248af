"""All three services in one process: how the embedded default runs, and what the commands work with.

Each service is put together by its own `create_service`, `create_app` and `create_worker`; here they are
only joined: one origin in front, and each one's worker given the feeds of those it listens to.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from deploy.alone import not_migrated
from services.mentoring import app as mentoring
from services.mentoring import worker as mentoring_worker
from services.mentoring.settings import Settings as MentoringSettings
from services.referrals import app as referrals
from services.referrals import worker as referrals_worker
from services.referrals.settings import Settings as ReferralsSettings
from services.registry import app as registry
from services.registry import worker as registry_worker
from services.registry.settings import Settings as RegistrySettings
from services.registry.use_cases.exchange import exchange
from shared.database.migrate import migrate
from shared.http.edge import Edge, Exchange, trusting
from shared.messaging.feed import LocalFeed
from shared.settings import CommonSettings, SettingsError
from shared.unit_of_work import Service
from shared.web.client import APPLICATIONS
from shared.worker import Worker

MIGRATIONS = {
    "registry": registry.MIGRATIONS,
    "referrals": referrals.MIGRATIONS,
    "mentoring": mentoring.MIGRATIONS,
}


class Programme:
    """The three services, opened but not started."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.environ = dict(environ)
        registry_settings, referrals_settings, mentoring_settings = _settings(environ)
        self.registry = registry.create_service(registry_settings)
        self.referrals = referrals.create_service(referrals_settings)
        self.mentoring = mentoring.create_service(mentoring_settings)
        self.services: dict[str, Service[Any]] = {
            "registry": self.registry,
            "referrals": self.referrals,
            "mentoring": self.mentoring,
        }

    def migrate(self, grant_to: str | None = None) -> None:
        """Bring every database to the present schema. Raises `SettingsError` when one cannot be reached."""
        for name, service in self.services.items():
            role = grant_to.replace("{service}", name) if grant_to else None
            try:
                migrate(service.database, MIGRATIONS[name], grant_to=role)
            except (OperationalError, InterfaceError, ProgrammingError) as error:
                raise not_migrated(name, error) from None

    def origin(self) -> "Origin":
        """The three applications behind one origin; the pages of each ask the others in this process."""
        apps = {
            "registry": registry.create_app(self.registry),
            "referrals": referrals.create_app(self.referrals),
            "mentoring": mentoring.create_app(self.mentoring),
        }
        for app in apps.values():
            app.extensions[APPLICATIONS] = apps
        return Origin(apps, self.registry.settings, partial(exchange, self.registry))

    def workers(self) -> list[Worker]:
        """The three workers, each reading the others' feeds in this process."""
        feeds = self.feeds()
        return [
            registry_worker.create_worker(self.registry, feeds),
            referrals_worker.create_worker(self.referrals, feeds),
            mentoring_worker.create_worker(self.mentoring, feeds),
        ]

    def feeds(self) -> dict[str, LocalFeed]:
        """The feed of each service, read in this process."""
        return {name: LocalFeed(service) for name, service in self.services.items()}

    def dispose(self) -> None:
        for service in self.services.values():
            service.database.dispose()


def _settings(
    environ: Mapping[str, str],
) -> tuple[RegistrySettings, ReferralsSettings, MentoringSettings]:
    """The settings of all three, or all their faults at once."""
    found: list[Any] = []
    faults: dict[str, None] = {}
    for settings in (RegistrySettings, ReferralsSettings, MentoringSettings):
        try:
            found.append(settings.from_environ(environ))
        except SettingsError as error:
            faults |= dict.fromkeys(str(error).splitlines()[1:])
    if len(found) != len({settings.database_url for settings in found}):
        faults["SBS_DATABASE_URL is not right: it must hold {service} where each service's own name goes"] = (
            None
        )
    if faults:
        raise SettingsError("\n".join(["The settings are not complete:", *faults]))
    return found[0], found[1], found[2]


StartResponse = Callable[..., Any]


class Origin:
    """One WSGI application: the first step of a path says which service answers.

    The edge stands before them, so that who has signed in to one has signed in to all.
    """

    def __init__(self, apps: Mapping[str, Any], settings: CommonSettings, exchange: Exchange) -> None:
        self.apps = dict(apps)
        self._entrance = trusting(Edge(self._choose, exchange, settings.origin), settings.proxies)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        return self._entrance(environ, start_response)

    def _choose(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        name = path.lstrip("/").partition("/")[0]
        # What belongs to no service gets the same answer as an unknown path in one.
        app = self.apps.get(name, self.apps["registry"])
        answer: Iterable[bytes] = app(environ, start_response)
        return answer
