"""The registry's settings, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TypeAlias
from urllib.parse import urlsplit

from services.registry.domain.claim_map import ClaimMap
from shared import secrets
from shared.openid.provider import Provider, Registration
from shared.settings import Environment, MailSettings, common, mailing, whole
from shared.tokens import Issuer
from shared.unit_of_work import UnitOfWork

SHORTEST_KEY = 32
OPENID = {
    "issuer": "SBS_OPENID_ISSUER",
    "client_id": "SBS_OPENID_CLIENT_ID",
    "client_secret": "SBS_OPENID_CLIENT_SECRET",
    "roles": "SBS_OPENID_ROLES",
    "second_factor": "SBS_OPENID_SECOND_FACTOR",
}
OPENID_ONLY = "SBS_OPENID_ONLY"
OPENID_CALLBACK = "/registry/openid/callback"
ALWAYS = "always"
"""In place of the words for a second factor: the provider lets nobody in without one."""


@dataclass(frozen=True)
class OpenId:
    """The operator's OpenID provider, and what its claims mean here.

    `second_factor`: the values of `acr` or `amr` that tell of one. `only`: nobody signs in with a password.
    """

    registration: Registration
    roles: ClaimMap
    second_factor: frozenset[str]
    only: bool

    @cached_property
    def provider(self) -> Provider:
        """Asks it, and keeps for an hour what it said."""
        return Provider(self.registration)

    def had_second_factor(self, claims: Mapping[str, object]) -> bool:
        """Whether the provider says that a second factor was used, or always asks for one."""
        methods = claims.get("amr")
        told = [claims.get("acr"), *(methods if isinstance(methods, list) else [])]
        return ALWAYS in self.second_factor or any(word in told for word in self.second_factor)


@dataclass(frozen=True)
class Settings(MailSettings):
    """What the registry needs to know: what all three do, and the key with which it says who is calling.

    `edge_secret`: by which it knows the proxy that asks it for tokens; without one, none does.
    """

    signing_key: str = field(repr=False)
    sign_in_idle: timedelta
    sign_in_longest: timedelta
    edge_secret: str | None = field(repr=False)
    link_lasts: timedelta
    accounts_keys: tuple[str, ...] = field(repr=False)
    openid: OpenId | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `SettingsError`, naming every setting that is missing or wrong."""
        environment = Environment(environ)
        values = common(environment, "registry")
        key = environment.read("SBS_SIGNING_KEY", secrets.signing_key)
        if key and values["trusted_keys"]:
            environment.refuse("SBS_SIGNING_KEY", _key_fault(key, values["trusted_keys"], values["origin"]))
        values["sign_in_idle"] = environment.read("SBS_SIGN_IN_IDLE_MINUTES", _minutes, timedelta(minutes=30))
        values["sign_in_longest"] = environment.read("SBS_SIGN_IN_LONGEST_HOURS", _hours, timedelta(hours=12))
        values["edge_secret"] = environment.optional("SBS_EDGE_SECRET", secrets.edge_secret)
        values["link_lasts"] = environment.read("SBS_LINK_HOURS", _hours, timedelta(hours=72))
        own = environment.optional("SBS_ACCOUNTS_KEY", _keys)
        values["openid"] = _openid(environment, values["origin"])
        values |= mailing(environment)
        environment.check()
        return cls(**values, signing_key=key, accounts_keys=own or (json.loads(key)["d"],))

    @cached_property
    def issuer(self) -> Issuer:
        """Signs the tokens by which the services know who is calling."""
        return Issuer(self.signing_key)


def _openid(environment: Environment, origin: str) -> OpenId | None:
    """The OpenID provider, where there is one: all of its settings, or none."""
    if not environment.any_set(*OPENID.values(), OPENID_ONLY):
        return None
    issuer = environment.read(OPENID["issuer"], _issuer)
    secret = environment.read(OPENID["client_secret"], str)
    if origin.startswith("https://"):
        environment.refuse(OPENID["issuer"], _plain_http_fault(issuer))
        environment.refuse(OPENID["client_secret"], _secret_fault(secret))
    return OpenId(
        Registration(
            issuer,
            environment.read(OPENID["client_id"], str),
            secret,
            f"{origin}{OPENID_CALLBACK}",
        ),
        roles=environment.read(OPENID["roles"], ClaimMap.parse),
        second_factor=environment.read(OPENID["second_factor"], lambda text: frozenset(text.split())),
        only=environment.read(OPENID_ONLY, _yes_or_no, False),
    )


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("it must be the URL that the provider calls itself by")
    return text


def _plain_http_fault(issuer: str | None) -> str | None:
    return "it must be https" if issuer and not issuer.startswith("https://") else None


def _secret_fault(secret: str | None) -> str | None:
    fault = secrets.secret_fault(secret) if secret else None
    return f"it {fault}" if fault else None


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("it must be yes or no")
    return text == "yes"


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=whole(1, 24 * 60)(text))


def _hours(text: str) -> timedelta:
    return timedelta(hours=whole(1, 24 * 31)(text))


def _keys(text: str) -> tuple[str, ...]:
    """One secret or several, the one in use first; the others open what was sealed before it."""
    keys = tuple(key.strip() for key in text.split(","))
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"every key in it must have {SHORTEST_KEY} characters at least")
    return keys


def _key_fault(key: str, trusted: str, origin: str) -> str | None:
    if json.loads(key)["x"] not in {public["x"] for public in json.loads(trusted)["keys"]}:
        return "its public half is not among SBS_TRUSTED_KEYS"
    if origin.startswith("https://") and secrets.is_of_a_demonstration(key):
        return "it is the key of a demonstration"
    return None


Work: TypeAlias = UnitOfWork[Settings]
