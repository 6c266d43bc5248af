"""The history of the referrals service's own tables."""

from services.referrals.models import Base
from shared.database.migration_environment import run

run(Base.metadata)
