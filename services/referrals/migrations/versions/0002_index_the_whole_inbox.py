"""Index the whole inbox: without it a page took longer, the more referrals an organisation ever had."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_referral_organisation", "referral", ["organisation_id", "answer_due_on", "id"], unique=False
    )
