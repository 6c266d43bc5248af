"""RabbitMQ in a test process: a relay and a queue reader per service, run until nothing is on its way."""

import threading

from deploy.deliver import behind
from deploy.programme import Programme
from shared.messaging import amqp
from shared.messaging.receivers import QueueReader
from shared.messaging.relay import Publisher, Relay


class Broker:
    """The three services joined by RabbitMQ, worked by hand."""

    def __init__(self, programme: Programme, namespace: str) -> None:
        self._programme = programme
        self._url = programme.registry.settings.broker_url
        delete_queues(self._url, namespace)
        self._connection = amqp.connect(self._url)
        workers = programme.workers()
        self._consumers = [consumer for worker in workers for consumer in worker.consumers]
        self._readers = {
            worker.service.name: QueueReader(worker.service, worker.consumers, self._connection)
            for worker in workers
        }
        self._relays = [Relay(service) for service in programme.services.values()]
        self._publishers = [Publisher(service, self._url) for service in programme.services.values()]

    def deliver(self) -> None:
        """Publish what was told and take it from the queues, until every consumer has had everything."""
        self._publish()
        while late := self._late():
            for name in late:
                self._readers[name].take(0.02)
            self._publish()

    def catch_up(self) -> None:
        """Read the feeds to their ends, as a queue reader that runs does when it has connected."""
        for reader in self._readers.values():
            reader.catch_up(threading.Event())

    def _publish(self) -> int:
        for relay in self._relays:
            relay.stamp()
        return sum(publisher.publish_all() for publisher in self._publishers)

    def _late(self) -> set[str]:
        """The services that have not had everything: nobody waits at the queue of one that has."""
        return {consumer.service.name for consumer in behind(self._programme, self._consumers)}

    def close(self) -> None:
        for publisher in self._publishers:
            publisher.close()
        self._connection.release()


def delete_queues(url: str, namespace: str) -> None:
    """Begin with no queue: what an earlier test left there is not this one's."""
    with amqp.connect(url) as connection, connection.channel() as channel:
        for service in ("registry", "referrals", "mentoring"):
            channel.queue_delete(f"{namespace}.{service}")
