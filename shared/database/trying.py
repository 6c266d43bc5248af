"""Trying a connection that lay in the pool before it is used: what died there must not become an error.

To ask the server each time (`pool_pre_ping`) costs a round trip, and a request may pay it twice. A server
that goes away closes its connections, and that is seen at this end without asking. One that vanished without
a word is not: so what lay for longer than such a server takes to come back is asked all the same.
"""

import select
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

LONG = 1.0
"""Seconds in the pool after which a connection is tried whatever it looks like."""
_LAID_DOWN = "laid_down"


def try_before_use(engine: Engine) -> None:
    """Let a connection of this engine's pool be tried when it is taken, where it may have died since."""

    @event.listens_for(engine, "checkin")
    def lay_down(_connection: Any, record: Any) -> None:
        record.info[_LAID_DOWN] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def take(connection: Any, record: Any, _proxy: Any) -> None:
        laid_down = record.info.get(_LAID_DOWN)
        if laid_down is None:  # It was made this moment.
            return
        if time.monotonic() - laid_down >= LONG or _has_come_to_it(connection.fileno()):
            _try(engine, connection)


def _has_come_to_it(descriptor: int) -> bool:
    """Whether something came while nobody asked: that it is closed, or a word of the server's."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _try(engine: Engine, connection: Any) -> None:
    """Ask the server. Raises `InvalidatePoolError` when it is gone: the pool then begins anew."""
    dialect = engine.dialect
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, connection, None):
            raise InvalidatePoolError from error
        raise
