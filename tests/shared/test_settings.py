"""Settings: all faults are named at once, and nothing secret has a default."""

import pytest

from deploy.programme import Programme
from services.mentoring.settings import Settings as MentoringSettings
from services.referrals.settings import Settings
from shared.settings import SettingsError
from shared.tokens import new_signing_key, public_keys

GOOD = {
    "SBS_DATABASE_URL": "sqlite:////tmp/{service}.db",
    "SBS_TRUSTED_KEYS": public_keys(new_signing_key()),
}


def test_each_service_gets_a_database_of_its_own():
    assert Settings.from_environ(GOOD).database_url == "sqlite:////tmp/referrals.db"
    assert MentoringSettings.from_environ(GOOD).database_url == "sqlite:////tmp/mentoring.db"


def test_a_plain_postgresql_url_gets_the_driver():
    url = Settings.from_environ(GOOD | {"SBS_DATABASE_URL": "postgresql://db/sbs_{service}"}).database_url

    assert url == "postgresql+psycopg://db/sbs_referrals"


def test_all_faults_are_named_together():
    wrong = {
        "SBS_DATABASE_URL": "mysql://x/{service}",
        "SBS_BROKER_URL": "redis://x",
        "SBS_TIMEZONE": "Mars/North",
        "SBS_EXPIRE_AFTER_DAYS": "0",
        "SBS_REOPEN_WITHIN_DAYS": "soon",
        "SBS_BROKER_NAMESPACE": "A b",
    }

    with pytest.raises(SettingsError) as error:
        Settings.from_environ(wrong)

    for name in [*wrong, "SBS_TRUSTED_KEYS"]:
        assert name in str(error.value)


def test_the_whole_programme_names_each_fault_once():
    with pytest.raises(SettingsError) as error:
        Programme({})

    assert str(error.value).count("SBS_DATABASE_URL is not set.") == 1
    assert str(error.value).count("SBS_TRUSTED_KEYS is not set.") == 1


def test_a_database_shared_by_all_services_is_refused():
    with pytest.raises(SettingsError, match="{service}"):
        Settings.from_environ(GOOD | {"SBS_DATABASE_URL": "sqlite:////tmp/one.db"})


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "keys").write_text(GOOD["SBS_TRUSTED_KEYS"] + "\n")
    environ = {"SBS_DATABASE_URL": GOOD["SBS_DATABASE_URL"], "SBS_TRUSTED_KEYS_FILE": str(tmp_path / "keys")}

    assert Settings.from_environ(environ).trusted_keys == GOOD["SBS_TRUSTED_KEYS"]


def test_a_file_that_cannot_be_read_is_named():
    with pytest.raises(SettingsError, match="SBS_TRUSTED_KEYS_FILE cannot be read"):
        Settings.from_environ(GOOD | {"SBS_TRUSTED_KEYS_FILE": "/nowhere"})
