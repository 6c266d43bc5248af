"""Settings read once from the environment; every fault is named at once.

`SBS_X_FILE` may hold the path of a file with the value of `SBS_X`. Nothing secret has a default.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared import secrets
from shared.database.engine import service_url
from shared.languages import LANGUAGES
from shared.mail import MailServer

T = TypeVar("T")


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message names them all."""


@dataclass(frozen=True)
class CommonSettings:
    """What every service needs to know."""

    database_url: str = field(repr=False)
    trusted_keys: str = field(repr=False)
    broker_url: str | None = field(repr=False)
    broker_namespace: str
    origin: str
    feed_url: str
    feed_keys: str | None
    feed_key: str | None = field(repr=False)
    zone: ZoneInfo
    requests_per_minute: int
    proxies: int
    metrics_bind: str | None

    @property
    def is_demonstration(self) -> bool:
        """Whether this is one to look around in: with the key that `make start` made, over plain HTTP."""
        return secrets.is_only_of_a_demonstration(self.trusted_keys) and not self.origin.startswith(
            "https://"
        )


@dataclass(frozen=True)
class MailSettings(CommonSettings):
    """What a service needs to know that writes e-mails.

    `mail`: where they are handed in; without one none is sent. `language`: of who has not said his.
    """

    mail: MailServer | None
    language: str

    @property
    def sends_mail(self) -> bool:
        """Whether e-mails are worth writing: they go somewhere, or can be looked at here."""
        return self.mail is not None or self.is_demonstration


class Environment:
    """Reads settings and collects faults; `check` raises them all together."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: T | None = None) -> T:
        """A setting, parsed; `default` when it is not set and one is given."""
        text = self._text(name)
        if text is None:
            if default is None:
                self._faults.append(f"{name} is not set.")
            return default  # type: ignore[return-value]  # `check` raises before it is used
        try:
            return parse(text)
        except (ValueError, ZoneInfoNotFoundError, OSError) as error:
            self._faults.append(f"{name} is not right: {error}")
            return default  # type: ignore[return-value]

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """A setting that may be absent."""
        return self.read(name, parse) if self._text(name) is not None else None

    def any_set(self, *names: str) -> bool:
        """Whether one of several settings, or a file with its value, is named at all."""
        return any(self._environ.get(name) or self._environ.get(f"{name}_FILE") for name in names)

    def refuse(self, name: str, fault: str | None) -> None:
        """Add a fault that shows only when settings are seen together."""
        if fault is not None:
            self._faults.append(f"{name} is not right: {fault}")

    def check(self) -> None:
        if self._faults:
            raise SettingsError("\n".join(["The settings are not complete:", *self._faults]))

    def _text(self, name: str) -> str | None:
        path = self._environ.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text().strip() or None
            except OSError as error:
                self._faults.append(f"{name}_FILE cannot be read: {error.strerror}.")
                return None
        return self._environ.get(name, "").strip() or None


def common(environment: Environment, service: str) -> dict[str, Any]:
    """The values of `CommonSettings` for one service."""
    values: dict[str, Any] = {
        "database_url": environment.read("SBS_DATABASE_URL", lambda text: _database(text, service)),
        "trusted_keys": environment.read("SBS_TRUSTED_KEYS", secrets.trusted_keys),
        "broker_url": environment.optional("SBS_BROKER_URL", _broker),
        "broker_namespace": environment.read("SBS_BROKER_NAMESPACE", _plain_name, "sbs"),
        "origin": environment.read("SBS_ORIGIN", origin, "http://127.0.0.1:8000"),
        "zone": environment.read("SBS_TIMEZONE", ZoneInfo, ZoneInfo("Europe/Amsterdam")),
        "feed_keys": environment.optional("SBS_FEED_KEYS", secrets.trusted_keys),
        "feed_key": environment.optional("SBS_FEED_KEY", secrets.signing_key),
        "requests_per_minute": environment.read("SBS_REQUESTS_PER_MINUTE", whole(0, 1_000_000), 1200),
        "proxies": environment.read("SBS_PROXIES", whole(0, 1), 0),
        "metrics_bind": environment.optional("SBS_METRICS_BIND", _address),
    }
    values["feed_url"] = environment.read("SBS_FEED_URL", origin, values["origin"])
    if values["feed_keys"]:
        _refuse_mixed_keys(environment, values)
    if str(values["origin"]).startswith("https://"):
        _refuse_weak_secrets(environment, values)
    return values


def _refuse_weak_secrets(environment: Environment, values: Mapping[str, Any]) -> None:
    """Where people come in over the network, no secret is short, a default, or a demonstration's."""
    if values["database_url"] and not values["database_url"].startswith("sqlite:"):
        environment.refuse("SBS_DATABASE_URL", secrets.password_fault(values["database_url"]))
    if values["broker_url"]:
        environment.refuse("SBS_BROKER_URL", secrets.password_fault(values["broker_url"]))
    if values["trusted_keys"] and secrets.is_of_a_demonstration(values["trusted_keys"]):
        environment.refuse("SBS_TRUSTED_KEYS", "it holds the key of a demonstration")


def _refuse_mixed_keys(environment: Environment, values: Mapping[str, Any]) -> None:
    """A worker signs with one of the keys that open the feeds, and none of these opens anything else."""
    feeds = secrets.public_halves(values["feed_keys"])
    if values["trusted_keys"] and feeds & secrets.public_halves(values["trusted_keys"]):
        environment.refuse(
            "SBS_FEED_KEYS", "a key in it is among SBS_TRUSTED_KEYS, whose tokens open everything"
        )
    if values["feed_key"] and not feeds >= secrets.public_halves(values["feed_key"]):
        environment.refuse("SBS_FEED_KEY", "its public half is not among SBS_FEED_KEYS")


def mailing(environment: Environment) -> dict[str, Any]:
    """The values of `MailSettings` besides the common ones."""
    return {
        "mail": _mail(environment),
        "language": environment.read("SBS_LANGUAGE", _language, "nl"),
    }


def _mail(environment: Environment) -> MailServer | None:
    """The server that e-mail is handed in at, where there is one: both of its settings, or none."""
    if not environment.any_set("SBS_MAIL_URL", "SBS_MAIL_FROM"):
        return None
    sender = environment.read("SBS_MAIL_FROM", _sender)
    return environment.read("SBS_MAIL_URL", lambda url: MailServer.at(url, sender or ""))


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A parser of whole numbers between two bounds."""

    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError(f"it must lie between {lowest} and {highest}")
        return number

    return parse


def _database(text: str, service: str) -> str:
    url = service_url(text, service)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("it must begin with sqlite:/// or postgresql://")
    return url


def _broker(text: str) -> str:
    if urlsplit(text).scheme not in ("amqp", "amqps"):
        raise ValueError("it must begin with amqp:// or amqps://")
    return text


def _sender(text: str) -> str:
    name, address = parseaddr(text)
    if "@" not in address or "\n" in text:
        raise ValueError("it must be an e-mail address, like Step by Step <sbs@example.org>")
    return formataddr((name, address))


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"it must be one of {', '.join(LANGUAGES)}")
    return text


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("it must be an address and a port, like 127.0.0.1:9100")
    return text


def _plain_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", text):
        raise ValueError("use small letters, digits, - and _")
    return text


def origin(text: str) -> str:
    """A scheme, a host and perhaps a port. Raises `ValueError`."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("it must be an origin, like https://sbs.example.org")
    return text.rstrip("/")
