"""A backup of all databases as of one moment, and coming back from it without losing or doubling an event.

For that moment nobody tells anything, in any service; so no consumer's database holds the effect of an
event that its producer's has not. What is restored begins a new life of its feed, because others may have
read what it no longer knows; consumers restored with it go on where they were.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from deploy import backup_postgresql, backup_sqlite, erasures
from deploy.not_done import NotDone
from deploy.programme import Programme
from shared import erased
from shared.database.engine import Database
from shared.identifiers import new_id
from shared.messaging import outbox
from shared.messaging.cursors import ConsumerCursor
from shared.messaging.outbox import FeedState

CONTENTS = "contents.json"
Say = Callable[[str], None]


def backup(programme: Programme, folder: Path) -> None:
    """Write a backup of the three databases into a new folder, for its owner alone. Raises `NotDone`.

    It may run beside people at work. The folder is there when all of it is, and not before.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotDone(f"{folder} is there already. A backup goes into a folder of its own.")
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        contents = _write_all(programme, making)
        (making / CONTENTS).write_text(json.dumps(contents, indent=2) + "\n", "utf-8")
        os.sync()
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write_all(programme: Programme, folder: Path) -> dict[str, Any]:
    databases = {name: service.database for name, service in programme.services.items()}
    services = {}
    with _one_moment(databases) as snapshots:
        taken_at = datetime.now(UTC)
        for name, snapshot in snapshots.items():
            file = folder / f"{name}.{_of(databases[name]).SUFFIX}"
            _of(databases[name]).write(databases[name], snapshot, file)
            services[name] = _told(snapshot) | {"file": file.name, "sha256": _hash_of(file)}
    return {"taken_at": taken_at.isoformat(timespec="seconds"), "services": services}


@contextmanager
def _one_moment(databases: Mapping[str, Database]) -> Iterator[dict[str, Connection]]:
    """A reading transaction in each database, all begun while nobody could write an event anywhere."""
    with ExitStack() as reading:
        with ExitStack() as held:
            for database in databases.values():
                writer = held.enter_context(database.engine.connect())
                held.enter_context(writer.begin())  # On SQLite this alone keeps others from writing.
                if not database.is_sqlite:
                    writer.execute(text("set local lock_timeout = '30s'"))
                    writer.execute(text("lock table outbox in share mode"))
            snapshots = {}
            for name, database in databases.items():
                how = {"sqlite_readonly": True} if database.is_sqlite else _REPEATABLE
                snapshots[name] = reading.enter_context(database.engine.execution_options(**how).connect())
                snapshots[name].execute(select(FeedState.epoch))
        yield snapshots


_REPEATABLE = {"isolation_level": "REPEATABLE READ"}


def _told(snapshot: Connection) -> dict[str, Any]:
    """Which life of its feed a database is in, how far that reaches, and how far it has read the others'."""
    with Session(snapshot) as session:
        cursors = session.execute(select(ConsumerCursor.producer, ConsumerCursor.position)).all()
        return {
            "epoch": str(outbox.feed_state(session).epoch),
            "position": outbox.last_position(session),
            "read": {row.producer: row.position for row in cursors},
        }


def _of(database: Database) -> Any:
    return backup_sqlite if database.is_sqlite else backup_postgresql


def _hash_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def restore(
    programme: Programme, folder: Path, ledger: Path, say: Say, only: Sequence[str] | None = None
) -> None:
    """Put the databases back as they were, in a new life of their feeds; erase again who was erased since.

    To the ledger is added whom the databases know as erased that are about to go. Nobody may be at work.
    Raises `NotDone`; what fails later can be begun again with the same folder and ledger.
    """
    names = list(only or programme.services)
    contents = _checked(programme, folder, names)
    for name in names:
        database = programme.services[name].database
        database.dispose()
        _of(database).refuse_in_use(database, name)
    everyone = _enter_the_erased(programme, ledger, say)
    epochs = {name: new_id() for name in names}
    for name in names:
        database = programme.services[name].database
        database.dispose()
        then = [_as_sql(database, one) for one in _new_life(name, contents, epochs)]
        _of(database).put_back(database, folder / contents[name]["file"], then)
        say(f"{name}: restored, up to event {contents[name]['position']}.")
    programme.migrate()
    for line in erasures.replay(programme, everyone):
        say(line)


def _checked(programme: Programme, folder: Path, names: Sequence[str]) -> dict[str, Any]:
    """What the backup holds of these services, once every file of it was found whole."""
    try:
        contents: dict[str, Any] = json.loads((folder / CONTENTS).read_text("utf-8"))["services"]
        for name in names:
            file = folder / contents[name]["file"]
            if file.suffix != f".{_of(programme.services[name].database).SUFFIX}":
                raise NotDone(f"{file.name} is of another kind of database than SBS_DATABASE_URL names.")
            if _hash_of(file) != contents[name]["sha256"]:
                raise NotDone(f"{file.name} is not what was written into this backup: it is damaged.")
    except (OSError, ValueError, KeyError, TypeError):
        raise NotDone(f"{folder} holds no whole backup.") from None
    return contents


def _enter_the_erased(programme: Programme, path: Path, say: Say) -> dict[UUID, Any]:
    """The ledger, with whom the present databases know: kept in the file, for they are about to go."""
    known: dict[UUID, Any] = {}
    for name, service in programme.services.items():
        try:
            with service.database.read() as session:
                known |= erased.ledger(session)
        except SQLAlchemyError:
            say(f"{name}: its present database cannot be read, so it adds nothing to the ledger.")
    return erasures.add_to(path, known)


def _new_life(name: str, contents: Mapping[str, Any], epochs: Mapping[str, UUID]) -> Iterator[Any]:
    """What must be true in a restored database from its first moment on."""
    yield update(FeedState).values(epoch=epochs[name])
    for producer, epoch in epochs.items():
        restored_too = (
            ConsumerCursor.producer == producer,
            ConsumerCursor.epoch == contents[producer]["epoch"],
        )
        yield update(ConsumerCursor).where(*restored_too).values(epoch=str(epoch))


def _as_sql(database: Database, statement: Any) -> str:
    return str(statement.compile(database.engine, compile_kwargs={"literal_binds": True}))
