"""What every history's `env.py` does: run its migrations on the connection it was given.

SQLite cannot alter a column: a migration that must do it says so with `op.batch_alter_table`.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, MetaData

from shared.database.columns import UtcDateTime


def run(metadata: MetaData) -> None:
    """Run within the caller's transaction, comparing with `metadata` when a migration is being written."""
    attributes = context.config.attributes
    connection = attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=attributes["version_table"],
        render_item=_render,
        include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
        compare_type=True,
    )
    context.run_migrations()


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Our own column types, as a migration writes them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "Json"
    return False
