"""Every secret of a production set-up, made at random into one folder, each in a file of its own.

The folder is for its owner alone; a file in it can be read by whomever it is given to, as a container that it
is mounted into. What is there already stays: secrets are replaced one by one, by deleting a file and running
the command again. Those that follow from others (URLs, public keys, definitions) are written anew each time.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.rabbitmq import definitions, user_of
from shared.secrets import new_secret
from shared.tokens import SERVICES, new_signing_key, public_keys

ROLES = Path(__file__).parent / "postgresql" / "roles.sql"


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and RabbitMQ are: HOST:PORT, and RabbitMQ's virtual host."""

    database: str
    broker: str
    vhost: str = "sbs"
    namespace: str = "sbs"


def write_secrets(folder: Path, servers: Servers) -> list[str]:
    """Make what is missing, and say what that is."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = [name for name, make in _primary().items() if _made(folder / name, make)]
    found = {name: (folder / name).read_text().strip() for name in _primary()}
    for name, text in _derived(found, servers).items():
        _write(folder / name, text)
    # libpq uses this one only when nobody else can read it.
    (folder / "pgpass").chmod(0o600)
    return made


def _primary() -> Mapping[str, Callable[[], str]]:
    """The secrets that follow from nothing else, and how each is made."""
    makers: dict[str, Callable[[], str]] = {
        "signing_key": new_signing_key,
        "accounts_key": new_secret,
        "edge_secret": new_secret,
        "postgres_password": new_secret,
    }
    for service in SERVICES:
        makers[f"{service}_feed_key"] = lambda mark=f"{service}-": new_signing_key(mark)  # type: ignore[misc]
        for what in ("database", "owner", "broker"):
            makers[f"{service}_{what}_password"] = new_secret
    return makers


def _derived(found: Mapping[str, str], servers: Servers) -> Mapping[str, str]:
    feeds = [json.loads(public_keys(found[f"{service}_feed_key"]))["keys"][0] for service in SERVICES]
    passwords = {service: found[f"{service}_broker_password"] for service in SERVICES}
    broker = definitions(passwords, vhost=servers.vhost, namespace=servers.namespace)
    written = {
        "trusted_keys": public_keys(found["signing_key"]),
        "feed_keys": json.dumps({"keys": feeds}),
        "definitions.json": json.dumps(broker, indent=2),
    }
    places, roles = [], []
    for service in SERVICES:
        name, owner = user_of(service, servers.namespace), f"{user_of(service, servers.namespace)}_owner"
        password, owners = found[f"{service}_database_password"], found[f"{service}_owner_password"]
        written[f"{service}_database_url"] = f"postgresql://{name}:{password}@{servers.database}/{name}"
        written[f"{service}_owner_url"] = f"postgresql://{owner}:{owners}@{servers.database}/{name}"
        at = f"{servers.broker}/{servers.vhost}"
        written[f"{service}_broker_url"] = f"amqp://{name}:{passwords[service]}@{at}"
        places.append(f"{servers.database}:{name}:{name}:{password}")
        roles.append(_roles(database=name, owner=owner, owner_password=owners, password=password))
    return written | {"pgpass": "\n".join(places), "roles.sql": "\n".join(roles)}


def _roles(**named: str) -> str:
    """What makes the roles of one service, for psql. Nothing in it needs to be quoted: see `new_secret`."""
    return "\n".join([*(f"\\set {name} {value}" for name, value in named.items()), ROLES.read_text("utf-8")])


def _made(path: Path, make: Callable[[], str]) -> bool:
    if path.exists():
        return False
    _write(path, make())
    return True


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o644)
    path.write_text(text + "\n")
