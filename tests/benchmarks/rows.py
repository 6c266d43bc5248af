"""Many rows at once, made by the database itself from one that the API made."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, Table, text

NEW = "gen_random_uuid()"


def copies(engine: Engine, table: Table, count: int, changed: Mapping[str, str], **of: Any) -> None:
    """Copy the row with these values `count` times; `changed` gives SQL for some columns (`n` counts)."""
    columns = [column.name for column in table.columns]
    values = ", ".join(changed.get(name, f'one."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    which = " and ".join(f"one.{name} = :{name}" for name in of)
    statement = (
        f'insert into "{table.name}" ({names}) select {values} from "{table.name}" one,'
        f" generate_series(1, {count}) as n where {which}"
    )
    with engine.begin() as connection:
        connection.execute(text(statement), of)


def settle(engine: Engine) -> None:
    """Let PostgreSQL know what is there, as it would by itself after a while."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
