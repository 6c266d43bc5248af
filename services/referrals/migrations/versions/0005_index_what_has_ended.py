"""Index what has ended: an organisation's newest first, without sorting all that it ever had."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_referral_ended", "referral", ["organisation_id", "ended_on", "id"], unique=False)
