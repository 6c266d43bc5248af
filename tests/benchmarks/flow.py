"""Men on their way: imported into the registry, told by the relay, taken in by the consumer of referrals."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import psycopg.types.json
from amqp import Message
from sqlalchemy import MetaData, text

from services.registry.api import imports
from shared.actor import system_actor
from shared.audit.deed import Action, by_command
from shared.importing import run_import
from shared.messaging import amqp, outbox
from shared.messaging.feed import LocalFeed
from shared.messaging.relay import Publisher
from shared.references import Lookup
from tests.backends import POSTGRESQL, RABBITMQ, Backend
from tests.benchmarks.cost import Ratio, Spent, by_turns, meter, ratio, twin, typical
from tests.broker import Broker

WINDOW = 200
AT_ONCE = 1000
IN_ROUND = 100


def measure(rounds: int, rows: int) -> Iterator[Ratio]:
    backend = Backend("postgresql-rabbitmq", "bench")
    try:
        yield imported(backend, rounds, rows)
        yield from relayed(backend, rounds)
        yield from consumed(backend, rounds)
    finally:
        backend.close()


# Importing.


def imported(backend: Backend, rounds: int, rows: int) -> Ratio:
    """The importer, against executemany of the very rows that it wrote."""
    take(
        backend,
        "sheds.csv",
        "shed_ref,name,partner,country,municipality,neighbourhood,focus,opened_on",
        [shed()],
    )
    registry = backend.programme.registry
    database = f"{backend.database}_registry"
    backend.programme.dispose()
    with twin(database, f"{database}_floor") as floor, psycopg.connect(f"{POSTGRESQL}/{floor}") as bare:
        tables = MetaData()
        tables.reflect(registry.database.engine)

        def ours(at: int) -> Spent:
            lines = [man(at * rows + nth) for nth in range(rows)]
            with meter(database) as spent:
                take(
                    backend,
                    "shedders.csv",
                    "shedder_ref,known_as,shed_ref,joined_on,birth_year,languages",
                    lines,
                )
            return spent

        def theirs(_round: int) -> Spent:
            wrote = new_rows(tables, registry.database.engine, bare)
            with meter(floor) as spent:
                for insert, values in wrote:
                    bare.cursor().executemany(insert, values)
                bare.commit()
            return spent

        own, least = by_turns(rounds, ours, theirs)
    return Ratio(
        f"import of {rows:,} men",
        f"{rows / typical(own):,.0f} rows/s",
        f"{rows / typical(least):,.0f} rows/s",
        ratio(least, own),
        ">= 0.30",
        "a second of CPU",
    )


def shed() -> str:
    return "S1,Huis 1,De Mussen,NL,Den Haag,Schilderswijk,sport,2018-09-26"


def man(number: int) -> str:
    return f"M{number:07},Yusuf {number},S1,2020-07-08,1959,nl;tr"


def take(backend: Backend, file: str, header: str, lines: Sequence[str]) -> None:
    importer = next(one for one in imports.IMPORTERS if one.file == file)
    report = run_import(
        backend.programme.registry,
        system_actor(),
        importer,
        "\n".join([header, *lines, ""]).encode(),
        Lookup(imports.KINDS, None),  # type: ignore[arg-type]  # it names nothing of another service
        deed=by_command("import_records", Action.CREATE),
    )
    assert report.new == len(lines), report


def new_rows(
    tables: MetaData, engine: Any, bare: "psycopg.Connection[Any]"
) -> list[tuple[str, list[dict[str, Any]]]]:
    """What the service's database has more than the bare one, as the driver wants it."""
    wrote = []
    for table in tables.sorted_tables:
        key = [column.name for column in table.primary_key]
        with engine.connect() as connection:
            here = connection.execute(text(f'select * from "{table.name}"')).mappings().all()
        have = {
            tuple(row)
            for row in bare.execute(f'select {", ".join(key)} from "{table.name}"')  # type: ignore[call-overload]
        }
        rows = [row for row in here if tuple(row[name] for name in key) not in have]
        if rows:
            names = list(rows[0])
            columns = ", ".join(f'"{name}"' for name in names)
            places = ", ".join(f"%({name})s" for name in names)
            values = [{name: adapted(value) for name, value in row.items()} for row in rows]
            wrote.append((f'insert into "{table.name}" ({columns}) values ({places})', values))
    bare.rollback()
    return wrote


