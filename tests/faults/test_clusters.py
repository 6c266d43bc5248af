"""A broker of three nodes that loses one, and a database whose standby takes over, while people work."""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.messaging import outbox
from shared.messaging.parked import ParkedEvent
from shared.tokens import SERVICES
from tests import backends, recount, servers
from tests.builders.people import Programme101
from tests.faults.apart import NAMESPACE, Apart
from tests.faults.chaos import Chaos
from tests.faults.run import at_work, told
from tests.journeys.live import wait_until
from tests.servers import RabbitMQ
from tests.traffic import Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),  # one after another: each needs a machine's breath
    pytest.mark.skipif(not servers.CAN_RUN and not backends.ALL, reason=servers.MISSING),
]

SEED = int(os.environ.get("SBS_TEST_SEED", "20261125"))
QUEUES = {f"{NAMESPACE}.{name}" for name in SERVICES}
BOTH_WAYS = 2 * len(SERVICES)  # a relay and a reader of each service


def test_a_broker_of_three_nodes_goes_on_without_one_of_them(tmp_path):
    apart = Apart(tmp_path, nodes=3)

    def go_wrong(chaos: Chaos, people: list[Person]) -> None:
        first = leader(apart)
        apart.steer(first)
        lose(chaos, people, first)
        # What came back leads nothing: this time connections go there, and the leader dies apart from them.
        second = leader(apart)
        assert second is not first
        apart.steer(first)
        lose(chaos, people, second)

    result = at_work(apart, SEED, go_wrong)

    print(result.table())
    assert result.counts["node of RabbitMQ killed"] == 2
    assert result.wrong == []


def lose(chaos: Chaos, people: list[Person], node: RabbitMQ) -> None:
    """Kill a node in mid-stream, see that the two others carry everything on, and start it again."""
    apart, live = chaos.apart, chaos.live
    others = [other for other in apart.nodes if other is not node]
    goes_on(people, lambda: carried(apart, apart.rabbitmq) >= BOTH_WAYS)
    some_more(live, people, 30)
    chaos.happen("node of RabbitMQ killed", lambda: node.stop(signal.SIGKILL))

    apart.rabbitmq = others[0]
    goes_on(people, lambda: carried(apart, *others) >= BOTH_WAYS)
    for queue in others[0].queues().values():
        assert set(queue["members"]) == {each.name for each in apart.nodes}
        assert set(queue["online"]) == {other.name for other in others}
        assert queue["leader"] != node.name
    some_more(live, people, 30)
    publish_and_consume(chaos, people)

    node.start()
    everyone_is_there(apart, node)


def publish_and_consume(chaos: Chaos, people: list[Person]) -> None:
    """The relays go on, which they do when the broker has confirmed; and what is on no feed comes to every consumer."""
    live, before = chaos.live, parked(chaos.live)
    published = relayed(live)
    for name in SERVICES:
        chaos.happen("poison in the queue", partial(chaos.send_poison, name))
    goes_on(people, lambda: relayed(live) >= published + 30)
    goes_on(people, lambda: all(count > before[name] for name, count in parked(live).items()))


def test_a_standby_that_is_promoted_has_everything_that_was_answered(tmp_path):
    apart = Apart(tmp_path)
    epochs: list[dict[str, Any]] = []

    def go_wrong(chaos: Chaos, people: list[Person]) -> None:
        some_more(chaos.live, people, 20)
        apart.follow()
        gone = apart.postgresql
        some_more(chaos.live, people, 40)
        epochs.append(each_feed(chaos.live, "epoch"))
        chaos.happen("PostgreSQL killed, its standby promoted", apart.fail_over)
        assert apart.postgresql is not gone
        assert apart.postgresql.sql("select pg_is_in_recovery()") == [(False,)]
        published = relayed(chaos.live)
        some_more(chaos.live, people, 60)
        # The relays have their turns anew, in sessions of the promoted one.
        goes_on(people, lambda: relayed(chaos.live) >= published + 60)
        epochs.append(each_feed(chaos.live, "epoch"))

    result = at_work(apart, SEED, go_wrong)

    print(result.table())
    before, after = epochs
    assert before == after
    assert result.wrong == []


# ---- what is seen from outside


def leader(apart: Apart) -> RabbitMQ:
    """The node that leads the registry's queue; every queue has a member on each node."""
    queues = apart.rabbitmq.queues()
    assert set(queues) > QUEUES
    for queue in queues.values():
        assert set(queue["members"]) == {node.name for node in apart.nodes}
    (found,) = (node for node in apart.nodes if node.name == queues[f"{NAMESPACE}.registry"]["leader"])
    return found


def everyone_is_there(apart: Apart, node: RabbitMQ) -> None:
    names = {each.name for each in apart.nodes}
    wait_until(
        lambda: all(set(queue["online"]) == names for queue in node.queues().values()),
        lambda: f"Somebody is missing: {node.queues()}",
    )


def carried(apart: Apart, *nodes: RabbitMQ) -> int:
    return sum(apart.wires["broker"].carries(node.port) for node in nodes)


def some_more(live: Programme101, people: list[Person], events: int) -> None:
    """Wait until people have told so many more events."""
    world: Any = live.world
    enough = told(world) + events
    goes_on(people, lambda: told(world) >= enough)


def goes_on(people: list[Person], holds: Callable[[], bool]) -> None:
    """Wait until it holds. Raises what one of the people ran into meanwhile."""
    wait_until(lambda: holds() or any(person.failure for person in people), lambda: "It does not go on.")
    for person in people:
        if person.failure is not None:
            raise person.failure


def each_feed(live: Programme101, what: str) -> dict[str, Any]:
    with recount.reading(live) as sessions:
        return {name: getattr(outbox.feed_state(session), what) for name, session in sessions.items()}


def relayed(live: Programme101) -> int:
    return sum(each_feed(live, "relayed_position").values())


def parked(live: Programme101) -> dict[str, int]:
    with recount.reading(live) as sessions:
        return {
            name: session.scalar(select(func.count()).select_from(ParkedEvent)) or 0
            for name, session in sessions.items()
        }
