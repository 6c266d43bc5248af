"""Send the links by which people come in by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_mail",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_link_mail_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_mail")),
        sa.UniqueConstraint("link_id", name=op.f("uq_link_mail_link_id")),
    )
    op.create_index(
        "ix_link_mail_unsent",
        "link_mail",
        ["try_at"],
        unique=False,
        sqlite_where=sa.text("sent_at is null and given_up_at is null"),
        postgresql_where=sa.text("sent_at is null and given_up_at is null"),
    )
