"""RabbitMQ in a test process: a relay and a queue reader per service, run until nothing is on its way."""

import threading

from deploy.programme import Programme
from shared.messaging import amqp, outbox
from shared.messaging.receivers import QueueReader
from shared.messaging.relay import Publisher, Relay


class Broker:
    """The three services joined by RabbitMQ, worked by hand."""

    def __init__(self, programme: Programme, namespace: str) -> None:
        self._programme = programme
        self._url = programme.registry.settings.broker_url
        delete_queues(self._url, namespace)
        self._connection = amqp.connect(self._url)
        self._workers = programme.workers()
        self._readers = [
            QueueReader(worker.service, worker.consumers, self._connection) for worker in self._workers
        ]
        self._relays = [Relay(service) for service in programme.services.values()]
        self._publishers = [Publisher(service, self._url) for service in programme.services.values()]

    def deliver(self) -> None:
        """Publish what was told and take it from the queues, until every consumer has had everything."""
        while self._publish() or self._lags():
            for reader in self._readers:
                reader.take(0.02)

    def catch_up(self) -> None:
        """Read the feeds to their ends, as a queue reader that runs does when it has connected."""
        for reader in self._readers:
            reader.catch_up(threading.Event())

    def _publish(self) -> int:
        for relay in self._relays:
            relay.stamp()
        return sum(publisher.publish_all() for publisher in self._publishers)

    def _lags(self) -> bool:
        reach = {}
        for name, service in self._programme.services.items():
            with service.database.read() as session:
                reach[name] = outbox.last_position(session)
        return any(
            consumer._cursor()[0] < reach[consumer.producer]
            for worker in self._workers
            for consumer in worker.consumers
        )

    def close(self) -> None:
        for publisher in self._publishers:
            publisher.close()
        self._connection.release()


def delete_queues(url: str, namespace: str) -> None:
    """Begin with no queue: what an earlier test left there is not this one's."""
    with amqp.connect(url) as connection, connection.channel() as channel:
        for service in ("registry", "referrals", "mentoring"):
            channel.queue_delete(f"{namespace}.{service}")
