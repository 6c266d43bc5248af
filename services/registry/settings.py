"""The registry's settings, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shared.settings import CommonSettings, Environment, common
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Settings(CommonSettings):
    """What the registry needs to know; all of it is common to the three services."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `SettingsError`, naming every setting that is missing or wrong."""
        environment = Environment(environ)
        values = common(environment, "registry")
        environment.check()
        return cls(**values)


Work: TypeAlias = UnitOfWork[Settings]
