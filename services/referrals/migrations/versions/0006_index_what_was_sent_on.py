"""Index what was sent on: whether another referral follows one, without reading them all."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_referral_follows", "referral", ["follows_id"], unique=False)
