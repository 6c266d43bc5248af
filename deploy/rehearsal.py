"""A dry run of a whole folder: it is imported for real, into a copy of the databases that is thrown away.

Only so are rows checked that name what an earlier file of the same folder brings.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, MetaData, insert, select

from deploy.programme import Programme
from services.mentoring.models import Base as MentoringBase
from services.referrals.models import Base as ReferralsBase
from services.registry.models import Base as RegistryBase
from shared.audit.records import AuditRecord, AuditSeal, AuditSubject
from shared.database.columns import SharedBase

TABLES = {
    "registry": RegistryBase.metadata,
    "referrals": ReferralsBase.metadata,
    "mentoring": MentoringBase.metadata,
}
AT_ONCE = 2000
# What is on record of the past is no business of a rehearsal, and there may be much of it.
LEFT_OUT = {AuditRecord.__tablename__, AuditSubject.__tablename__, AuditSeal.__tablename__}


@contextmanager
def rehearsal(programme: Programme) -> Iterator[Programme]:
    """A programme with the same data, whatever is done to which leaves no trace."""
    memory = Path("/dev/shm")  # noqa: S108 (the copy is about people: it should not outlive the machine's power)
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        copy = Programme(programme.environ | {"SBS_DATABASE_URL": f"sqlite:///{place}/{{service}}.db"})
        copy.migrate()
        try:
            for name, service in programme.services.items():
                with (
                    service.database.engine.connect() as source,
                    copy.services[name].database.engine.begin() as target,
                ):
                    target.exec_driver_sql("pragma defer_foreign_keys = on")
                    for metadata in (SharedBase.metadata, TABLES[name]):
                        _copy(source, target, metadata)
            yield copy
        finally:
            copy.dispose()


def _copy(source: Connection, target: Connection, metadata: MetaData) -> None:
    for table in (one for one in metadata.sorted_tables if one.name not in LEFT_OUT):
        target.execute(table.delete())
        rows = source.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings()
        for some in rows.partitions(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in some])
