"""Create the tables of registry."""

import sqlalchemy as sa
from alembic import op

from shared.database.columns import Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_fact",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("weeks_13", sa.String(length=40), nullable=True),
        sa.Column("weeks_26", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_fact")),
    )
    op.create_index("ix_job_fact_shedder", "job_fact", ["shedder_id", "started_on"], unique=False)
    op.create_table(
        "mentor_fact",
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mentor_id", name=op.f("pk_mentor_fact")),
    )
    op.create_table(
        "mentorship_fact",
        sa.Column("mentorship_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("mentorship_id", name=op.f("pk_mentorship_fact")),
    )
    op.create_index("ix_mentorship_fact_mentor", "mentorship_fact", ["mentor_id", "shedder_id"], unique=False)
    op.create_table(
        "partner",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "pathway_fact",
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("work_ready_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("pathway_id", name=op.f("pk_pathway_fact")),
    )
    op.create_index(op.f("ix_pathway_fact_shedder_id"), "pathway_fact", ["shedder_id"], unique=False)
    op.create_table(
        "referral_fact",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("need_category", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_referral_fact")),
    )
    op.create_index(op.f("ix_referral_fact_requested_on"), "referral_fact", ["requested_on"], unique=False)
    op.create_index(op.f("ix_referral_fact_shed_id"), "referral_fact", ["shed_id"], unique=False)
    op.create_index(op.f("ix_referral_fact_shedder_id"), "referral_fact", ["shedder_id"], unique=False)
    op.create_table(
        "shedder",
        sa.Column("known_as", sa.String(length=200), nullable=False),
        sa.Column("search_name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("languages", Json, nullable=False),
        sa.Column("neighbourhood", sa.String(length=200), nullable=True),
        sa.Column("interests", sa.String(length=4000), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shedder")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_shedder_ref_owner_external_ref")),
    )
    op.create_index(op.f("ix_shedder_phone"), "shedder", ["phone"], unique=False)
    op.create_index(op.f("ix_shedder_search_name"), "shedder", ["search_name"], unique=False)
    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=True),
        sa.Column("details", Json, nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
        sa.UniqueConstraint("source_id", name=op.f("uq_timeline_entry_source_id")),
    )
    op.create_index(
        "ix_timeline_entry_shedder", "timeline_entry", ["shedder_id", "happened_on", "id"], unique=False
    )
    op.create_table(
        "ambassador",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active", "gone", name="ambassadorstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_ambassador_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassador")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_ambassador_ref_owner_external_ref")),
    )
    op.create_index(op.f("ix_ambassador_partner_id"), "ambassador", ["partner_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "referral",
                "mentoring",
                "health_measurement",
                "evaluation",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("wording_version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "spoken",
                "signed",
                "digital",
                name="consentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "replaced",
                "withdrawn",
                name="consentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shedder_id"], ["shedder.id"], name=op.f("fk_consent_shedder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_shedder_id"), "consent", ["shedder_id"], unique=False)
    op.create_index(
        "uq_consent_active_purpose",
        "consent",
        ["shedder_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'active' and organisation_id is null"),
        postgresql_where=sa.text("state = 'active' and organisation_id is null"),
    )
    op.create_index(
        "uq_consent_active_recipient",
        "consent",
        ["shedder_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active' and organisation_id is not null"),
        postgresql_where=sa.text("state = 'active' and organisation_id is not null"),
    )
    op.create_table(
        "shed",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("neighbourhood", sa.String(length=200), nullable=True),
        sa.Column(
            "focus",
            sa.Enum(
                "sport",
                "digital",
                "language",
                "social",
                "crafts",
                "other",
                name="focus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opening_hours", Json, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column(
            "new_men",
            sa.Enum(
                "open", "limited", "full", name="newmen", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="shedstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_shed_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shed")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_shed_ref_owner_external_ref")),
    )
    op.create_index(op.f("ix_shed_partner_id"), "shed", ["partner_id"], unique=False)
    op.create_index("ix_shed_place", "shed", ["country", "municipality"], unique=False)
    op.create_table(
        "activity",
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("schedule", Json, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shed_id"], ["shed.id"], name=op.f("fk_activity_shed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("shed_id", "name", name=op.f("uq_activity_shed_id_name")),
    )
    op.create_table(
        "ambassador_shed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ambassador_id"], ["ambassador.id"], name=op.f("fk_ambassador_shed_ambassador_id")
        ),
        sa.ForeignKeyConstraint(["shed_id"], ["shed.id"], name=op.f("fk_ambassador_shed_shed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassador_shed")),
    )
    op.create_index(
        "ix_ambassador_shed_ambassador", "ambassador_shed", ["ambassador_id", "shed_id"], unique=False
    )
    op.create_index(op.f("ix_ambassador_shed_shed_id"), "ambassador_shed", ["shed_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["shed_id"], ["shed.id"], name=op.f("fk_membership_shed_id")),
        sa.ForeignKeyConstraint(["shedder_id"], ["shedder.id"], name=op.f("fk_membership_shedder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_shed", "membership", ["shed_id", "shedder_id"], unique=False)
    op.create_index("ix_membership_shedder", "membership", ["shedder_id", "shed_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "in_shed",
                "online",
                "telephone",
                name="sessionmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("anonymous_headcount", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_session_activity_id")),
        sa.ForeignKeyConstraint(["shed_id"], ["shed.id"], name=op.f("fk_session_shed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("activity_id", "held_on", name=op.f("uq_session_activity_id_held_on")),
    )
    op.create_index("ix_session_shed", "session", ["shed_id", "held_on"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_attendance_session_id")),
        sa.ForeignKeyConstraint(["shedder_id"], ["shedder.id"], name=op.f("fk_attendance_shedder_id")),
        sa.PrimaryKeyConstraint("session_id", "shedder_id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_shedder", "attendance", ["shedder_id"], unique=False)
