"""Keep an audit: its tables, and triggers that refuse to change or remove what is on record."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("audit_record", "audit_subject", "audit_seal")


def upgrade() -> None:
    op.create_table(
        "audit_record",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(length=40), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("object_kind", sa.String(length=60), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("right", sa.String(length=300), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=True),
        sa.Column("remote_address", sa.String(length=45), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_record")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_record_at"), "audit_record", ["at"], unique=False)
    op.create_index("ix_audit_record_actor", "audit_record", ["actor_id", "id"], unique=False)
    op.create_table(
        "audit_subject",
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["audit_record.id"], name=op.f("fk_audit_subject_record_id")),
        sa.PrimaryKeyConstraint("record_id", "shedder_id", name=op.f("pk_audit_subject")),
    )
    op.create_index("ix_audit_subject_shedder", "audit_subject", ["shedder_id", "record_id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["audit_record.id"], name=op.f("fk_audit_seal_record_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("record_id", name=op.f("uq_audit_seal_record_id")),
    )
    # The record of the answer that is stored: sent again, it is about the same men.
    op.add_column("stored_answer", sa.Column("record_id", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _refuse_on_postgresql() -> None:
    op.execute(
        "create function audit_is_kept() returns trigger language plpgsql as"
        " $$ begin raise exception 'The audit is only ever added to.'; end $$"
    )
    for table in TABLES:
        op.execute(
            f"create trigger {table}_is_kept before update or delete on {table}"
            " for each row execute function audit_is_kept()"
        )
        op.execute(
            f"create trigger {table}_is_not_emptied before truncate on {table}"
            " for each statement execute function audit_is_kept()"
        )


def _refuse_on_sqlite() -> None:
    for table in TABLES:
        for change in ("update", "delete"):
            op.execute(
                f"create trigger {table}_refuses_{change} before {change} on {table}"
                " begin select raise(abort, 'The audit is only ever added to.'); end"
            )
