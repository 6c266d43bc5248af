"""Search names without apostrophes and hyphens, as `shared.text.fold` leaves them out from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LEFT_OUT = ("'", "\u2018", "\u2019", "\u02bc", "\u02bb", "`")
SPACES = ("-", "\u2010", "\u2013", "   ", "  ")


def upgrade() -> None:
    shedder = sa.table("shedder", sa.column("search_name", sa.String))
    for found, instead in [*((char, "") for char in LEFT_OUT), *((char, " ") for char in SPACES)]:
        has_it = shedder.c.search_name.contains(found, autoescape=True)
        without = sa.func.trim(sa.func.replace(shedder.c.search_name, found, instead))
        op.execute(shedder.update().where(has_it).values(search_name=without))
