"""Let an organisation answer by a link that works once, if it wants that."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_link",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("sent_to", sa.String(length=254), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("works_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "used_for",
            sa.Enum(
                "accept",
                "decline",
                "ask",
                name="linkuse",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_answer_link_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_answer_link_secret_hash")),
    )
    op.create_index(op.f("ix_answer_link_referral_id"), "answer_link", ["referral_id"], unique=False)
    op.create_index(
        "ix_answer_link_unsent",
        "answer_link",
        ["try_at"],
        unique=False,
        sqlite_where=sa.text("sent_at is null and given_up_at is null"),
        postgresql_where=sa.text("sent_at is null and given_up_at is null"),
    )
    op.add_column(
        "organisation", sa.Column("answers_by_link", sa.Boolean(), nullable=False, server_default=sa.false())
    )
