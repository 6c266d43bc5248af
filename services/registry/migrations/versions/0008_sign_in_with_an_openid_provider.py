"""Sign in with an OpenID provider."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IN_USE = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.create_table(
        "pending_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_sign_in")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_pending_sign_in_state_hash")),
    )
    op.create_index(op.f("ix_pending_sign_in_started_at"), "pending_sign_in", ["started_at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _let_email_be_absent()
    else:
        op.alter_column("account", "email", existing_type=sa.String(length=320), nullable=True)


def _let_email_be_absent() -> None:
    """SQLite cannot alter a column, nor drop and rename a table that another's rows point to: a new column."""
    op.drop_index("uq_account_email", table_name="account")
    op.add_column("account", sa.Column("email_or_none", sa.String(length=320), nullable=True))
    op.execute("update account set email_or_none = email")
    op.drop_column("account", "email")
    op.execute("alter table account rename column email_or_none to email")
    op.create_index("uq_account_email", "account", ["email"], unique=True, sqlite_where=_IN_USE)
