"""What goes wrong, at random moments from a seed that is printed: one fault after another, each counted."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from shared.messaging import amqp, outbox
from shared.messaging.parked import ParkedEvent
from shared.tokens import SERVICES
from tests.builders.people import Programme101
from tests.faults.apart import NAMESPACE, Apart
from tests.servers import until_it_answers

POISON = "poison"


class Chaos:
    """Breaks what it is given, one fault at a time; `latest` says which was the last."""

    def __init__(self, apart: Apart, live: Programme101, seed: int) -> None:
        self.apart, self.live = apart, live
        self.random = random.Random(seed)
        self.latest = "none yet"
        self.counts: Counter[str] = Counter()
        self.poisoned: list[str] = []
        self.faults: dict[str, tuple[int, Callable[[], None]]] = {
            "web process killed": (16, self.kill_web_process),
            "web server killed, all its processes": (8, self.kill_web_server),
            "worker killed: relay and consumers": (24, self.kill_worker),
            "connections to PostgreSQL cut": (8, lambda: self.cut("database")),
            "connections to RabbitMQ cut": (8, lambda: self.cut("broker")),
            "PostgreSQL stopped as if the power went": (4, self.apart.postgresql.restart),
            "RabbitMQ stopped and started": (2, self.apart.rabbitmq.restart),
            "RabbitMQ killed and started": (2, lambda: self.apart.rabbitmq.restart(signal.SIGKILL)),
            "memory alarm of RabbitMQ": (3, self.raise_alarm),
            "queue emptied": (3, self.empty_queue),
            "events sent twice": (5, self.send_twice),
            "events sent in another order": (5, self.send_reordered),
            "poison in the queue": (5, self.send_poison),
        }

    def begin_with_each(self) -> list[str]:
        """Every fault once, in random order: a short run sees them all too."""
        names = list(self.faults)
        self.random.shuffle(names)
        return names

    def any_fault(self) -> str:
        names = list(self.faults)
        return self.random.choices(names, [self.faults[name][0] for name in names])[0]

    def do(self, name: str) -> None:
        """Let one thing go wrong; whatever died by it is started again after a moment."""
        self.happen(name, self.faults[name][1])

    def happen(self, name: str, act: Callable[[], None]) -> None:
        self.latest = name
        self.counts[name] += 1
        act()
        time.sleep(self.random.uniform(0.0, 1.0))
        self.apart.again()

    @property
    def kills(self) -> int:
        return sum(count for name, count in self.counts.items() if "killed" in name)

    # ---- processes and wires

    def kill_web_process(self) -> None:
        self.apart.kill("serve", self.random.choice(SERVICES), one=True)

    def kill_web_server(self) -> None:
        self.apart.kill("serve", self.random.choice(SERVICES))

    def kill_worker(self) -> None:
        self.apart.kill("worker", self.random.choice(SERVICES))

    def cut(self, wire: str) -> None:
        self.apart.wires[wire].cut()

    # ---- the broker

    def raise_alarm(self) -> None:
        self.apart.rabbitmq.alarm(raised=True)
        time.sleep(self.random.uniform(1.0, 4.0))
        self.apart.rabbitmq.alarm(raised=False)

    def empty_queue(self) -> None:
        """Every message in it is gone. The feed has the events; of poison that was in it nobody knows."""
        name = self.random.choice(SERVICES)
        self.poisoned = self.parked_by_now()
        self.with_broker(lambda connection: connection.channel().queue_purge(f"{NAMESPACE}.{name}"))

    def parked_by_now(self) -> list[str]:
        until_it_answers(self.apart.postgresql.port)
        kept = ""
        for service in self.live.world.programme.services.values():
            with service.database.read() as session:
                kept += "".join(session.scalars(select(ParkedEvent.document)))
        return [mark for mark in self.poisoned if mark in kept]

    def send_twice(self) -> None:
        producer, documents = self.some_events()
        self.send([(producer, document) for document in documents + documents])

    def send_reordered(self) -> None:
        producer, documents = self.some_events()
        self.random.shuffle(documents)
        self.send([(producer, document) for document in documents])

    def send_poison(self, producer: str | None = None) -> None:
        """What cannot be read, what has no place in the feed, and what another is said to have told."""
        producer, (document, *_) = self.some_events(producer)
        mark = f"{POISON}-{self.counts[self.latest]}"
        event = json.loads(document)
        bodies = [
            f"{mark}-no-json {{",
            json.dumps({"what": f"{mark}-no-event"}),
            json.dumps(event | {"source": "/nobody", "dataschema": f"{mark}-forged"}),
            json.dumps(event | {"position": event["position"] + 10**9, "dataschema": f"{mark}-beyond"}),
        ]
        self.poisoned += [f"{mark}-{what}" for what in ("no-json", "no-event", "forged", "beyond")]
        self.send([(producer, body) for body in bodies])

    def some_events(self, producer: str | None = None) -> tuple[str, list[str]]:
        """A stretch of what a service has told, as it was told."""
        until_it_answers(self.apart.postgresql.port)
        producer = producer or self.random.choice(SERVICES)
        with self.live.world.programme.services[producer].database.read() as session:
            last = outbox.last_position(session)
            after = self.random.randrange(max(last - 20, 1))
            documents = list(outbox.read_feed(session, after, 20).documents)
        return (producer, documents) if documents else self.some_events()

    def send(self, messages: list[tuple[str, str]]) -> None:
        """Publish as their producers do, and wait until the broker has them."""

        def publish(connection: Any) -> None:
            channel = amqp.ConfirmingChannel(connection.connection)
            for producer, body in messages:
                channel.publish(body, f"{NAMESPACE}.events.{producer}", "org.sbs.any.v1", "sent-by-a-test")
            channel.wait()

        self.with_broker(publish)

    def with_broker(self, act: Callable[[Any], Any]) -> Any:
        """With a connection past the wire; a broker that has only just begun may refuse the first."""
        for _ in range(20):
            try:
                with amqp.connect(self.apart.rabbitmq.url) as connection:
                    return act(connection)
            except (*amqp.BROKER_ERRORS, amqp.Unconfirmed):
                time.sleep(1)
        raise AssertionError("The broker does not answer.")
