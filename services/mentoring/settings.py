"""The settings of mentoring, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from services.mentoring.domain.matching import Validity
from shared.settings import CommonSettings, Environment, common, whole
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Settings(CommonSettings):
    """`readiness_lapses_after_weeks`: how long work-readiness counts without being confirmed again.
    `training_valid_years`, `vog_valid_years`: how long a mentor's training and VOG count.
    """

    readiness_lapses_after_weeks: int = 26
    training_valid_years: int = 10
    vog_valid_years: int = 3

    @property
    def validity(self) -> Validity:
        return Validity(self.training_valid_years, self.vog_valid_years)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `SettingsError`, naming every setting that is missing or wrong."""
        environment = Environment(environ)
        values = common(environment, "mentoring")
        values["readiness_lapses_after_weeks"] = environment.read(
            "SBS_READINESS_LAPSES_AFTER_WEEKS", whole(1, 520), 26
        )
        values["training_valid_years"] = environment.read("SBS_TRAINING_VALID_YEARS", whole(1, 50), 10)
        values["vog_valid_years"] = environment.read("SBS_VOG_VALID_YEARS", whole(1, 50), 3)
        environment.check()
        return cls(**values)


Work: TypeAlias = UnitOfWork[Settings]
