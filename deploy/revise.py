"""Writing the next migration of a service: what its models have and its migrations do not yet give."""

import tempfile
from pathlib import Path

from sqlalchemy import MetaData

from deploy.programme import MIGRATIONS, Programme
from services.mentoring.models import Base as MentoringBase
from services.referrals.models import Base as ReferralsBase
from services.registry.models import Base as RegistryBase
from shared.database.columns import SharedBase
from shared.database.migrate import SHARED, revise

HISTORIES: dict[str, tuple[Path, str, MetaData]] = {
    "registry": (MIGRATIONS["registry"], "service_version", RegistryBase.metadata),
    "referrals": (MIGRATIONS["referrals"], "service_version", ReferralsBase.metadata),
    "mentoring": (MIGRATIONS["mentoring"], "service_version", MentoringBase.metadata),
    "shared": (SHARED, "shared_version", SharedBase.metadata),
}


def write_migration(history: str, message: str, environment: dict[str, str]) -> Path:
    """Write it from the difference to an empty database at the present head, and say where it is.

    Read it before it is committed: a CHECK that an enum's new value needs is not among what is compared.
    """
    folder, table, metadata = HISTORIES[history]
    with tempfile.TemporaryDirectory() as place:
        programme = Programme(environment | {"SBS_DATABASE_URL": f"sqlite:///{place}/{{service}}.db"})
        programme.migrate()
        service = "registry" if history == "shared" else history
        with programme.services[service].database.engine.connect() as connection:
            revise(connection, folder, table, message, metadata)
        programme.dispose()
    return max((folder / "versions").glob("[0-9]*.py"))
