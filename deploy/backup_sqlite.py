"""Backing up and restoring one SQLite file: by SQLite's own online backup, so beside those who write."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from deploy.not_done import NotDone
from shared.database.engine import Database

SUFFIX = "db"
BROKEN = ".broken"


def write(_database: Database, snapshot: Connection, file: Path) -> None:
    """Copy what the open transaction sees into a file."""
    source: Any = snapshot.connection.driver_connection
    with closing(sqlite3.connect(file)) as target:
        source.backup(target)
        target.execute("pragma journal_mode=delete")
    file.chmod(0o600)


def refuse_in_use(database: Database, name: str) -> None:
    """Raises `NotDone` when another process has the file open. What is no database any more is put aside."""
    path = Path(str(database.url.database))
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=2)) as target:
            # Only who is alone may leave the write-ahead log.
            target.execute("pragma journal_mode=delete")
    except sqlite3.OperationalError as error:
        raise NotDone(f"The database of {name} is in use ({error}). Stop what runs, then restore.") from None
    except sqlite3.DatabaseError:
        for one in path.parent.glob(f"{path.name}*"):
            one.rename(one.with_name(f"{one.name}{BROKEN}"))


def put_back(database: Database, file: Path, then: Iterable[str]) -> None:
    """Make the database what the file holds with some statements after it: all at once, or not at all."""
    path = Path(str(database.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    changed = path.with_name(f"{path.name}.restoring")
    shutil.copyfile(file, changed)
    with closing(sqlite3.connect(changed)) as source, closing(sqlite3.connect(path)) as target:
        with source:
            for statement in then:
                source.execute(statement)
        source.backup(target)
    changed.unlink()
