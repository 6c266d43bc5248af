"""The history of the tables that every service has."""

from shared.database.migration_environment import run
from shared.database.shared_tables import metadata

run(metadata)
