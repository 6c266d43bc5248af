"""The parent of the tables of referrals."""

from shared.database import columns


class Base(columns.Base):
    __abstract__ = True
    metadata = columns.new_metadata()