def adapted(value: Any) -> Any:
    return psycopg.types.json.Jsonb(value) if isinstance(value, dict | list) else value


# Telling.


def relayed(backend: Backend, rounds: int) -> Iterator[Ratio]:
    """The relay, stamping included, against the raw client that publishes the same with its confirms in flight."""
    registry = backend.programme.registry
    Broker(backend.programme, backend.namespace).close()  # declares the queues
    publisher = Publisher(registry, RABBITMQ)
    raw = Raw(amqp.exchange_of(backend.namespace, "registry").name)

    def ours(_round: int) -> Spent:
        with meter(f"{backend.database}_registry") as spent:
            with registry.database.write() as session:
                outbox.stamp(session, AT_ONCE)
            assert publisher.publish_all() == AT_ONCE
        return spent

    def theirs(at: int) -> Spent:
        with registry.database.read() as session:
            documents = outbox.read_feed(session, at * AT_ONCE, AT_ONCE).documents
        with meter("none") as spent:
            for start in range(0, len(documents), WINDOW):
                raw.publish(documents[start : start + WINDOW])
        return spent

    own, least = by_turns(rounds, ours, theirs)
    for kind, of in (("wall", "by the clock"), ("cpu", "a second of CPU, the broker's left out")):
        yield Ratio(
            "relay",
            f"{AT_ONCE / typical(own, kind):,.0f} events/s",
            f"{AT_ONCE / typical(least, kind):,.0f} events/s",
            ratio(least, own, kind),
            ">= 0.50",
            of,
        )
    publisher.close()
    raw.close()


class Raw:
    """The raw client: it publishes a window of messages and reads until all of them are confirmed."""

    def __init__(self, exchange: str) -> None:
        self._exchange = exchange
        self._connection = amqp.connect(RABBITMQ)
        self._channel = self._connection.connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._confirmed)
        self._sent, self._open = 0, set[int]()

    def publish(self, documents: Sequence[str]) -> None:
        for document in documents:
            self._sent += 1
            self._open.add(self._sent)
            message = Message(document, delivery_mode=2)
            self._channel.basic_publish(message, exchange=self._exchange, routing_key="org.sbs.any.v1")
        while self._open:
            self._channel.connection.drain_events(timeout=10)

    def _confirmed(self, tag: int, multiple: bool) -> None:
        self._open -= {one for one in self._open if one <= tag} if multiple else {tag}

    def close(self) -> None:
        self._connection.release()


# Taking in.


def consumed(backend: Backend, rounds: int) -> Iterator[Ratio]:
    """The consumer given a hundred events at once, against a hundred given one by one."""
    worker = next(one for one in backend.programme.workers() if one.service.name == "referrals")
    consumer = next(one for one in worker.consumers if one.producer == "registry")
    feed = LocalFeed(backend.programme.registry)
    consumer.catch_up()

    def given(size: int) -> Any:
        def give(_round: int) -> Spent:
            documents = feed.read(consumer._cursor()[0], IN_ROUND).documents
            assert len(documents) == IN_ROUND
            with meter(f"{backend.database}_referrals") as spent:
                for start in range(0, IN_ROUND, size):
                    consumer.receive(documents[start : start + size])
            return spent

        return give

    together, alone = by_turns(rounds, given(IN_ROUND), given(1))
    for kind, of in (("wall", "by the clock"), ("cpu", "a second of CPU")):
        yield Ratio(
            "consumer, batches : one by one",
            f"{IN_ROUND / typical(together, kind):,.0f} events/s",
            f"{IN_ROUND / typical(alone, kind):,.0f} events/s",
            ratio(alone, together, kind),
            ">= 5.00",
            of,
        )
