"""Keep on whose behalf readiness is proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pathway", sa.Column("readiness_proposed_on_behalf_of", sa.Uuid(), nullable=True))
