"""The history of the registry service's own tables."""

from services.registry.models import Base
from shared.database.migration_environment import run

run(Base.metadata)
