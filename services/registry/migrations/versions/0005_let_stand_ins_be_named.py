"""Let stand-ins be named."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("absent_account_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_account_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "named", "ended", name="coverstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["absent_account_id"], ["account.id"], name=op.f("fk_cover_absent_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["stand_in_account_id"], ["account.id"], name=op.f("fk_cover_stand_in_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index("ix_cover_absent", "cover", ["absent_account_id", "from_day"], unique=False)
    op.create_index(op.f("ix_cover_stand_in_account_id"), "cover", ["stand_in_account_id"], unique=False)
    op.add_column("mentor_fact", sa.Column("in_order_until", sa.Date(), nullable=True))
    op.add_column("sign_in", sa.Column("cover_id", sa.Uuid(), nullable=True))
