"""Remember who is erased and who is held."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_subject",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("cleaned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_erased_subject")),
    )
    op.create_index(
        "ix_erased_subject_to_clean",
        "erased_subject",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("not cleaned"),
        postgresql_where=sa.text("not cleaned"),
    )
    op.create_table(
        "held_subject",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_held_subject")),
    )
