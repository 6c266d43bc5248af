"""The migrations and the models say the same, and each history has one head."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Enum, inspect

from deploy.programme import MIGRATIONS
from services.mentoring.models import Base as MentoringBase
from services.referrals.models import Base as ReferralsBase
from services.registry.models import Base as RegistryBase
from shared.database import migrate
from shared.database.columns import SharedBase

BASES = {"registry": RegistryBase, "referrals": ReferralsBase, "mentoring": MentoringBase}
HISTORIES = {"shared": migrate.SHARED, **MIGRATIONS}


@pytest.mark.parametrize("history", HISTORIES)
def test_a_history_has_one_head(history):
    assert len(migrate.heads(HISTORIES[history])) == 1


@pytest.mark.parametrize("service", BASES)
def test_the_migrated_tables_are_those_of_the_models(world, service):
    ours = [BASES[service].metadata, SharedBase.metadata]
    with world.programme.services[service].database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = [
            difference
            for metadata in ours
            for difference in compare_metadata(context, metadata)
            if not _of_the_other_history(difference, metadata, ours)
        ]

    assert differences == []


@pytest.mark.parametrize("service", BASES)
def test_the_checks_of_the_tables_are_those_of_the_models(world, service):
    engine = world.programme.services[service].database.engine
    wrong = []
    for table in BASES[service].metadata.tables.values():
        kept = {
            check["name"]: check["sqltext"] for check in inspect(engine).get_check_constraints(table.name)
        }
        for column in table.columns:
            if isinstance(column.type, Enum) and column.type.create_constraint:
                text = kept.get(f"ck_{table.name}_{column.type.name}", "")
                if set(re.findall(r"'([a-z_0-9]+)'", text)) != set(column.type.enums):
                    wrong.append(f"{table.name}.{column.name}: {text}")

    assert wrong == []


def _of_the_other_history(difference, metadata, ours):
    """A table that this metadata does not know, and the other one (or alembic itself) does."""
    known = {name for other in ours for name in other.tables} - metadata.tables.keys()
    known |= {"shared_version", "service_version"}
    named = difference[1] if isinstance(difference, tuple) else None
    table = getattr(named, "table", named)
    return getattr(table, "name", None) in known and difference[0].startswith("remove")


@pytest.mark.parametrize("service", BASES)
def test_migrating_again_changes_nothing(world, service):
    database = world.programme.services[service].database

    migrate.migrate(database, MIGRATIONS[service])
