"""The parent of the registry's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.database.columns import TYPES, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES
