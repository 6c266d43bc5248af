"""Keep emergency accesses."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "danger_to_himself",
                "danger_to_others",
                "medical_emergency",
                "other_emergency",
                name="emergencyreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=4000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "ended", name="emergencystate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shedder_id"], ["shedder.id"], name=op.f("fk_emergency_access_shedder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index("ix_emergency_access_begun", "emergency_access", ["begun_at", "id"], unique=False)
    op.create_index(op.f("ix_emergency_access_shedder_id"), "emergency_access", ["shedder_id"], unique=False)
    op.create_index(
        "uq_emergency_access_open",
        "emergency_access",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
