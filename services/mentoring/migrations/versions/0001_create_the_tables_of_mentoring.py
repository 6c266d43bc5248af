"""Create the tables of mentoring."""

import sqlalchemy as sa
from alembic import op

from shared.database.columns import Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_consent",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_known_consent")),
    )
    op.create_index(
        "ix_known_consent_shedder",
        "known_consent",
        ["shedder_id", "purpose", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "known_membership",
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("shedder_id", "shed_id", name=op.f("pk_known_membership")),
    )
    op.create_table(
        "known_shed",
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("shed_id", name=op.f("pk_known_shed")),
    )
    op.create_index(op.f("ix_known_shed_partner_id"), "known_shed", ["partner_id"], unique=False)
    op.create_table(
        "mentor",
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("interviewed_on", sa.Date(), nullable=True),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("training_course", sa.String(length=200), nullable=True),
        sa.Column("vog_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("sectors", Json, nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_mentor_ref_owner_external_ref")),
    )
    op.create_index(op.f("ix_mentor_partner_id"), "mentor", ["partner_id"], unique=False)
    op.create_table(
        "obstacle",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("need_category", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_obstacle")),
    )
    op.create_index("ix_obstacle_shedder", "obstacle", ["shedder_id"], unique=False)
    op.create_table(
        "step_definition",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_definition")),
        sa.UniqueConstraint("code", name=op.f("uq_step_definition_code")),
    )
    op.create_table(
        "mentorship",
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "active",
                "rejected",
                "paused",
                "completed",
                "stopped",
                name="mentorshipstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "rejected_by",
            sa.Enum(
                "mentor", "shedder", name="rejectedby", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("coded_reason", sa.String(length=40), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_mentorship_mentor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorship")),
    )
    op.create_index("ix_mentorship_mentor", "mentorship", ["mentor_id", "state"], unique=False)
    op.create_index(op.f("ix_mentorship_partner_id"), "mentorship", ["partner_id"], unique=False)
    op.create_index(op.f("ix_mentorship_shedder_id"), "mentorship", ["shedder_id"], unique=False)
    op.create_index(
        "uq_mentorship_going_on",
        "mentorship",
        ["mentor_id", "shedder_id"],
        unique=True,
        sqlite_where=sa.text("state in ('active', 'paused', 'proposed')"),
        postgresql_where=sa.text("state in ('active', 'paused', 'proposed')"),
    )
    op.create_table(
        "pathway",
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "enrolled",
                "preparing",
                "work_ready",
                "employed",
                "sustained",
                "stopped",
                name="pathwaystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("work_ready_on", sa.Date(), nullable=True),
        sa.Column("readiness_confirmed_on", sa.Date(), nullable=True),
        sa.Column("readiness_proposed_on", sa.Date(), nullable=True),
        sa.Column("readiness_proposed_by", sa.Uuid(), nullable=True),
        sa.Column("asked_to_confirm", sa.Uuid(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("coded_reason", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_pathway_mentor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_pathway_ref_owner_external_ref")),
    )
    op.create_index("ix_pathway_lapse", "pathway", ["state", "readiness_confirmed_on"], unique=False)
    op.create_index(op.f("ix_pathway_mentor_id"), "pathway", ["mentor_id"], unique=False)
    op.create_index(op.f("ix_pathway_partner_id"), "pathway", ["partner_id"], unique=False)
    op.create_index(
        "uq_pathway_open",
        "pathway",
        ["shedder_id"],
        unique=True,
        sqlite_where=sa.text("state in ('employed', 'enrolled', 'preparing', 'work_ready')"),
        postgresql_where=sa.text("state in ('employed', 'enrolled', 'preparing', 'work_ready')"),
    )
    op.create_table(
        "job",
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.String(length=200), nullable=True),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("hours_per_week", sa.Integer(), nullable=False),
        sa.Column(
            "contract",
            sa.Enum(
                "permanent",
                "temporary",
                "agency",
                "self_employed",
                "supported",
                name="contract",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("held", "ended", name="jobstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_job_pathway_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_pathway_id"), "job", ["pathway_id"], unique=False)
    op.create_index(op.f("ix_job_shedder_id"), "job", ["shedder_id"], unique=False)
    op.create_table(
        "mentoring_session",
        sa.Column("mentorship_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "online",
                "telephone",
                name="contactmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=4000), nullable=True),
        sa.Column("next_action", sa.String(length=4000), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorship.id"], name=op.f("fk_mentoring_session_mentorship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_session")),
    )
    op.create_index(
        "ix_mentoring_session_held", "mentoring_session", ["mentorship_id", "held_on"], unique=False
    )
    op.create_table(
        "step",
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "not_started",
                "in_progress",
                "completed",
                "waived",
                name="stepstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=4000), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_step_pathway_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("pathway_id", "code", name=op.f("uq_step_pathway_id_code")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "employed",
                "not_employed",
                "unknown",
                name="checkpointstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "known_by",
            sa.Enum(
                "self_reported",
                "employer",
                "payslip",
                name="knownby",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_checkpoint_job_id")),
        sa.PrimaryKeyConstraint("job_id", "weeks", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=4000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_evidence_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_step_id"), "evidence", ["step_id"], unique=False)
