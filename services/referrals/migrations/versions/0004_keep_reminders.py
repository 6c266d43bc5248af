"""Keep who was reminded of which referral, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_by", sa.Uuid(), nullable=False),
        sa.Column(
            "whom",
            sa.Enum(
                "organisation", "sender", name="side", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_reminder_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", "reminded_on", name=op.f("pk_reminder")),
    )
