"""Create the tables of referrals."""

import sqlalchemy as sa
from alembic import op

from shared.database.columns import Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_ambassador",
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("ambassador_id", name=op.f("pk_known_ambassador")),
    )
    op.create_table(
        "known_ambassador_shed",
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("ambassador_id", "shed_id", name=op.f("pk_known_ambassador_shed")),
    )
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
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("website", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(length=4000), nullable=True),
        sa.Column("languages", Json, nullable=False),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_organisation_ref_owner_external_ref")),
    )
    op.create_table(
        "location",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("neighbourhood", sa.String(length=200), nullable=True),
        sa.Column("access", sa.String(length=4000), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_location_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_index(op.f("ix_location_organisation_id"), "location", ["organisation_id"], unique=False)
    op.create_table(
        "care_service",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column(
            "need_category",
            sa.Enum(
                "mental_health",
                "physical_health",
                "loneliness",
                "debt",
                "housing",
                "addiction",
                "language",
                "work",
                "other",
                name="needcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=4000), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("eligibility", sa.String(length=4000), nullable=True),
        sa.Column("schedule", Json, nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("cost", sa.String(length=400), nullable=True),
        sa.Column("access", sa.String(length=4000), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column(
            "taking_referrals",
            sa.Enum(
                "yes",
                "waiting_list",
                "no",
                name="takingreferrals",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_care_service_location_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_care_service_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_service")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_care_service_ref_owner_external_ref")),
    )
    op.create_index("ix_care_service_need", "care_service", ["country", "need_category"], unique=False)
    op.create_index(
        op.f("ix_care_service_organisation_id"), "care_service", ["organisation_id"], unique=False
    )
    op.create_table(
        "referral",
        sa.Column("shedder_id", sa.Uuid(), nullable=False),
        sa.Column("shed_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column(
            "need_category",
            sa.Enum(
                "mental_health",
                "physical_health",
                "loneliness",
                "debt",
                "housing",
                "addiction",
                "language",
                "work",
                "other",
                name="needcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Enum(
                "routine",
                "soon",
                "urgent",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_in_words", sa.String(length=4000), nullable=True),
        sa.Column("language", sa.String(length=3), nullable=True),
        sa.Column("neighbourhood", sa.String(length=200), nullable=True),
        sa.Column("disclosure", Json, nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("consent_withdrawn_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "requested",
                "received",
                "waitlisted",
                "accepted",
                "in_progress",
                "completed",
                "declined",
                "failed",
                "withdrawn",
                "expired",
                "entered_in_error",
                name="referralstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("clock_stopped_on", sa.Date(), nullable=True),
        sa.Column("clock_stood_still", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("coded_reason", sa.String(length=40), nullable=True),
        sa.Column("sentence", sa.String(length=4000), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_ref", sa.String(length=100), nullable=True),
        sa.Column("ref_owner", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["referral.id"], name=op.f("fk_referral_duplicate_of")),
        sa.ForeignKeyConstraint(["follows_id"], ["referral.id"], name=op.f("fk_referral_follows_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_referral_organisation_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["care_service.id"], name=op.f("fk_referral_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("ref_owner", "external_ref", name=op.f("uq_referral_ref_owner_external_ref")),
    )
    op.create_index("ix_referral_due", "referral", ["state", "answer_due_on"], unique=False)
    op.create_index(
        "ix_referral_inbox", "referral", ["organisation_id", "state", "answer_due_on", "id"], unique=False
    )
    op.create_index("ix_referral_owner", "referral", ["owner_id", "created_at", "id"], unique=False)
    op.create_index("ix_referral_partner", "referral", ["partner_id", "created_at", "id"], unique=False)
    op.create_index("ix_referral_service_answers", "referral", ["service_id", "answered_on"], unique=False)
    op.create_index("ix_referral_shedder", "referral", ["shedder_id"], unique=False)
    op.create_index(
        "uq_referral_live",
        "referral",
        ["shedder_id", "service_id"],
        unique=True,
        sqlite_where=sa.text(
            "duplicate_of is null and state in ('accepted', 'in_progress', 'received', 'requested', 'waitlisted')"
        ),
        postgresql_where=sa.text(
            "duplicate_of is null and state in ('accepted', 'in_progress', 'received', 'requested', 'waitlisted')"
        ),
    )
    op.create_table(
        "appointment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "rescheduled",
                "attended",
                "missed",
                "cancelled",
                name="appointmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_appointment_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_referral_id"), "appointment", ["referral_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "need_category",
            sa.Enum(
                "mental_health",
                "physical_health",
                "loneliness",
                "debt",
                "housing",
                "addiction",
                "language",
                "work",
                "other",
                name="needcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "achieved",
                "partly",
                "not",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_outcome_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", "need_category", name=op.f("pk_outcome")),
    )
    op.create_table(
        "question",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "asked_by",
            sa.Enum(
                "organisation", "sender", name="side", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=4000), nullable=False),
        sa.Column("answer", sa.String(length=4000), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerer_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_question_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_referral_id"), "question", ["referral_id"], unique=False)
