"""Every secret of a production set-up, made at random into one folder, each in a file of its own.

What is there already stays: a secret is replaced by deleting its file and running the command again. What
follows from them is written anew each time: a folder for each service, with what its processes are given and
nothing else; one for the owner of its tables; and what PostgreSQL and RabbitMQ are told.

The folder is for its owner alone; a file in it can be read by whomever it is given to, as a container that it
is mounted into.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.broker_users import definitions, user_of
from shared.secrets import new_secret
from shared.tokens import SERVICES, new_signing_key, public_keys

OF_THE_REGISTRY = ("signing_key", "accounts_key", "edge_secret")
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
        (folder / name).parent.mkdir(exist_ok=True)
        _write(folder / name, text)
    # libpq uses this one only when nobody else can read it.
    (folder / "pgpass").chmod(0o600)
    return made


def _primary() -> Mapping[str, Callable[[], str]]:
    """The secrets that follow from nothing else, and how each is made."""
    makers: dict[str, Callable[[], str]] = {"signing_key": new_signing_key}
    makers |= dict.fromkeys(("accounts_key", "edge_secret", "postgres_password"), new_secret)
    for service in SERVICES:
        makers[f"{service}_feed_key"] = lambda mark=f"{service}-": new_signing_key(mark)  # type: ignore[misc]
        for what in ("database", "owner", "broker"):
            makers[f"{service}_{what}_password"] = new_secret
    return makers


def _derived(found: Mapping[str, str], servers: Servers) -> Mapping[str, str]:
    feeds = [json.loads(public_keys(found[f"{service}_feed_key"]))["keys"][0] for service in SERVICES]
    passwords = {service: found[f"{service}_broker_password"] for service in SERVICES}
    broker = definitions(passwords, vhost=servers.vhost, namespace=servers.namespace)
    of_all = {"trusted_keys": public_keys(found["signing_key"]), "feed_keys": json.dumps({"keys": feeds})}
    written = {"definitions.json": json.dumps(broker, indent=2)}
    written |= {f"registry/{name}": found[name] for name in OF_THE_REGISTRY}
    places, roles = [], []
    for service in SERVICES:
        name, owner = user_of(service, servers.namespace), f"{user_of(service, servers.namespace)}_owner"
        password, owners = found[f"{service}_database_password"], found[f"{service}_owner_password"]
        at = f"{servers.broker}/{servers.vhost}"
        given = of_all | {
            "database_url": f"postgresql://{name}:{password}@{servers.database}/{name}",
            "broker_url": f"amqp://{name}:{passwords[service]}@{at}",
            "feed_key": found[f"{service}_feed_key"],
        }
        written |= {f"{service}/{one}": text for one, text in given.items()}
        written[f"{service}-owner/database_url"] = f"postgresql://{owner}:{owners}@{servers.database}/{name}"
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
