"""Backing up and restoring one PostgreSQL database: with pg_dump, pg_restore and psql."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text

from deploy.not_done import NotDone
from shared.database.engine import Database
from shared.database.migrate import create_if_missing

SUFFIX = "dump"
# Also what a later release made: the backup's own release migrates from what the backup has.
EMPTY = """
do $$ declare one record; begin
  for one in select tablename as name from pg_tables where schemaname = 'public' loop
    execute format('drop table if exists public.%I cascade', one.name);
  end loop;
  for one in select oid::regprocedure as name from pg_proc
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e') loop
    execute format('drop routine if exists %s cascade', one.name);
  end loop;
end $$;
"""
LEAVING = 3.0
"""Whoever was stopped a moment ago may still be leaving: his server process ends after him."""


def write(database: Database, snapshot: Connection, file: Path) -> None:
    """Dump what the open transaction sees into a file."""
    shared = snapshot.execute(text("select pg_export_snapshot()")).scalar_one()
    dump = [
        _program("pg_dump"),
        "--format=custom",
        f"--snapshot={shared}",
        f"--file={file}",
        _place(database),
    ]
    _run(database, dump)
    file.chmod(0o600)


def _others(database: Database) -> int:
    """How many are connected to a database beside us."""
    with database.engine.connect() as connection:
        found: int = connection.execute(
            text(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and backend_type = 'client backend'"
            )
        ).scalar_one()
    return found


def refuse_in_use(database: Database, name: str) -> None:
    """Raises `NotDone` when a program is missing or others are connected. Makes a database that is gone."""
    for program in ("pg_restore", "psql"):
        _program(program)
    create_if_missing(database)
    end = time.monotonic() + LEAVING
    while (others := _others(database)) and time.monotonic() < end:
        time.sleep(0.1)
    database.dispose()
    if others:
        raise NotDone(f"The database of {name} is in use ({others} connected). Stop what runs, then restore.")


def put_back(database: Database, file: Path, then: Iterable[str]) -> None:
    """Make the database what the file holds with some statements after it: all at once, or not at all."""
    read = [_program("pg_restore"), "--no-owner", "--file=-", str(file)]
    write = [_program("psql"), "-qX", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with (
        subprocess.Popen(read, stdout=subprocess.PIPE) as source,  # noqa: S603
        _fed([*write, _place(database)], _environ(database)) as target,
    ):
        assert source.stdout is not None
        assert target.stdin is not None
        assert target.stderr is not None
        try:
            target.stdin.write(EMPTY.encode())
            shutil.copyfileobj(source.stdout, target.stdin)
            if source.wait():
                target.kill()  # At the end of its input it would commit what it had.
            last = ["set search_path = public", *then]
            target.stdin.write("".join(f"\n{statement};" for statement in last).encode())
            target.stdin.close()
        except BrokenPipeError:
            source.kill()
        said = target.stderr.read().decode(errors="replace").strip()
        if target.wait() or source.wait():
            raise NotDone(f"{file.name} could not be restored; its database is as it was. {said}")


def _fed(command: list[str], environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environ)  # noqa: S603


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotDone(
            f"{name} is not here. It comes with PostgreSQL's client, of the server's version or newer"
            " (Debian: postgresql-client)."
        )
    return found


def _place(database: Database) -> str:
    """The database's address, for a command line: without the password, which anybody may read there."""
    url = database.url.set(drivername="postgresql")._replace(password=None)
    return f"--dbname={url.render_as_string(hide_password=False)}"


def _environ(database: Database) -> dict[str, str]:
    password = database.url.password
    return os.environ | ({"PGPASSWORD": str(password)} if password else {})


def _run(database: Database, command: list[str]) -> None:
    done = subprocess.run(command, env=_environ(database), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NotDone(f"{Path(command[0]).name}: {done.stderr.strip()}")
