"""What an operator imports into RabbitMQ: all that the services would make, and a user for each.

A service's user may make nothing. It writes to its own exchange, reads its own queue, and may bind
that to the exchanges that it listens to; whatever else is there is out of its reach.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from kombu.entity import Queue

from services.mentoring.worker import HANDLERS as TO_MENTORING
from services.referrals.worker import HANDLERS as TO_REFERRALS
from services.registry.worker import HANDLERS as TO_REGISTRY
from shared.messaging import amqp

PRODUCERS = {
    "registry": tuple(TO_REGISTRY),
    "referrals": tuple(TO_REFERRALS),
    "mentoring": tuple(TO_MENTORING),
}
NOTHING = "^$"


def definitions(
    passwords: Mapping[str, str], *, vhost: str = "sbs", namespace: str = "sbs"
) -> dict[str, Any]:
    """What `rabbitmqctl import_definitions` takes; of the services' passwords it has salted hashes."""
    bound = [amqp.dead_of(namespace)]
    for service, producers in PRODUCERS.items():
        bound += amqp.queue_of(namespace, service, producers)
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(service, password, namespace) for service, password in passwords.items()],
        "permissions": [_permission(service, vhost, namespace) for service in passwords],
        "exchanges": _once(_exchange(queue, vhost) for queue in bound),
        "queues": _once(_queue(queue, vhost) for queue in bound),
        "bindings": [_binding(queue, vhost) for queue in bound],
    }


def user_of(service: str, namespace: str = "sbs") -> str:
    """What a service's user is called."""
    return f"{namespace}_{service}"


def _user(service: str, password: str, namespace: str) -> dict[str, Any]:
    salt = secrets.token_bytes(4)
    hashed = salt + hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": user_of(service, namespace),
        "password_hash": base64.b64encode(hashed).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(service: str, vhost: str, namespace: str) -> dict[str, str]:
    queue, own = f"{namespace}.{service}", f"{namespace}.events.{service}"
    heard = [f"{namespace}.events.{producer}" for producer in PRODUCERS[service]]
    return {
        "user": user_of(service, namespace),
        "vhost": vhost,
        "configure": NOTHING,
        "write": _exactly(own, queue),
        "read": _exactly(queue, *heard),
    }


def _exactly(*names: str) -> str:
    return f"^({'|'.join(re.escape(name) for name in names)})$"


def _exchange(queue: Queue, vhost: str) -> dict[str, Any]:
    exchange = queue.exchange
    kept = {"durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    return {"name": exchange.name, "vhost": vhost, "type": exchange.type, **kept}


def _queue(queue: Queue, vhost: str) -> dict[str, Any]:
    kept = {"durable": True, "auto_delete": False}
    return {"name": queue.name, "vhost": vhost, **kept, "arguments": queue.queue_arguments}  # type: ignore[attr-defined]


def _binding(queue: Queue, vhost: str) -> dict[str, Any]:
    return {
        "source": queue.exchange.name,
        "vhost": vhost,
        "destination": queue.name,
        "destination_type": "queue",
        "routing_key": queue.routing_key,
        "arguments": {},
    }


def _once(things: Any) -> list[dict[str, Any]]:
    return list({thing["name"]: thing for thing in things}.values())
