"""Bringing a service's database to the present schema: the shared tables first, then the service's own.

Two histories, each with one head: the tables that every service has are migrated by the one in
`shared/database/migrations`, a service's own by the one beside its models.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.database.engine import Database
from shared.database.grants import grants
from shared.messaging import outbox

SHARED = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_200
TURN_TIMEOUT = "15min"
LOCK_TIMEOUT = "5s"
"""A migration that waits for a table makes everybody behind it wait too: it gives up, and is tried again."""
STATEMENT_TIMEOUT = "10min"


def migrate(database: Database, own: Path, *, grant_to: str | None = None) -> None:
    """Upgrade to the newest schema, alone: others who migrate wait, and then find nothing to do.

    `grant_to` is the application's role on PostgreSQL, where another owns the tables: what a migration
    made and what it may use of that become visible at once. All of it happens, or nothing does. Raises
    `OperationalError`: when a table stays in use, see `is_in_use`.
    """
    if not database.is_sqlite:
        create_if_missing(database)
    with database.engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            _wait_for_turn(connection)
        _upgrade(connection, own)
        if grant_to is not None and not database.is_sqlite:
            _grant(connection, grant_to)


def _upgrade(connection: Connection, own: Path) -> None:
    for folder, table in _histories(own):
        if not _is_current(connection, folder, table):
            command.upgrade(_config(folder, table, connection), "head")
    session = Session(connection)
    if session.get(outbox.FeedState, 1) is None:
        outbox.begin_epoch(session)
        session.flush()


def is_in_use(error: Exception) -> bool:
    """Whether a migration gave up because others would not let go of a table, or of their turn to migrate."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "55P03"


def is_current(database: Database, own: Path) -> bool:
    """Whether both histories are at their heads. Raises `OperationalError` when it cannot be asked."""
    with database.engine.execution_options(sqlite_readonly=True).connect() as connection:
        return all(_is_current(connection, folder, table) for folder, table in _histories(own))


def revise(connection: Connection, folder: Path, table: str, message: str, metadata: MetaData) -> None:
    """Write the next migration of a history from the difference between models and database."""
    config = _config(folder, table, connection)
    config.attributes["metadata"] = metadata
    command.revision(config, message, autogenerate=True, rev_id=_next_number(folder))


def heads(folder: Path) -> list[str]:
    """The heads of a history; there must be one."""
    return ScriptDirectory(str(folder)).get_heads()


def _histories(own: Path) -> tuple[tuple[Path, str], ...]:
    return ((SHARED, "shared_version"), (own, "service_version"))


def _next_number(folder: Path) -> str:
    return f"{len(list((folder / 'versions').glob('[0-9]*.py'))) + 1:04}"


def _is_current(connection: Connection, folder: Path, table: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": table})
    return list(context.get_current_heads()) == heads(folder)


def _config(folder: Path, table: str, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, version_table=table)
    return config


def _wait_for_turn(connection: Connection) -> None:
    connection.execute(text(f"set local lock_timeout = '{TURN_TIMEOUT}'"))
    connection.execute(text(f"select pg_advisory_xact_lock({MIGRATION_LOCK})"))
    connection.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"set local statement_timeout = '{STATEMENT_TIMEOUT}'"))


def _grant(connection: Connection, role: str) -> None:
    tables = connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
    for statement in grants(role, tables.scalars().all()):
        connection.exec_driver_sql(statement)


def create_if_missing(database: Database) -> None:
    """Create the database itself where it is missing and the role may, one at a time: all copy one template.

    Whoever finds it there needs no right on any other database.
    """
    try:
        database.engine.connect().close()
    except OperationalError:
        name = database.url.database
        maintenance: Any = create_engine(database.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with maintenance.connect() as connection:
            connection.execute(text(f"select pg_advisory_lock({MIGRATION_LOCK})"))
            found = connection.execute(text("select 1 from pg_database where datname = :n"), {"n": name})
            if found.first() is None:
                connection.execute(text(f'create database "{name}"'))
        maintenance.dispose()
