"""What every history's `env.py` does: run its migrations on the connection it was given."""

from alembic import context
from sqlalchemy import MetaData


def run(metadata: MetaData) -> None:
    """Run within the caller's transaction, comparing with `metadata` when a migration is being written."""
    attributes = context.config.attributes
    connection = attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=attributes["version_table"],
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
        compare_type=True,
    )
    context.run_migrations()
