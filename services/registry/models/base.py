"""The parent of the registry's tables."""

from shared.database import columns


class Base(columns.Base):
    __abstract__ = True
    metadata = columns.new_metadata()
