"""List the steps of readiness that a programme begins with; administrators change them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shared.identifiers import new_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STEPS = (
    ("cv", "A CV that is up to date", True),
    ("interview_practice", "Interviews practised", True),
    ("language_level", "Language good enough for the work", True),
    ("digital_skills", "Digital skills", True),
    ("papers_in_order", "Papers in order", True),
    ("references", "References", False),
    ("work_experience", "Work experience", False),
    ("health_and_housing", "Health and housing in hand", True),
)


def upgrade() -> None:
    table = sa.table(
        "step_definition",
        sa.column("id", sa.Uuid()),
        sa.column("version", sa.Integer()),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("code", sa.String()),
        sa.column("title", sa.String()),
        sa.column("required", sa.Boolean()),
        sa.column("in_use", sa.Boolean()),
        sa.column("place", sa.Integer()),
    )
    now = datetime.now(UTC)
    op.bulk_insert(
        table,
        [
            {
                "id": new_id(),
                "version": 1,
                "created_at": now,
                "code": code,
                "title": title,
                "required": required,
                "in_use": True,
                "place": 10 * (nth + 1),
            }
            for nth, (code, title, required) in enumerate(STEPS)
        ],
    )
