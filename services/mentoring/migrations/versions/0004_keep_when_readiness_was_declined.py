"""Keep on which day a second person said that a man is not work-ready yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pathway", sa.Column("readiness_declined_on", sa.Date(), nullable=True))
