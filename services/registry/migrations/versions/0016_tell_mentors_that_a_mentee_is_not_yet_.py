"""Tell mentors that a mentee is not work-ready yet: one more kind of notice."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = (
    *("referral_came", "referral_answered", "referral_ended", "referral_inherited"),
    *("question_came", "question_answered", "mentee_proposed", "readiness_proposed", "readiness_lapsed"),
    *("reminded", "cover_named", "cover_ended", "covered", "readiness_declined"),
)


def upgrade() -> None:
    allowed = ", ".join(f"'{kind}'" for kind in KINDS)
    with op.batch_alter_table("notice") as notice:
        # SQLite makes the table anew, and alembic leaves the old check out there by itself.
        if op.get_context().dialect.name != "sqlite":
            notice.drop_constraint(op.f("ck_notice_noticekind"), type_="check")
        notice.create_check_constraint(op.f("ck_notice_noticekind"), f"kind in ({allowed})")
