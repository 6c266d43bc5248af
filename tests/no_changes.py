"""A database that takes no changes, for a while."""

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def told_to_each_connection(world, service, statement):
    """Every new connection of a service is told this first, as a server's or a file's setting would."""
    engine = world.programme.services[service].database.engine

    def tell(connection, _record):
        connection.execute(statement)
        if world.backend.is_postgresql:
            connection.commit()

    engine.dispose()
    event.listen(engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(engine, "connect", tell)
        engine.dispose()


def read_only(world, service):
    closed = (
        "set default_transaction_read_only = on" if world.backend.is_postgresql else "pragma query_only=on"
    )
    return told_to_each_connection(world, service, closed)
