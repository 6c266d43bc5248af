"""The settings of referrals, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shared.settings import Environment, MailSettings, common, mailing, whole
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Settings(MailSettings):
    """`expire_after_days`: how long an answer may be overdue before the referral expires.
    `reopen_within_days`: how long after its end a referral may be reopened.
    """

    expire_after_days: int
    reopen_within_days: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `SettingsError`, naming every setting that is missing or wrong."""
        environment = Environment(environ)
        values = common(environment, "referrals") | mailing(environment)
        values["expire_after_days"] = environment.read("SBS_EXPIRE_AFTER_DAYS", whole(1, 3650), 28)
        values["reopen_within_days"] = environment.read("SBS_REOPEN_WITHIN_DAYS", whole(1, 3650), 30)
        environment.check()
        return cls(**values)


Work: TypeAlias = UnitOfWork[Settings]
