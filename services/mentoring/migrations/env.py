"""The history of the mentoring service's own tables."""

from services.mentoring.models import Base
from shared.database.migration_environment import run

run(Base.metadata)
